import { deepEqual, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { column } from '../columns.js';
import { checkCsiDriverName } from '../core/volume-sources.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { CSINode, CSINodeDriver } from '../generated/types.js';

const NODE_ID_LENGTH_MAX = 256;

/** Models validateCSINodeDriver (1.36). */
function checkDriver(errors: FieldError[], at: string, driver: CSINodeDriver, names: Set<string>): void {
  const { name = '', nodeID = '', allocatable, topologyKeys = [] } = driver;
  checkCsiDriverName(errors, `${at}.name`, name);
  if (nodeID === '') errors.push(fieldError.required(`${at}.nodeID`));
  if (Buffer.byteLength(nodeID) > NODE_ID_LENGTH_MAX) {
    errors.push(fieldError.invalid(`${at}.nodeID`, nodeID, `must be ${NODE_ID_LENGTH_MAX} characters or less`));
  }
  checkNonNegative(errors, `${at}.allocatable.count`, allocatable?.count);
  if (names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
  names.add(name);
  const keys = new Set<string>();
  for (const key of topologyKeys) {
    if (key === '') errors.push(fieldError.required(at));
    if (keys.has(key)) errors.push(fieldError.duplicate(at, key));
    keys.add(key);
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(at, key, why));
  }
}

/** How many volumes fit may be learnt later; the rest of a driver stays. */
function kept({ allocatable: _allocatable, ...rest }: CSINodeDriver): Omit<CSINodeDriver, 'allocatable'> {
  return rest;
}

/** Models pkg/registry/storage/csinode and ValidateCSINode (1.36). */
export const csiNodeKind = defineKind<CSINode>({
  apiVersion: 'storage.k8s.io/v1',
  resource: 'csinodes',
  table: tableOf<CSINode>([column('Drivers', 'integer')], ({ spec }) => [spec.drivers?.length ?? 0]),
  validate({ spec }) {
    const errors: FieldError[] = [];
    const names = new Set<string>();
    for (const [i, driver] of (spec.drivers ?? []).entries()) {
      checkDriver(errors, `spec.drivers[${i}]`, driver, names);
    }
    return errors;
  },
  validateUpdate({ spec }, old) {
    const byName = new Map((spec.drivers ?? []).map((driver) => [driver.name, driver]));
    return (old.spec.drivers ?? []).flatMap((before) => {
      const now = byName.get(before.name);
      if (!now || deepEqual(kept(now), kept(before))) return [];
      return [fieldError.invalid('spec.drivers', kept(now), IMMUTABLE)];
    });
  },
});
