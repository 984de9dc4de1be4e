import {
  deepEqual,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  parseQuantity,
  validateLabelSelector,
} from '#apimachinery';
import { column, nameColumn } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import type { CSIStorageCapacity } from '../generated/types.js';

/** Models pkg/registry/storage/csistoragecapacity and ValidateCSIStorageCapacity (1.36). */
export const csiStorageCapacityKind = defineKind<CSIStorageCapacity>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csistoragecapacities',
  table: {
    columns: [nameColumn, column('StorageClassName'), column('Capacity')],
    row: ({ metadata, storageClassName, capacity }) => [metadata.name ?? '', storageClassName, capacity ?? '<unset>'],
  },
  validate({ nodeTopology, storageClassName = '', capacity }) {
    const errors: FieldError[] = validateLabelSelector(nodeTopology, 'nodeTopology');
    for (const why of dns1123Subdomain(storageClassName)) {
      errors.push(fieldError.invalid('storageClassName', storageClassName, why));
    }
    if (capacity !== undefined && parseQuantity(capacity).sign() < 0) {
      const text = parseQuantity(capacity).toString();
      errors.push(fieldError.invalid('capacity', text, 'must be greater than or equal to 0'));
    }
    return errors;
  },
  validateUpdate(one, old) {
    const names = ['nodeTopology', 'storageClassName'] as const;
    return names
      .filter((name) => !deepEqual(one[name] ?? null, old[name] ?? null))
      .map((name) => fieldError.invalid(name, one[name] ?? null, IMMUTABLE));
  },
});
