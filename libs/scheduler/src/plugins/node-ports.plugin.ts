import type { Refusal, SchedulerPlugin } from '../framework.js';

const TAKEN: Refusal = {
  code: 'Unschedulable',
  reasons: ["node(s) didn't have free ports for the requested pod ports"],
};

/** A host port can be had once per node. Models NodePorts (1.36). */
export const nodePorts = {
  name: 'NodePorts',
  preFilter: (_cycle, pod) => (pod.hostPorts.length === 0 ? 'skip' : undefined),
  filter: (_cycle, pod, node) => (node.portsConflict(pod.hostPorts) ? TAKEN : undefined),
  hints: [{ on: 'NodeAdded' }, { on: 'PodFreed' }],
} satisfies SchedulerPlugin;
