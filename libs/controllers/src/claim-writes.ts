import { isReason, type KubeObject } from '#apimachinery';
import type { ClusterApi, ResourceRef } from '#client';
import { type ClaimWrites, newControllerRef } from './controller-ref.js';

/** Adoption and release through the API, guarded by the child's uid, so that they never hit a namesake. */
export function claimWritesOf(
  api: ClusterApi,
  ownerRef: ResourceRef,
  owner: KubeObject,
  childRef: ResourceRef,
): ClaimWrites {
  const patch = (child: KubeObject, ownerReferences: KubeObject['metadata']['ownerReferences']) =>
    api.patch(childRef, child.metadata.namespace!, child.metadata.name!, {
      type: 'merge',
      patch: {
        metadata: {
          uid: child.metadata.uid!,
          resourceVersion: child.metadata.resourceVersion!,
          ownerReferences: (ownerReferences ?? []).map((reference) => ({ ...reference })),
        },
      },
    });
  return {
    async liveOwner() {
      try {
        return await api.get(ownerRef, owner.metadata.namespace!, owner.metadata.name!);
      } catch (error) {
        if (isReason(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    async adopt(child) {
      await patch(child, [...(child.metadata.ownerReferences ?? []), newControllerRef(owner, ownerRef)]);
    },
    async release(child) {
      const others = (child.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid);
      try {
        await patch(child, others);
      } catch (error) {
        // Gone already is released enough.
        if (!isReason(error, 'NotFound') && !isReason(error, 'Invalid')) throw error;
      }
    },
  };
}
