import type { FieldError } from '#apimachinery';
import { column, wide } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { PersistentVolumeClaim } from '../generated/types.js';
import { checkClaimSpec } from './claim-rules.js';
import { validateClaimStatus, validateClaimUpdate } from './claim-update.js';
import { claimSpecWarnings } from './claim-warnings.js';
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
    // Two names of one field, unless the newer one looks into another namespace. Models NormalizeDataSources.
    if (spec.dataSource && !spec.dataSourceRef) spec.dataSourceRef = { ...spec.dataSource };
    else if (spec.dataSourceRef && !spec.dataSource && !spec.dataSourceRef.namespace) {
      const { apiGroup, kind, name } = spec.dataSourceRef;
      spec.dataSource = { ...(apiGroup === undefined ? {} : { apiGroup }), kind, name };
    }
  },
  prepareForCreate(claim) {
    claim.status = { phase: 'Pending' };
  },
  prepareForUpdate(claim, old) {
    claim.status = old.status ?? {};
  },
  validate({ spec = {} }) {
    const errors: FieldError[] = [];
    checkClaimSpec(errors, 'spec', spec);
    return errors;
  },
  validateUpdate: validateClaimUpdate,
  validateStatusUpdate: validateClaimStatus,
  warnings: ({ spec }) => (spec ? claimSpecWarnings('spec', spec) : []),
});
