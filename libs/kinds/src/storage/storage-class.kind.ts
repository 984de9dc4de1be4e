import { type FieldError, fieldError } from '#apimachinery';
import { ageColumn, ageOf, column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf, IMMUTABLE } from '../field-rules.js';
import type { StorageClass } from '../generated/types.js';
import { checkKept, checkParameters, checkProvisioner, checkTopologies } from './class-rules.js';

const IS_DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const IS_DEFAULT_BETA = 'storageclass.beta.kubernetes.io/is-default-class';

/** Models pkg/registry/storage/storageclass and ValidateStorageClass (1.36). */
export const storageClassKind = defineKind<StorageClass>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'storageclasses',
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
    one.reclaimPolicy ??= 'Delete';
    one.volumeBindingMode ??= 'Immediate';
  },
  validate(one) {
    const errors: FieldError[] = [];
    checkProvisioner(errors, 'provisioner', one.provisioner);
    checkParameters(errors, one.parameters, true);
    checkOneOf(errors, 'reclaimPolicy', one.reclaimPolicy || undefined, ['Delete', 'Retain']);
    checkOneOf(errors, 'volumeBindingMode', one.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']);
    checkTopologies(errors, one.allowedTopologies);
    return errors;
  },
  validateUpdate(one, old) {
    const errors: FieldError[] = [];
    for (const name of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
      checkKept(errors, name, one[name], old[name]);
    }
    if (one.volumeBindingMode !== old.volumeBindingMode) {
      errors.push(fieldError.invalid('volumeBindingMode', one.volumeBindingMode, IMMUTABLE));
    }
    return errors;
  },
});
