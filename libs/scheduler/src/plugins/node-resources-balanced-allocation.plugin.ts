import { NODE_SCORE_MAX, type SchedulerPlugin } from '../framework.js';

const fraction = (used: number, total: number) => Math.min(1, used / total);

/** Prefers nodes whose CPU and memory fill up alike. Models NodeResourcesBalancedAllocation (1.36). */
export const nodeResourcesBalancedAllocation = {
  name: 'NodeResourcesBalancedAllocation',
  // A pod that asks for nothing shifts no balance.
  preScore: (_cycle, pod) => (pod.requests.milliCpu === 0 && pod.requests.memory === 0 ? 'skip' : undefined),
  score(_cycle, pod, { allocatable, requested }) {
    if (allocatable.milliCpu === 0 || allocatable.memory === 0) return NODE_SCORE_MAX;
    const cpu = fraction(requested.milliCpu + pod.requests.milliCpu, allocatable.milliCpu);
    const memory = fraction(requested.memory + pod.requests.memory, allocatable.memory);
    // Of two numbers the standard deviation is half their distance.
    return Math.floor((1 - Math.abs(cpu - memory) / 2) * NODE_SCORE_MAX);
  },
} satisfies SchedulerPlugin;
