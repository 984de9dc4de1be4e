import {
  apiVersionOf,
  decodeBody,
  deepCopy,
  type Json,
  type KubeObject,
  parseApiVersion,
  StatusError,
} from '#apimachinery';
import { applySchemaDefaults, decodeErrors, type Kind } from '#kinds';
import type { Body, RequestContext, WriteOptions } from '../request.js';

/** What a body must become: the kind itself, or a subresource's body kind. */
export interface Expected {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The kind whose schema and defaults apply; absent for bodies of no served kind. */
  readonly schema: Kind | undefined;
}

export function expectedOf(kind: Kind): Expected {
  return { group: kind.group, version: kind.version, kind: kind.kind, schema: kind };
}

/**
 * Bytes or an actor's object → an object of its own (never shared with the caller), typed as expected, unknown fields
 * reported as `fieldValidation` wants, defaults set. Fails with 400 and upstream's texts.
 */
export function decode(ctx: RequestContext, expected: Expected, body: Body, options: WriteOptions): KubeObject {
  if ('object' in body) return decodeValue(ctx, expected, deepCopy(withoutManagers(body.object)) as Json, [], options);
  const { value, duplicates } = decodeBody(body.bytes, body.format, expected.kind);
  return decodeValue(ctx, expected, value, options.fieldValidation === 'Ignore' ? [] : duplicates, options);
}

/** Actors send back the managers that they read; the server knows them better, and copying them costs. */
function withoutManagers(object: unknown): unknown {
  const { metadata } = object as Partial<KubeObject>;
  if (!metadata?.managedFields) return object;
  const { managedFields: _managed, ...kept } = metadata;
  return { ...(object as KubeObject), metadata: kept };
}

/** The same for a value that is the caller's to give away. */
export function decodeValue(
  ctx: RequestContext,
  expected: Expected,
  value: Json,
  duplicates: readonly string[],
  options: WriteOptions,
): KubeObject {
  const object = typed(ctx, expected, value);
  // An empty list clears the managers, as one empty entry does; but decoding drops what is empty.
  const sent = object.metadata?.managedFields as unknown;
  if (Array.isArray(sent) && sent.length === 0) object.metadata.managedFields = [{}];
  const { unknown, wrong } = expected.schema
    ? decodeErrors(expected.schema, object as unknown as Json)
    : { unknown: [], wrong: [] };
  if (wrong.length > 0) throw cannotHandle(object, expected, wrong[0] ?? '');
  if (unknown.length > 0 || duplicates.length > 0) {
    reportStrict(
      ctx,
      object,
      expected,
      [...duplicates.map((path) => `duplicate field "${path}"`), ...unknown],
      options,
    );
  }
  object.metadata ??= {};
  if (expected.schema) setDefaults(expected.schema, object);
  return object;
}

export function setDefaults(kind: Kind, object: KubeObject): void {
  applySchemaDefaults(kind, object);
  kind.applyDefaults?.(object);
}

function reportStrict(
  ctx: RequestContext,
  object: KubeObject,
  expected: Expected,
  errors: readonly string[],
  { fieldValidation = 'Warn' }: WriteOptions,
): void {
  if (fieldValidation === 'Strict') {
    throw cannotHandle(object, expected, `strict decoding error: ${errors.join(', ')}`);
  }
  if (fieldValidation === 'Warn') for (const error of errors) ctx.warn(error);
}

function cannotHandle(object: KubeObject, expected: Expected, why: string): StatusError {
  const version = parseApiVersion(object.apiVersion)?.version ?? '';
  return StatusError.badRequest(
    `${object.kind} in version "${version}" cannot be handled as a ${expected.kind}: ${why}`,
  );
}

/** Fills in kind and apiVersion where the body leaves them out; refuses others. */
function typed(ctx: RequestContext, expected: Expected, value: Json): KubeObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw StatusError.badRequest(`cannot unmarshal ${goType(value)} into an object of kind ${expected.kind}`);
  }
  const apiVersion = apiVersionOf(expected);
  const sentKind = Object.hasOwn(value, 'kind') ? value['kind'] : undefined;
  const sentVersion = Object.hasOwn(value, 'apiVersion') ? value['apiVersion'] : undefined;
  if (sentKind === expected.kind && sentVersion === apiVersion) return value as unknown as KubeObject;
  const object = { kind: sentKind || expected.kind, apiVersion: sentVersion || apiVersion };
  if (typeof object.kind !== 'string' || typeof object.apiVersion !== 'string') {
    const field = typeof object.kind === 'string' ? 'apiVersion' : 'kind';
    throw StatusError.badRequest(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${goType(object[field])} into Go struct field .${field} of type string`,
    );
  }
  if (object.kind !== expected.kind || object.apiVersion !== apiVersion) {
    throw mismatch(ctx, expected, object as { kind: string; apiVersion: string });
  }
  value['kind'] = object.kind;
  value['apiVersion'] = object.apiVersion;
  return value as unknown as KubeObject;
}

/** Models transformDecodeError and AcceptsGroupVersion of k8s.io/apiserver/pkg/endpoints/handlers (1.36). */
function mismatch(ctx: RequestContext, expected: Expected, sent: { kind: string; apiVersion: string }): StatusError {
  const gv = parseApiVersion(sent.apiVersion);
  if (!gv) return StatusError.badRequest(`unexpected GroupVersion string: ${sent.apiVersion}`);
  const known = ctx.kinds.byKind({ ...gv, kind: sent.kind });
  if (!known) {
    return cannotHandle(
      { ...sent, metadata: {} },
      expected,
      `no kind "${sent.kind}" is registered for version "${sent.apiVersion}" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    );
  }
  if (sent.kind !== expected.kind || gv.group !== expected.group) {
    return cannotHandle(
      { ...sent, metadata: {} },
      expected,
      `converting (${goPackage(gv.version)}.${sent.kind}) to (${groupPackage(expected.group)}.${expected.kind}): unknown conversion`,
    );
  }
  return StatusError.badRequest(
    `the API version in the data (${sent.apiVersion}) does not match the expected API version (${apiVersionOf(expected)})`,
  );
}

const goPackage = (version: string) => version;
const groupPackage = (group: string) => (group === '' ? 'core' : (group.split('.', 1)[0] ?? group));

function goType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (value === null) return 'null';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'object':
      return 'object';
    default:
      return typeof value;
  }
}
