import { type FieldError, fieldError, type Json, StatusError } from '#apimachinery';
import type { DeleteRequest, ListRequest, PatchType, ReadOptions, WriteOptions } from '#registry';
import type { Query } from './query.js';

const META_GROUP = 'meta.k8s.io';
const FIELD_MANAGER_LENGTH_MAX = 128;
const FIELD_VALIDATIONS = ['Ignore', 'Strict', 'Warn'] as const;

type OptionsKind = 'CreateOptions' | 'UpdateOptions' | 'PatchOptions' | 'DeleteOptions';

function refuse(kind: OptionsKind, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw StatusError.invalid({ group: META_GROUP, kind }, '', errors);
}

/** Go prints the slice that it was given: []string{"x"}. */
function dryRunError(asked: readonly string[]): FieldError {
  const shown = `[]string{${asked.map((one) => JSON.stringify(one)).join(', ')}}`;
  return {
    type: 'FieldValueNotSupported',
    field: 'dryRun',
    detail: `Unsupported value: ${shown}: supported values: "All"`,
  };
}

function dryRunErrors(asked: readonly string[]): FieldError[] {
  return asked.every((one) => one === 'All') ? [] : [dryRunError(asked)];
}

function fieldManagerErrors(manager: string | undefined): FieldError[] {
  if (manager === undefined) return [];
  if (Buffer.byteLength(manager) > FIELD_MANAGER_LENGTH_MAX)
    return [fieldError.tooLong('fieldManager', FIELD_MANAGER_LENGTH_MAX)];
  const printable = /^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(manager);
  return printable ? [] : [fieldError.invalid('fieldManager', manager, 'should only contain printable characters')];
}

/** Query parameters of create, update and patch. Models ValidateCreateOptions and its siblings (1.36). */
export function writeOptionsOf(query: Query, kind: OptionsKind): WriteOptions {
  const fieldManager = query.text('fieldManager');
  const dryRun = query.all('dryRun').filter((one) => one !== '');
  const fieldValidation = query.text('fieldValidation');
  const errors = [...fieldManagerErrors(fieldManager), ...dryRunErrors(dryRun)];
  const known = FIELD_VALIDATIONS.find((one) => one === fieldValidation);
  if (fieldValidation !== undefined && known === undefined) {
    errors.push(fieldError.notSupported('fieldValidation', fieldValidation, ['', ...FIELD_VALIDATIONS]));
  }
  refuse(kind, errors);
  return {
    ...(dryRun.length > 0 ? { dryRun: true } : {}),
    ...(fieldManager === undefined ? {} : { fieldManager }),
    ...(known === undefined ? {} : { fieldValidation: known }),
  };
}

/** A patch's options: `force` belongs to apply, which in turn needs a field manager. */
export function patchOptionsOf(query: Query, type: PatchType): WriteOptions & { force?: boolean } {
  const options = writeOptionsOf(query, 'PatchOptions');
  const force = query.flag('force');
  const errors: FieldError[] = [];
  if (type === 'apply') {
    if (options.fieldManager === undefined) {
      errors.push(fieldError.required('fieldManager', 'is required for apply patch'));
    }
  } else if (force !== undefined) {
    errors.push(fieldError.forbidden('force', 'may not be specified for non-apply patch'));
  }
  refuse('PatchOptions', errors);
  return force === undefined ? options : { ...options, force };
}

export function readOptionsOf(query: Query): ReadOptions {
  const resourceVersion = query.text('resourceVersion');
  const resourceVersionMatch = query.text('resourceVersionMatch');
  return {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(resourceVersionMatch === undefined ? {} : { resourceVersionMatch }),
  };
}

export function listRequestOf(query: Query): ListRequest {
  const labelSelector = query.text('labelSelector');
  const fieldSelector = query.text('fieldSelector');
  const limit = query.integer('limit');
  const from = query.text('continue');
  const sendInitialEvents = query.flag('sendInitialEvents');
  // A list has no use for it, but what is no number is refused with the other options.
  query.integer('timeoutSeconds');
  return {
    ...readOptionsOf(query),
    ...(sendInitialEvents === undefined ? {} : { sendInitialEvents }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === undefined ? {} : { fieldSelector }),
    ...(limit === undefined ? {} : { limit }),
    ...(from === undefined ? {} : { continue: from }),
  };
}

