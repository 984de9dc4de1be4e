import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import type { StorageClass } from '../generated/types.js';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class';

export const storageClassKind = defineKind<StorageClass>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'storageclasses',
  createOnUpdate: true,
  table: {
    columns: [
      nameColumn,
      column('Provisioner'),
      column('ReclaimPolicy'),
      column('VolumeBindingMode'),
      column('AllowVolumeExpansion'),
      ageColumn,
    ],
    row: (one, nowMs) => {
      const { name = '', annotations = {} } = one.metadata;
      const isDefault = annotations[IS_DEFAULT] === 'true' || annotations[IS_DEFAULT_BETA] === 'true';
      return [
        isDefault ? `${name} (default)` : name,
        one.provisioner,
        one.reclaimPolicy ?? 'Delete',
        one.volumeBindingMode ?? 'Immediate',
        one.allowVolumeExpansion ?? false,
        ageOf(one, nowMs),
      ];
    },
  },
  applyDefaults(one) {
    one.reclaimPolicy ||= 'Delete';
    one.volumeBindingMode ||= 'Immediate';
  },
});
