import { controllerRefOf, deepEqual, type KubeObject, labelMatcherOf } from '#apimachinery';
import type { Change, ControllerContext, ObjectKey } from '#controller-runtime';
import { replicaSetKind } from '#kinds';
import { controllerOfKind } from '../controller-ref.js';

/** Which ReplicaSets a pod's change concerns: its controller, the one it had, or for an orphan all that would adopt it. */
export function replicaSetsOfPod(
  pod: KubeObject,
  { informers }: ControllerContext,
  old: KubeObject | undefined,
  change: Change,
): readonly ObjectKey[] {
  const namespace = pod.metadata.namespace ?? '';
  const keys: ObjectKey[] = [];
  const controller = controllerOfKind(pod, replicaSetKind);
  if (controller) keys.push({ namespace, name: controller.name });
  const before = old && controllerOfKind(old, replicaSetKind);
  if (before && before.uid !== controller?.uid) keys.push({ namespace, name: before.name });
  if (controllerRefOf(pod.metadata) || change === 'deleted') return keys;
  // An orphan that changes in other ways was looked at before.
  if (old && !before && deepEqual(old.metadata.labels, pod.metadata.labels)) return keys;
  for (const rs of informers.of(replicaSetKind).list(namespace)) {
    if (!labelMatcherOf(rs.spec.selector).matches(pod.metadata.labels)) continue;
    keys.push({ namespace, name: rs.metadata.name! });
  }
  return keys;
}
