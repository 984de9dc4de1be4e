import { deepEqual, type FieldError, fieldError, withinStack } from '#apimachinery';
import type { CustomResourceDefinitionSpec, JSONSchemaProps } from '../generated/types.js';
import { patternError, subSchema } from '../custom/structural.js';

type Level = 'root' | 'item' | 'field';

const TYPE_MISSING: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
};
const INT_OR_STRING_ANY_OF = [{ type: 'integer' }, { type: 'string' }];

export const inProperties = (path: string, name: string) => `${path}.properties[${name}]`;

/**
 * What keeps a schema from being structural: that the form of every field is told outside of allOf, anyOf, oneOf and
 * not, so that pruning and defaulting need not try them. Sorted by text.
 * Models apiserver/schema/validation.go and complement.go (1.36).
 */
export function validateStructural(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  checkInvariants(errors, schema, 'root', path);
  checkCompleteness(errors, schema, path);
  const textOf = ({ field, detail }: FieldError) => `${field}: ${detail}`;
  return errors.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
}

/** The texts that the condition NonStructuralSchema shows; none for what validation let in. */
export function structuralViolations({ versions }: CustomResourceDefinitionSpec): string[] {
  return withinStack(() =>
    versions.flatMap(({ schema }, i) => {
      const root = schema?.openAPIV3Schema;
      if (!root) return [];
      return validateStructural(root, `spec.versions[${i}].schema.openAPIV3Schema`).map(
        ({ field, detail }) => `${field}: ${detail}`,
      );
    }),
  );
}

function checkInvariants(errors: FieldError[], schema: JSONSchemaProps, level: Level, path: string): void {
  const items = subSchema(schema.items);
  if (schema.type === 'array' && !items) errors.push(fieldError.required(`${path}.items`, 'must be specified'));
  if (items) checkInvariants(errors, items, 'item', `${path}.items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkInvariants(errors, property, 'field', inProperties(path, name));
  }
  if (schema.additionalProperties !== undefined) {
    if (level === 'root') {
      errors.push(fieldError.forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
    }
    const additional = subSchema(schema.additionalProperties);
    if (additional) checkInvariants(errors, additional, 'field', `${path}.additionalProperties`);
  }
  checkExtensions(errors, schema, path);
  checkValueRules(errors, schema, path, true);
  checkType(errors, schema, level, path);
  checkMeta(errors, schema, level, path);
}

function checkExtensions(errors: FieldError[], schema: JSONSchemaProps, path: string): void {
  if (!schema['x-kubernetes-int-or-string']) return;
  for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource'] as const) {
    if (!schema[name]) continue;
    errors.push(fieldError.invalid(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true'));
  }
}

function checkType(errors: FieldError[], schema: JSONSchemaProps, level: Level, path: string): void {
  const { type = '' } = schema;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  const needsObject = 'must be object if x-kubernetes-embedded-resource is true';
  if (embedded && type !== 'object') {
    if (type === '') errors.push(fieldError.required(`${path}.type`, needsObject));
    else errors.push(fieldError.invalid(`${path}.type`, type, needsObject));
  } else if (type === '' && !schema['x-kubernetes-int-or-string'] && !schema['x-kubernetes-preserve-unknown-fields']) {
    errors.push(fieldError.required(`${path}.type`, TYPE_MISSING[level]));
  }
  if (embedded && schema.additionalProperties !== undefined) {
    const why = 'must not be used if x-kubernetes-embedded-resource is set';
    errors.push(fieldError.forbidden(`${path}.additionalProperties`, why));
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    errors.push(fieldError.invalid(`${path}.type`, type, 'must be object at the root'));
  }
  const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
  if (embedded && !schema['x-kubernetes-preserve-unknown-fields'] && !hasProperties) {
    const why =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(fieldError.required(`${path}.properties`, why));
  }
}

/** kind, apiVersion and metadata are what they are for every resource. */
function checkMeta(errors: FieldError[], schema: JSONSchemaProps, level: Level, path: string): void {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true;
  const property = (name: string) =>
    schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
  if (isResource) {
    for (const name of ['kind', 'apiVersion']) {
      const found = property(name);
      if (!found || found.type === 'string') continue;
      errors.push(fieldError.invalid(`${inProperties(path, name)}.type`, found.type ?? '', 'must be string'));
    }
  }
  const metadata = property('metadata');
  if (!metadata) return;
  const at = inProperties(path, 'metadata');
  if (isResource && metadata.type !== 'object') {
    errors.push(fieldError.invalid(`${at}.type`, metadata.type ?? '', 'must be object'));
  }
  if (level === 'root' && !saysOnlyNames(metadata)) {
    const why = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
    errors.push(fieldError.forbidden(at, why));
  }
}

function saysOnlyNames({ properties = {}, type: _type, ...rest }: JSONSchemaProps): boolean {
  const { default: _default, ...other } = rest;
  const names = Object.keys(properties);
  return names.every((name) => name === 'name' || name === 'generateName') && Object.keys(other).length === 0;
}

/** Rules under logical junctors say nothing of form. `mayBeIntOrString`: the one exception may stand here. */
function checkValueRules(errors: FieldError[], schema: JSONSchemaProps, path: string, mayBeIntOrString: boolean): void {
  const { anyOf = [], allOf = [], oneOf = [], not, pattern } = schema;
  if (!(mayBeIntOrString && deepEqual(anyOf, INT_OR_STRING_ANY_OF))) {
    anyOf.forEach((one, i) => checkNested(errors, one, `${path}.anyOf[${i}]`, false));
  }
  allOf.forEach((one, i) => {
    const exception = i === 0 && mayBeIntOrString && deepEqual(one.anyOf ?? [], INT_OR_STRING_ANY_OF);
    checkNested(errors, one, `${path}.allOf[${i}]`, exception);
  });
  oneOf.forEach((one, i) => checkNested(errors, one, `${path}.oneOf[${i}]`, false));
  if (not) checkNested(errors, not, `${path}.not`, false);
  const why = pattern ? patternError(pattern) : undefined;
  if (why !== undefined) {
    const text = `must be a valid regular expression, but isn't: ${why}`;
    errors.push(fieldError.invalid(`${path}.pattern`, pattern, text));
  }
}

