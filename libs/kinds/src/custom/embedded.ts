import {
  dns1035Label,
  type FieldError,
  fieldError,
  type Json,
  type ObjectMeta,
  parseApiVersion,
  validateObjectMeta,
} from '#apimachinery';
import { decodeErrors } from '../decode.js';
import { pathSegmentName } from '../path-rules.js';
import { isObject, type JsonObject, own, type Structural } from './structural.js';
import { below } from './value-validation.js';

/** Metadata is decoded as Go's type of it, whatever the CRD says. */
const METADATA = {
  definition: '',
  schema: {
    type: 'object' as const,
    properties: {
      metadata: { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
    },
  },
};

/** Calls `look` for every resource that stands inside the value. */
function eachEmbedded(
  value: Json,
  schema: Structural,
  path: string,
  isRoot: boolean,
  look: (resource: JsonObject, path: string) => void,
): void {
  if (!schema.hasEmbedded) return;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items) value.forEach((item, i) => eachEmbedded(item, items, `${path}[${i}]`, false, look));
  } else if (isObject(value)) {
    if (schema.embedded && !isRoot) look(value, path);
    for (const name of Object.keys(value)) {
      const property = schema.properties.get(name);
      const known = property ?? schema.additional;
      if (typeof known !== 'object') continue;
      eachEmbedded(own(value, name)!, known, property ? below(path, name) : `${path}[${name}]`, false, look);
    }
  }
}

/**
 * Brings the metadata of resources inside a resource to canonical form, in place; tells what it does not know of it, and what
 * cannot be metadata. Models Coerce of apiserver/schema/objectmeta (1.36).
 */
export function coerceEmbedded(root: Json, schema: Structural): { unknown: string[]; wrong: string[] } {
  const found = { unknown: [] as string[], wrong: [] as string[] };
  const refuse = (path: string, value: Json, why: string) => {
    const { field, detail } = fieldError.invalid(path, value, why);
    found.wrong.push(`${field}: ${detail}`);
  };
  eachEmbedded(root, schema, '', true, (resource, path) => {
    for (const name of ['apiVersion', 'kind']) {
      const value = own(resource, name);
      if (value !== undefined && typeof value !== 'string') refuse(below(path, name), value, 'must be a string');
    }
    const sent = own(resource, 'metadata');
    if (sent === undefined) return;
    const holder: JsonObject = { metadata: sent };
    const { unknown, wrong } = decodeErrors(METADATA, holder);
    if (wrong.length > 0) return refuse(below(path, 'metadata'), sent, wrong[0]!);
    found.unknown.push(...unknown.map((text) => text.replace('"metadata', `"${below(path, 'metadata')}`)));
    if ('metadata' in holder) resource['metadata'] = holder['metadata']!;
    else delete resource['metadata'];
  });
  return found;
}

/** A resource inside a resource says what it is. Models Validate of apiserver/schema/objectmeta (1.36). */
export function validateEmbedded(value: Json, schema: Structural): FieldError[] {
  const errors: FieldError[] = [];
  eachEmbedded(value, schema, '', true, (resource, path) => {
    checkText(errors, own(resource, 'apiVersion'), below(path, 'apiVersion'), (text) =>
      parseApiVersion(text) ? undefined : `unexpected GroupVersion string: ${text}`,
    );
    checkText(errors, own(resource, 'kind'), below(path, 'kind'), (text) => {
      const why = dns1035Label(text.toLowerCase());
      return why.length > 0 ? `may have mixed case, but should otherwise match: ${why.join(',')}` : undefined;
    });
    const metadata = own(resource, 'metadata');
    if (isObject(metadata)) errors.push(...metadataErrors(metadata as unknown as ObjectMeta, below(path, 'metadata')));
  });
  return errors;
}

function checkText(
  errors: FieldError[],
  value: Json | undefined,
  at: string,
  wrong: (text: string) => string | undefined,
): void {
  if (value === undefined) return void errors.push(fieldError.required(at));
  const why = typeof value !== 'string' ? 'must be a string' : value === '' ? 'must not be empty' : wrong(value);
  if (why !== undefined) errors.push(fieldError.invalid(at, value, why));
}

/** What is not stored by itself needs no name, and lies in a namespace if it says one. */
function metadataErrors(metadata: ObjectMeta, field: string): FieldError[] {
  const named = metadata.name ? metadata : { ...metadata, name: 'fakename' };
  const validateName = (name: string) => pathSegmentName(name);
  return validateObjectMeta(named, { namespaced: Boolean(metadata.namespace), field, validateName });
}
