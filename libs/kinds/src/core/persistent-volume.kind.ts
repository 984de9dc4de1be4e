import { rfc3339 } from '#apimachinery';
import { column, wide } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { PersistentVolume } from '../generated/types.js';
import { accessModesText } from './volume-text.js';
import { validateVolume, validateVolumeUpdate } from './volume-validation.js';
import { volumeWarnings } from './volume-warnings.js';

export const persistentVolumeKind = defineKind<PersistentVolume>({
  apiVersion: 'v1',
  resource: 'persistentvolumes',
  table: wideTableOf<PersistentVolume>(
    [
      column('Capacity'),
      column('Access Modes'),
      column('Reclaim Policy'),
      column('Status'),
      column('Claim'),
      column('StorageClass'),
      column('VolumeAttributesClass'),
      column('Reason'),
    ],
    ({ metadata, spec, status }) => [
      spec?.capacity?.['storage'] ?? '0',
      accessModesText(spec?.accessModes),
      spec?.persistentVolumeReclaimPolicy ?? '',
      metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
      spec?.claimRef ? `${spec.claimRef.namespace}/${spec.claimRef.name}` : '',
      spec?.storageClassName ?? '',
      spec?.volumeAttributesClassName ?? '<unset>',
      status?.reason ?? '',
    ],
    [wide('VolumeMode')],
    ({ spec }) => [spec?.volumeMode ?? '<unset>'],
  ),
  applyDefaults(volume) {
    const spec = (volume.spec ??= {});
    spec.persistentVolumeReclaimPolicy ||= 'Retain';
    spec.volumeMode ||= 'Filesystem';
    if (spec.hostPath) spec.hostPath.type ??= '';
  },
  prepareForCreate(volume, env) {
    volume.status = { phase: 'Pending', lastPhaseTransitionTime: rfc3339(env.clock.nowMs()) };
  },
  prepareForUpdate(volume, old) {
    volume.status = old.status ?? {};
  },
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
  warnings: volumeWarnings,
});