const MUST_BE_EMPTY = [
  'type',
  'title',
  'description',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-validations',
] as const;
const MUST_BE_UNDEFINED = [
  'additionalProperties',
  'default',
  'externalDocs',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
] as const;
const MUST_BE_FALSE = [
  'nullable',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
] as const;

function checkNested(errors: FieldError[], schema: JSONSchemaProps, path: string, isException: boolean): void {
  if (isException) checkValueRules(errors, { ...schema, anyOf: [] }, path, false);
  else checkValueRules(errors, schema, path, false);
  const items = subSchema(schema.items);
  if (items) checkNested(errors, items, `${path}.items`, false);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkNested(errors, property, inProperties(path, name), false);
  }
  for (const name of MUST_BE_EMPTY) {
    const value = schema[name];
    if (value !== undefined && value.length > 0) {
      errors.push(fieldError.forbidden(`${path}.${name}`, 'must be empty to be structural'));
    }
  }
  for (const name of MUST_BE_UNDEFINED) {
    if (schema[name] !== undefined && schema[name] !== null) {
      errors.push(fieldError.forbidden(`${path}.${name}`, 'must be undefined to be structural'));
    }
  }
  for (const name of MUST_BE_FALSE) {
    if (schema[name]) errors.push(fieldError.forbidden(`${path}.${name}`, 'must be false to be structural'));
  }
  if (schema.properties && Object.hasOwn(schema.properties, 'metadata')) {
    const at = inProperties(path, 'metadata');
    errors.push(fieldError.forbidden(at, 'must not be specified in a nested context'));
  }
}

/** Everything that a junctor speaks of is specified outside of it. */
function checkCompleteness(errors: FieldError[], schema: JSONSchemaProps, path: string): void {
  for (const [origin, nested] of junctorsOf(schema, path)) checkKnown(errors, nested, origin, schema, path);
  const items = subSchema(schema.items);
  if (items) checkCompleteness(errors, items, `${path}.items`);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    checkCompleteness(errors, property, inProperties(path, name));
  }
  const additional = subSchema(schema.additionalProperties);
  if (additional) checkCompleteness(errors, additional, `${path}.additionalProperties`);
}

function junctorsOf(
  { allOf = [], anyOf = [], oneOf = [], not }: JSONSchemaProps,
  path: string,
): [string, JSONSchemaProps][] {
  const numbered = (name: string, list: readonly JSONSchemaProps[]) =>
    list.map((one, i): [string, JSONSchemaProps] => [`${path}.${name}[${i}]`, one]);
  const lists = [...numbered('allOf', allOf), ...numbered('anyOf', anyOf), ...numbered('oneOf', oneOf)];
  return not ? [...lists, [`${path}.not`, not]] : lists;
}

function checkKnown(
  errors: FieldError[],
  nested: JSONSchemaProps,
  origin: string,
  schema: JSONSchemaProps,
  path: string,
): void {
  for (const [name, property] of Object.entries(nested.properties ?? {})) {
    const at = inProperties(path, name);
    const from = inProperties(origin, name);
    const known = schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (known) checkKnown(errors, property, from, known, at);
    else errors.push(fieldError.required(at, `because it is defined in ${from}`));
  }
  const items = subSchema(nested.items);
  if (items) {
    const known = subSchema(schema.items);
    if (known) checkKnown(errors, items, `${origin}.items`, known, `${path}.items`);
    else errors.push(fieldError.required(`${path}.items`, `because it is defined in ${origin}.items`));
  }
  for (const [from, below] of junctorsOf(nested, origin)) checkKnown(errors, below, from, schema, path);
}
