import { type FieldError, fieldError } from '#apimachinery';
import { column, wide } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { PersistentVolumeClaim } from '../generated/types.js';
import { accessModesText } from './volume-text.js';

export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>({
  apiVersion: 'v1',
  resource: 'persistentvolumeclaims',
  table: wideTableOf<PersistentVolumeClaim>(
    [
      column('Status'),
      column('Volume'),
      column('Capacity'),
      column('Access Modes'),
      column('StorageClass'),
      column('VolumeAttributesClass'),
    ],
    ({ metadata, spec, status }) => {
      // What is bound says more than what was asked for.
      const isBound = Boolean(spec?.volumeName);
      return [
        metadata.deletionTimestamp ? 'Terminating' : (status?.phase ?? ''),
        spec?.volumeName ?? '',
        isBound ? (status?.capacity?.['storage'] ?? '0') : '',
        isBound ? accessModesText(status?.accessModes) : '',
        spec?.storageClassName ?? '',
        spec?.volumeAttributesClassName ?? '<unset>',
      ];
    },
    [wide('VolumeMode')],
    ({ spec }) => [spec?.volumeMode ?? '<unset>'],
  ),
  applyDefaults(claim) {
    const spec = (claim.spec ??= {});
    spec.volumeMode ||= 'Filesystem';
  },
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
  prepareForUpdate(claim, old) {
    claim.status = old.status ?? {};
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec?.accessModes?.length)
      errors.push(fieldError.required('spec.accessModes', 'at least 1 access mode is required'));
    if (!spec?.resources?.requests?.['storage']) errors.push(fieldError.required('spec.resources[storage]'));
    return errors;
  },
});
