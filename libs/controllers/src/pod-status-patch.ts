import type { Json } from '#apimachinery';
import type { ClusterApi } from '#client';
import { type Pod, podKind } from '#kinds';
import { unlessGone } from './failures.js';

/** Changes the named fields of a pod's status, on the version that was looked at; a pod that is gone is fine. */
export function patchPodStatus(
  api: Pick<ClusterApi, 'patch'>,
  { metadata: { namespace, name, uid, resourceVersion } }: Pod,
  status: NonNullable<Pod['status']>,
): Promise<Pod | undefined> {
  const patch = { metadata: { uid: uid!, resourceVersion: resourceVersion! }, status: status as Json };
  return unlessGone(api.patch(podKind, namespace!, name!, { type: 'merge', patch }, 'status'));
}