/** The members of meta/v1 DeleteOptions, wherever they came from. */
interface DeleteOptionsInput {
  gracePeriodSeconds: number | undefined;
  propagationPolicy: string | undefined;
  orphanDependents: boolean | undefined;
  uid: string | undefined;
  resourceVersion: string | undefined;
  dryRun: readonly string[];
}

function deleteRequest(input: DeleteOptionsInput): DeleteRequest {
  const { gracePeriodSeconds, propagationPolicy, orphanDependents, uid, resourceVersion, dryRun } = input;
  refuse('DeleteOptions', dryRunErrors(dryRun));
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(orphanDependents === undefined ? {} : { orphanDependents }),
    ...(uid === undefined && resourceVersion === undefined
      ? {}
      : {
          preconditions: {
            ...(uid === undefined ? {} : { uid }),
            ...(resourceVersion === undefined ? {} : { resourceVersion }),
          },
        }),
    ...(dryRun.length > 0 ? { dryRun: true } : {}),
  };
}

/** DeleteOptions of a request without body. Which values go together, the registry checks. */
export function deleteRequestOfQuery(query: Query): DeleteRequest {
  return deleteRequest({
    gracePeriodSeconds: query.integer('gracePeriodSeconds'),
    propagationPolicy: query.text('propagationPolicy'),
    orphanDependents: query.flag('orphanDependents'),
    uid: undefined,
    resourceVersion: undefined,
    dryRun: query.all('dryRun').filter((one) => one !== ''),
  });
}

/** DeleteOptions as a body, which then counts alone. Fails with 400 for another kind or wrong types. */
export function deleteRequestOfBody(value: Json): DeleteRequest {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw StatusError.badRequest('the request body is not a DeleteOptions object');
  }
  const kind = member(value, 'kind', 'string');
  if (kind !== undefined && kind !== 'DeleteOptions') {
    throw StatusError.badRequest(`DeleteOptions expected, but the request body is of kind ${JSON.stringify(kind)}`);
  }
  const grace = member(value, 'gracePeriodSeconds', 'number');
  if (grace !== undefined && !Number.isSafeInteger(grace)) throw wrongType('gracePeriodSeconds');
  const preconditions = own(value, 'preconditions');
  if (preconditions !== undefined && !isObject(preconditions)) throw wrongType('preconditions');
  const dryRun = own(value, 'dryRun') ?? [];
  if (!Array.isArray(dryRun) || !dryRun.every((one) => typeof one === 'string')) throw wrongType('dryRun');
  return deleteRequest({
    gracePeriodSeconds: grace,
    propagationPolicy: member(value, 'propagationPolicy', 'string'),
    orphanDependents: member(value, 'orphanDependents', 'boolean'),
    uid: preconditions && member(preconditions, 'uid', 'string'),
    resourceVersion: preconditions && member(preconditions, 'resourceVersion', 'string'),
    dryRun,
  });
}

type JsonObject = { [key: string]: Json };

function isObject(value: Json): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function own(object: JsonObject, key: string): Exclude<Json, null> | undefined {
  return Object.hasOwn(object, key) ? (object[key] ?? undefined) : undefined;
}

interface Primitives {
  string: string;
  number: number;
  boolean: boolean;
}

function member<K extends keyof Primitives>(object: JsonObject, key: string, type: K): Primitives[K] | undefined {
  const value = own(object, key);
  if (value === undefined) return undefined;
  if (typeof value !== type) throw wrongType(key);
  return value as Primitives[K];
}

function wrongType(key: string): StatusError {
  return StatusError.badRequest(`DeleteOptions in version "v1" cannot be handled: ${key} is of the wrong type`);
}
