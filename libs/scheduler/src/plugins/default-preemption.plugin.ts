import { histogram } from '../fit-error.js';
import type { FrameworkHandle, Refusal, SchedulerPlugin } from '../framework.js';
import type { NodeInfo } from '../node-info.js';
import type { PodInfo } from '../pod-info.js';

const NOT_HELPFUL: Refusal = { code: 'Unschedulable', reasons: ['Preemption is not helpful for scheduling'] };
const NO_VICTIMS: Refusal = { code: 'Unschedulable', reasons: ['No preemption victims found for incoming pod'] };

/** Nodes tried at most. Models minCandidateNodesAbsolute (1.36). */
const CANDIDATES_MAX = 100;

interface Candidate {
  readonly node: string;
  /** The most important first. */
  readonly victims: readonly PodInfo[];
}

const startedAt = (pod: PodInfo) => pod.pod.status?.startTime ?? '';
/** The more important first; among equals the one that runs longer. */
const byImportance = (a: PodInfo, b: PodInfo) =>
  b.priority - a.priority || (startedAt(a) < startedAt(b) ? -1 : startedAt(a) > startedAt(b) ? 1 : 0);

/**
 * The fewest and least important pods whose going makes room: all less important ones are taken away, then put back,
 * the most important first, as long as the pod still fits.
 */
function victimsOn(pod: PodInfo, node: NodeInfo, handle: FrameworkHandle): readonly PodInfo[] | Refusal {
  const lesser = [...node.pods.values()].filter((other) => other.priority < pod.priority);
  if (lesser.length === 0) return NO_VICTIMS;
  const trial = node.clone();
  for (const other of lesser) trial.remove(other.uid);
  const refusal = handle.wouldRefuse(pod, trial);
  if (refusal) return refusal;
  return lesser.toSorted(byImportance).filter((other) => {
    trial.add(other);
    if (!handle.wouldRefuse(pod, trial)) return false;
    trial.remove(other.uid);
    return true;
  });
}

/** Fewest important victims first: by the highest priority, the sum, the number, then the latest start. Models pickOneNodeForPreemption (1.36; no disruption budgets here yet). */
function better(a: Candidate, b: Candidate): number {
  const sum = (candidate: Candidate) =>
    candidate.victims.reduce((total, victim) => total + victim.priority + 2 ** 31, 0);
  const earliest = ({ victims }: Candidate) =>
    victims
      .filter((victim) => victim.priority === victims[0]!.priority)
      .map(startedAt)
      .toSorted()[0]!;
  return (
    a.victims[0]!.priority - b.victims[0]!.priority ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    (earliest(a) > earliest(b) ? -1 : earliest(a) < earliest(b) ? 1 : 0)
  );
}

function whyIneligible(pod: PodInfo, handle: FrameworkHandle): string | undefined {
  if (pod.pod.spec?.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.';
  const nominated = pod.pod.status?.nominatedNodeName;
  const node = nominated && handle.nodes().find((info) => info.name === nominated);
  if (!node) return undefined;
  const leaving = [...node.pods.values()].some(
    (other) => other.priority < pod.priority && other.pod.metadata.deletionTimestamp,
  );
  return leaving ? 'not eligible due to a terminating pod on the nominated node.' : undefined;
}

/** Makes room for a pod by evicting less important ones from one node. Models DefaultPreemption (1.36). */
export const defaultPreemption = {
  name: 'DefaultPreemption',
  postFilter(_cycle, pod, refused, handle) {
    const ineligible = whyIneligible(pod, handle);
    if (ineligible) return { message: `preemption: ${ineligible}` };
    const nodes = handle.nodes();
    const anyLesser = handle.hasLesser(pod.priority);
    const candidates: Candidate[] = [];
    const outcomes: Refusal[] = [];
    for (const node of nodes) {
      const refusal = refused.get(node.name);
      // Nodes that no one looked at were ruled out by name.
      if (refusal?.code !== 'Unschedulable') outcomes.push(NOT_HELPFUL);
      else if (!anyLesser) outcomes.push(NO_VICTIMS);
      else if (candidates.length < CANDIDATES_MAX) {
        const found = victimsOn(pod, node, handle);
        if ('code' in found) outcomes.push(found);
        else if (found.length > 0) candidates.push({ node: node.name, victims: found });
      }
    }
    const best = candidates.toSorted(better)[0];
    if (!best) return { message: `preemption: 0/${nodes.length} nodes are available: ${histogram(outcomes)}.` };
    handle.preempt(pod, best.victims, best.node);
    return { message: '', nominatedNode: best.node };
  },
} satisfies SchedulerPlugin;
