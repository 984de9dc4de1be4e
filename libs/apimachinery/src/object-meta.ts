import { type FieldError, fieldError } from './field-error.js';
import { type ObjectMeta, type OwnerReference, parseApiVersion } from './meta.js';
import { deepEqual } from './deep.js';
import { dns1123Label, labelValue, qualifiedName } from './names.js';

export interface ObjectMetaRules {
  readonly namespaced: boolean;
  /** Messages about a name, or with `prefix` about a generateName; empty when fine. */
  validateName(name: string, prefix: boolean): readonly string[];
  /** Where the metadata is. Default 'metadata'. */
  readonly field?: string;
  /** Built-in kinds refuse finalizers without a domain, but for the standard ones; custom resources let them pass. Default true. */
  readonly qualifiedFinalizers?: boolean;
}

/** Annotations' keys and values together, in bytes. */
const ANNOTATIONS_BYTES_MAX = 256 * 1024;
const FINALIZER_ORPHAN = 'orphan';
const FINALIZER_FOREGROUND = 'foregroundDeletion';
const STANDARD_FINALIZERS: ReadonlySet<string> = new Set(['kubernetes', FINALIZER_ORPHAN, FINALIZER_FOREGROUND]);

/** Rules that hold for the metadata of every object. Models ValidateObjectMeta of k8s.io/apimachinery (1.36). */
export function validateObjectMeta(meta: ObjectMeta, rules: ObjectMetaRules): FieldError[] {
  const { namespaced, field = 'metadata', qualifiedFinalizers = true } = rules;
  const errors: FieldError[] = [];
  const { name = '', generateName = '', namespace = '' } = meta;
  if (generateName !== '') {
    for (const why of rules.validateName(generateName, true)) {
      errors.push(fieldError.invalid(`${field}.generateName`, generateName, why));
    }
  }
  if (name === '') {
    errors.push(fieldError.required(`${field}.name`, 'name or generateName is required'));
  } else {
    for (const why of rules.validateName(name, false)) errors.push(fieldError.invalid(`${field}.name`, name, why));
  }
  if (!namespaced) {
    if (namespace !== '') errors.push(fieldError.forbidden(`${field}.namespace`, 'not allowed on this type'));
  } else if (namespace === '') {
    errors.push(fieldError.required(`${field}.namespace`));
  } else {
    for (const why of dns1123Label(namespace)) errors.push(fieldError.invalid(`${field}.namespace`, namespace, why));
  }
  if ((meta.generation ?? 0) < 0) {
    errors.push(fieldError.invalid(`${field}.generation`, meta.generation, 'must be greater than or equal to 0'));
  }
  errors.push(...mapErrors(meta, field), ...ownerErrors(meta.ownerReferences, `${field}.ownerReferences`));
  errors.push(...finalizerErrors(meta.finalizers, `${field}.finalizers`, qualifiedFinalizers));
  return errors;
}

/** What an update may not do to metadata. A missing resourceVersion is the registry's question, not asked here. */
export function validateObjectMetaUpdate(meta: ObjectMeta, old: ObjectMeta, field = 'metadata'): FieldError[] {
  const errors: FieldError[] = [];
  if (old.deletionTimestamp !== undefined) {
    const known = new Set(old.finalizers);
    const added = [...new Set(meta.finalizers)].filter((finalizer) => !known.has(finalizer)).toSorted();
    if (added.length > 0) {
      const list = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(', ')}}`;
      errors.push(
        fieldError.forbidden(
          `${field}.finalizers`,
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      );
    }
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(fieldError.invalid(`${field}.generation`, meta.generation ?? 0, 'must not be decremented'));
  }
  for (const key of IMMUTABLE_FIELDS) {
    if ((meta[key] ?? '') !== (old[key] ?? '')) {
      errors.push(fieldError.invalid(`${field}.${key}`, meta[key] ?? null, 'field is immutable'));
    }
  }
  if (!deepEqual(meta.labels, old.labels) || !deepEqual(meta.annotations, old.annotations)) {
    errors.push(...mapErrors(meta, field));
  }
  errors.push(...ownerErrors(meta.ownerReferences, `${field}.ownerReferences`));
  return errors;
}

const IMMUTABLE_FIELDS = [
  'name',
  'namespace',
  'uid',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

function mapErrors(meta: ObjectMeta, field: string): FieldError[] {
  return [
    ...validateLabels(meta.labels, `${field}.labels`),
    ...validateAnnotations(meta.annotations, `${field}.annotations`),
  ];
}

/** Also for the labels of pod templates and the like. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    for (const why of qualifiedName(key)) errors.push(fieldError.invalid(field, key, why));
    for (const why of labelValue(value)) errors.push(fieldError.invalid(field, value, why));
  }
  return errors;
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations ?? {})) {
    // Keys differ from label keys in this only: capitals in the prefix pass.
    for (const why of qualifiedName(key.toLowerCase())) errors.push(fieldError.invalid(field, key, why));
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > ANNOTATIONS_BYTES_MAX) errors.push(fieldError.tooLong(field, ANNOTATIONS_BYTES_MAX));
  return errors;
}

function ownerErrors(owners: readonly OwnerReference[] | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  let controller: string | undefined;
  for (const owner of owners ?? []) {
    const version = parseApiVersion(owner.apiVersion ?? '')?.version ?? '';
    if (version === '') {
      errors.push(fieldError.invalid(`${field}.apiVersion`, owner.apiVersion ?? '', 'version must not be empty'));
    }
    for (const key of ['kind', 'name', 'uid'] as const) {
      if (!owner[key]) errors.push(fieldError.invalid(`${field}.${key}`, owner[key] ?? '', 'must not be empty'));
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(fieldError.invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'));
    }
    if (owner.controller !== true) continue;
    const named = `${owner.kind}/${owner.name}`;
    if (controller === undefined) controller = named;
    else {
      const why = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${named}`;
      errors.push(fieldError.invalid(field, owners, why));
    }
  }
  return errors;
}

function finalizerErrors(finalizers: readonly string[] = [], field: string, qualified: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const finalizer of finalizers) {
    for (const why of qualifiedName(finalizer)) errors.push(fieldError.invalid(field, finalizer, why));
  }
  if (finalizers.includes(FINALIZER_ORPHAN) && finalizers.includes(FINALIZER_FOREGROUND)) {
    const why = `finalizer ${FINALIZER_ORPHAN} and ${FINALIZER_FOREGROUND} cannot be both set`;
    errors.push(fieldError.invalid(field, finalizers, why));
  }
  if (!qualified) return errors;
  for (const [index, finalizer] of finalizers.entries()) {
    if (!finalizer.includes('/') && !STANDARD_FINALIZERS.has(finalizer)) {
      const why = 'name is neither a standard finalizer name nor is it fully qualified';
      errors.push(fieldError.invalid(`${field}[${index}]`, finalizer, why));
    }
  }
  return errors;
}
