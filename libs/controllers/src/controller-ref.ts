import { apiVersionOf, controllerRefOf, type KubeObject, type OwnerReference } from '#apimachinery';
import type { ResourceRef } from '#client';

/** The reference by which `owner` manages what it makes. */
export function newControllerRef(owner: KubeObject, ref: ResourceRef): OwnerReference {
  return {
    apiVersion: apiVersionOf(ref),
    kind: ref.kind,
    name: owner.metadata.name!,
    uid: owner.metadata.uid!,
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** The controller of `object` when it is of kind `ref`, in any version. */
export function controllerOfKind(object: KubeObject, ref: ResourceRef): OwnerReference | undefined {
  const owner = controllerRefOf(object.metadata);
  if (owner?.kind !== ref.kind) return undefined;
  const slash = owner.apiVersion.indexOf('/');
  return (slash < 0 ? '' : owner.apiVersion.slice(0, slash)) === ref.group ? owner : undefined;
}

export interface ClaimWrites {
  /** The owner as it is now, past every cache; undefined when gone. */
  liveOwner(): Promise<KubeObject | undefined>;
  adopt(child: KubeObject): Promise<void>;
  release(child: KubeObject): Promise<void>;
}

/**
 * Which candidates belong to `owner`: those it controls and that match; orphans that match are adopted (unless either is
 * going), those that stopped matching are released. Models pkg/controller/controller_ref_manager.go (1.36).
 */
export async function claim<T extends KubeObject>(
  owner: KubeObject,
  candidates: readonly T[],
  matches: (child: T) => boolean,
  writes: ClaimWrites,
): Promise<T[]> {
  const mine: T[] = [];
  const orphans: T[] = [];
  for (const child of candidates) {
    const controller = controllerRefOf(child.metadata);
    if (controller && controller.uid !== owner.metadata.uid) continue;
    if (controller) {
      if (matches(child)) mine.push(child);
      else if (owner.metadata.deletionTimestamp === undefined) await writes.release(child);
    } else if (matches(child) && !child.metadata.deletionTimestamp && !owner.metadata.deletionTimestamp) {
      orphans.push(child);
    }
  }
  if (orphans.length === 0) return mine;
  const live = await writes.liveOwner();
  if (live?.metadata.uid !== owner.metadata.uid || live?.metadata.deletionTimestamp !== undefined) return mine;
  for (const orphan of orphans) {
    await writes.adopt(orphan);
    mine.push(orphan);
  }
  return mine;
}
