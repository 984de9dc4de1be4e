import type { Refusal, SchedulerPlugin } from '../framework.js';
import { NODE_SCORE_MAX } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';

/** Refusals repeat for thousands of nodes: one object for each set of reasons. Reasons come from pods' own resource names. */
const REFUSALS_MAX = 256;
const refusals = new Map<string, Refusal>();

function refusalOf(reasons: readonly string[], unresolvable: boolean): Refusal {
  const key = `${unresolvable}|${reasons.join('|')}`;
  const known = refusals.get(key);
  if (known) return known;
  const fresh: Refusal = { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', reasons };
  if (refusals.size >= REFUSALS_MAX) refusals.clear();
  refusals.set(key, fresh);
  return fresh;
}

/** The usual answer, found without making anything. */
function fits({ requests }: PodInfo, { pods, allowedPods, allocatable, requested }: NodeInfo): boolean {
  return (
    pods.size < allowedPods &&
    requests.milliCpu <= allocatable.milliCpu - requested.milliCpu &&
    requests.memory <= allocatable.memory - requested.memory &&
    requests.ephemeralStorage <= allocatable.ephemeralStorage - requested.ephemeralStorage &&
    !requests.scalar
  );
}

/**
 * What is missing on the node. A request beyond the whole node can never be met there, which is what makes a refusal
 * unresolvable. Models noderesources.fitsRequest (1.36).
 */
export function insufficient(pod: PodInfo, node: NodeInfo): Refusal | undefined {
  if (fits(pod, node)) return undefined;
  const { requests } = pod;
  const { allocatable, requested } = node;
  const rows: [name: string, asked: number, used: number, total: number][] = [
    ['cpu', requests.milliCpu, requested.milliCpu, allocatable.milliCpu],
    ['memory', requests.memory, requested.memory, allocatable.memory],
    ['ephemeral-storage', requests.ephemeralStorage, requested.ephemeralStorage, allocatable.ephemeralStorage],
  ];
  for (const [name, amount] of requests.scalar ?? []) {
    rows.push([name, amount, requested.scalar?.get(name) ?? 0, allocatable.scalar?.get(name) ?? 0]);
  }
  // What is not asked for cannot be missing, however full the node is.
  const missing = rows.filter(([, asked, used, total]) => asked > 0 && asked > total - used);
  const reasons = missing.map(([name]) => `Insufficient ${name}`);
  if (node.pods.size + 1 > node.allowedPods) reasons.unshift('Too many pods');
  if (reasons.length === 0) return undefined;
  const unresolvable = missing.some(([, asked, , total]) => asked > total);
  return refusalOf(reasons, unresolvable);
}

const leastAllocated = (wanted: number, total: number) =>
  total === 0 || wanted > total ? 0 : Math.floor(((total - wanted) * NODE_SCORE_MAX) / total);

/** Room for the pod's requests; the emptier node is better (LeastAllocated over CPU and memory). Models NodeResourcesFit (1.36). */
export const nodeResourcesFit = {
  name: 'NodeResourcesFit',
  filter: (_cycle, pod, node) => insufficient(pod, node),
  score(_cycle, pod, node) {
    const { allocatable, nonZeroRequested: used } = node;
    const asked = pod.nonZeroRequests;
    const cpu = leastAllocated(used.milliCpu + asked.milliCpu, allocatable.milliCpu);
    const memory = leastAllocated(used.memory + asked.memory, allocatable.memory);
    // A resource that the node does not have is left out of the mean.
    const weights = (allocatable.milliCpu > 0 ? 1 : 0) + (allocatable.memory > 0 ? 1 : 0);
    return weights === 0 ? 0 : Math.floor((cpu + memory) / weights);
  },
  hints: [
    { on: 'NodeAdded' },
    { on: 'NodeChanged', helps: (_pod, event) => event.type === 'NodeChanged' && event.changed.has('allocatable') },
    { on: 'PodFreed' },
    { on: 'OwnUpdate' },
  ],
} satisfies SchedulerPlugin;
