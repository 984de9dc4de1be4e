import { findCondition, timeOf } from '#apimachinery';
import type { Pod } from '#kinds';

/** What controllers ask of a pod. Models pkg/api/v1/pod and pkg/controller/controller_utils.go (1.36). */

/** Neither finished nor going. */
export function isPodActive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !isPodFinished({ status });
}

export function isPodFinished({ status }: Pick<Pod, 'status'> | { status: Pod['status'] | undefined }): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Asked to go, and still running. */
export function isPodTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined && !isPodFinished(pod);
}

export function isPodReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/** When it became ready (epoch ms); undefined when it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return timeOf(ready.lastTransitionTime ?? '') ?? 0;
}

/** How long until the pod counts as available: 0 when it does, undefined when it is not even ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  const since = readySinceMs(pod);
  if (since === undefined) return undefined;
  return minReadySeconds === 0 ? 0 : Math.max(0, since + minReadySeconds * 1000 - nowMs);
}
