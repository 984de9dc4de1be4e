import { type PersistentVolumeClaim, storageClassKind } from '#kinds';
import { defaultOf } from '../default-of.js';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore } from '../refusal.js';

const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class';
const DEFAULT = ['storageclass.kubernetes.io/is-default-class', 'storageclass.beta.kubernetes.io/is-default-class'];

/** A claim that names no class gets the default one, if there is one. Models plugin storage/storageclass/setdefault (1.36). */
export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: (request) => isCore(request, 'persistentvolumeclaims') && request.operation === 'CREATE',
  async mutate(request, reads) {
    const claim = request.object as PersistentVolumeClaim;
    // '' is a choice: no class at all.
    if (claim.spec?.storageClassName !== undefined) return;
    if (Object.hasOwn(claim.metadata.annotations ?? {}, LEGACY_CLASS)) return;
    const found = defaultOf(await reads.list(storageClassKind, undefined), DEFAULT);
    if (found) claim.spec = { ...claim.spec, storageClassName: found.metadata.name ?? '' };
  },
};
