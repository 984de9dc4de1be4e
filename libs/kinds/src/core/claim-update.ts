import { deepEqual, type FieldError, fieldError, parseQuantity, qualifiedName, setOrDrop } from '#apimachinery';
import { IMMUTABLE, NIL } from '../field-rules.js';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../generated/types.js';
import { shapeDiff } from '../internal/shape-diff.js';
import { checkQuantity } from './quantity-rules.js';

const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const SPEC_MESSAGE =
  'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

/** What of a claim may change: its volume once, a missing class, and the size of a bound one. Models ValidatePersistentVolumeClaimUpdate (1.36). */
export function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  const { spec = {} } = claim;
  const { spec: before = {} } = old;
  const [annotated, wasAnnotated] = [claim, old].map(({ metadata }) => metadata.annotations?.[BETA_CLASS]);
  const isMoved =
    before.storageClassName === undefined && wasAnnotated !== undefined && spec.storageClassName === wasAnnotated;
  if (annotated !== wasAnnotated && !(isMoved && annotated === undefined)) {
    errors.push(fieldError.invalid(`metadata.annotations.${BETA_CLASS}`, annotated ?? '', IMMUTABLE));
  }
  const restored = withMutable(claim, old);
  if (!deepEqual(restored, before)) {
    // A claim that gets its volume shows it on both sides.
    const volume = !before.volumeName && spec.volumeName ? { volumeName: spec.volumeName } : {};
    const diff = shapeDiff('PersistentVolumeClaimSpec', { ...before, ...volume }, { ...restored, ...volume });
    errors.push(fieldError.forbidden('spec', `${SPEC_MESSAGE}\n${diff}`));
  }
  checkSize(errors, spec, old);
  if (spec.volumeMode !== before.volumeMode) {
    errors.push(fieldError.invalid('volumeMode', spec.volumeMode ?? NIL, IMMUTABLE));
  }
  const [now, was] = [spec.volumeAttributesClassName, before.volumeAttributesClassName];
  if (was !== undefined && now === undefined) {
    errors.push(
      fieldError.forbidden('spec.volumeAttributesClassName', 'update from non-nil value to nil is forbidden'),
    );
  } else if (was !== undefined && now === '' && was !== '') {
    const why = 'update from non-nil value to an empty string is forbidden';
    errors.push(fieldError.forbidden('spec.volumeAttributesClassName', why));
  }
  return errors;
}

/** `claim`'s spec with all that may change put back to what it was. */
function withMutable(
  { spec = {}, status }: PersistentVolumeClaim,
  { metadata, spec: before = {} }: PersistentVolumeClaim,
): PersistentVolumeClaimSpec {
  const restored = { ...spec };
  const putBack = (name: keyof PersistentVolumeClaimSpec) => setOrDrop(restored, name, before[name]);
  if (!before.volumeName) putBack('volumeName');
  const annotated = metadata.annotations?.[BETA_CLASS];
  if (before.storageClassName === undefined && (annotated === undefined || annotated === spec.storageClassName)) {
    putBack('storageClassName');
  }
  if (status?.phase !== 'Bound') return restored;
  if (restored.resources?.requests) {
    const { storage: _storage, ...requests } = restored.resources.requests;
    const storage = before.resources?.requests?.['storage'];
    restored.resources = {
      ...restored.resources,
      requests: storage === undefined ? requests : { ...requests, storage },
    };
  }
  if (restored.volumeAttributesClassName !== undefined) putBack('volumeAttributesClassName');
  return restored;
}

/** Who could not grow may ask for less again, but not for what is there already. */
function checkSize(errors: FieldError[], spec: PersistentVolumeClaimSpec, old: PersistentVolumeClaim): void {
  const [now, before] = [spec.resources?.requests?.['storage'], old.spec?.resources?.requests?.['storage']];
  if (now === before || now === undefined || before === undefined) return;
  const size = parseQuantity(now);
  if (size.cmp(parseQuantity(before)) >= 0) return;
  if (size.cmp(parseQuantity(old.status?.capacity?.['storage'] ?? '0')) <= 0) {
    errors.push(fieldError.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity'));
  }
}

const RESIZE_STATES = [
  'ControllerResizeInProgress',
  'ControllerResizeInfeasible',
  'NodeResizeInProgress',
  'NodeResizeInfeasible',
  'NodeResizePending',
];

/** Models ValidatePersistentVolumeClaimStatusUpdate (1.36). */
export function validateClaimStatus({ spec, status = {} }: PersistentVolumeClaim): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec?.accessModes?.length) errors.push(fieldError.required('Spec.accessModes'));
  checkSizes(errors, 'status.capacity', status.capacity);
  const states = status.allocatedResourceStatuses ?? {};
  for (const name of Object.keys(states)) {
    const at = 'status.allocatedResourceStatus';
    checkKey(errors, at, name);
    if (!RESIZE_STATES.includes(states[name]!)) errors.push(fieldError.notSupported(at, name, RESIZE_STATES));
  }
  for (const [name, text] of Object.entries(status.allocatedResources ?? {})) {
    const at = 'status.allocatedResources';
    if (checkKey(errors, at, name)) checkQuantity(errors, `${at}[${name}]`, 'storage', parseQuantity(text));
  }
  return errors;
}

function checkSizes(errors: FieldError[], at: string, list: Readonly<Record<string, string>> | undefined): void {
  for (const name in list) {
    const value = parseQuantity(list[name]!).value();
    if (value < 0n) {
      errors.push(fieldError.invalid(`${at}[${name}]`, Number(value), 'must be a valid resource quantity'));
    }
  }
}

/** Of Kubernetes' own resources only storage; answers whether the name is right. */
function checkKey(errors: FieldError[], at: string, name: string): boolean {
  const wrong = qualifiedName(name);
  for (const why of wrong) errors.push(fieldError.invalid(at, name, why));
  if (wrong.length > 0) return false;
  if (name === 'storage' || (name.includes('/') && !name.includes('kubernetes.io/'))) return true;
  errors.push(fieldError.notSupported(at, name, ['storage']));
  return false;
}
