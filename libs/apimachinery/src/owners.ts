import type { ObjectMeta, OwnerReference } from './meta.js';

/** The owner that manages the object: the one with `controller: true`. */
export function controllerRefOf(meta: Pick<ObjectMeta, 'ownerReferences'>): OwnerReference | undefined {
  return meta.ownerReferences?.find((owner) => owner.controller === true);
}
