import { deepEqual } from '#apimachinery';
import type { Node, Pod } from '#kinds';
import type { NodeAspect } from './cluster-event.js';

/** What of a node changed that scheduling depends on. */
export function changedAspects(node: Node, old: Node): ReadonlySet<NodeAspect> {
  const changed = new Set<NodeAspect>();
  if (!deepEqual(node.metadata.labels, old.metadata.labels)) changed.add('labels');
  if (!deepEqual(node.spec?.taints, old.spec?.taints)) changed.add('taints');
  if (Boolean(node.spec?.unschedulable) !== Boolean(old.spec?.unschedulable)) changed.add('unschedulable');
  if (!deepEqual(node.status?.allocatable, old.status?.allocatable)) changed.add('allocatable');
  return changed;
}

/** Whether a waiting pod changed in a way that may change its fate; its status does not. */
export function changedForScheduling(pod: Pod, old: Pod): boolean {
  return !deepEqual(pod.spec, old.spec) || !deepEqual(pod.metadata.labels, old.metadata.labels);
}

export const isFinished = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
