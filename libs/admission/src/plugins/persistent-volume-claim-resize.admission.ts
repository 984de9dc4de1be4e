import { Quantity } from '#apimachinery';
import { type PersistentVolumeClaim, storageClassKind } from '#kinds';
import { amountsOf } from '#quota';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const LEGACY_CLASS = 'volume.beta.kubernetes.io/storage-class';

/** Only what can grow grows. Models plugin storage/persistentvolume/resize (1.36). */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: (request) => isCore(request, 'persistentvolumeclaims') && request.operation === 'UPDATE',
  async validate(request, reads) {
    const claim = request.object as PersistentVolumeClaim;
    const old = request.old as PersistentVolumeClaim;
    if (sizeOf(claim).cmp(sizeOf(old)) <= 0) return;
    if (old.status?.phase !== 'Bound') throw refusal(request, 'Only bound persistent volume claims can be expanded');
    const name = classOf(claim);
    const isSame = name !== '' && name === classOf(old);
    if (isSame && (await reads.get(storageClassKind, '', name))?.allowVolumeExpansion) return;
    throw refusal(
      request,
      'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
    );
  },
};

function sizeOf({ spec }: PersistentVolumeClaim): Quantity {
  return amountsOf(spec?.resources?.requests).get('storage') ?? Quantity.ZERO;
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.[LEGACY_CLASS] ?? spec?.storageClassName ?? '';
}
