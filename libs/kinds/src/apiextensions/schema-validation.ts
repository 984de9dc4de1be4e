import { type FieldError, fieldError } from '#apimachinery';
import type { JSONSchemaProps, ValidationRule } from '../generated/types.js';
import { META_FIELDS, subSchema } from '../custom/structural.js';
import { checkOneOf } from '../field-rules.js';
import { fieldOfPath } from './field-path.js';
import { inProperties } from './structural-violations.js';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'] as const;
const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const NOT_SUPPORTED = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const;

interface Place {
  readonly path: string;
  /** Why no default may stand here; undefined: it may. */
  readonly noDefaults: string | undefined;
  readonly insideMeta: boolean;
}

/**
 * The rules of a CRD's schema beyond its being structural. Models ValidateCustomResourceDefinitionOpenAPISchema of
 * apis/apiextensions/validation (1.36).
 */
export function validateSchema(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, schema, { path, noDefaults: undefined, insideMeta: false }, true);
  return errors;
}

function check(errors: FieldError[], schema: JSONSchemaProps, place: Place, isRoot: boolean): void {
  const { path } = place;
  checkPlain(errors, schema, place);
  if (schema.additionalProperties !== undefined && schema.additionalProperties !== null) {
    const additional = subSchema(schema.additionalProperties);
    const says = schema.additionalProperties === false || additional !== undefined;
    if (Object.keys(schema.properties ?? {}).length > 0 && says) {
      const why = 'additionalProperties and properties are mutual exclusive';
      errors.push(fieldError.forbidden(`${path}.additionalProperties`, why));
    }
    const noDefaults = place.insideMeta ? 'inside additionalProperties applying to object metadata' : place.noDefaults;
    if (additional) check(errors, additional, { ...place, path: `${path}.additionalProperties`, noDefaults }, false);
  }
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const isMeta = (isRoot || schema['x-kubernetes-embedded-resource'] === true) && META_FIELDS.has(name);
    const below: Place = {
      path: inProperties(path, name),
      noDefaults: isMeta && isRoot ? `in top-level ${name}` : place.noDefaults,
      insideMeta: place.insideMeta || isMeta,
    };
    check(errors, property, below, false);
  }
  const at = (name: string): Place => ({ ...place, path: `${path}.${name}` });
  if (schema.not) check(errors, schema.not, at('not'), false);
  for (const name of ['allOf', 'oneOf', 'anyOf'] as const) {
    schema[name]?.forEach((one, i) => check(errors, one, at(`${name}[${i}]`), false));
  }
  const items = subSchema(schema.items);
  if (items) check(errors, items, at('items'), false);
  checkLists(errors, schema, path);
  (schema['x-kubernetes-validations'] ?? []).forEach((rule, i) =>
    checkRule(errors, rule, schema, `${path}.x-kubernetes-validations[${i}]`),
  );
}

function checkPlain(errors: FieldError[], schema: JSONSchemaProps, { path, noDefaults, insideMeta }: Place): void {
  const { type } = schema;
  if (type) checkOneOf(errors, `${path}.type`, type, TYPES);
  if (schema.default !== undefined && schema.default !== null && noDefaults !== undefined) {
    errors.push(fieldError.forbidden(`${path}.default`, `must not be set ${noDefaults}`));
  }
  for (const name of NOT_SUPPORTED) {
    if (schema[name] !== undefined && schema[name] !== '') {
      errors.push(fieldError.forbidden(`${path}.${name}`, `${name} is not supported`));
    }
  }
  if (type === 'null') {
    errors.push(fieldError.forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative'));
  }
  if (Array.isArray(schema.items) && schema.items.length > 0) {
    errors.push(fieldError.forbidden(`${path}.items`, 'items must be a schema object and not an array'));
  }
  if (insideMeta && schema['x-kubernetes-embedded-resource']) {
    const why = 'must not be used inside of resource meta';
    errors.push(fieldError.forbidden(`${path}.x-kubernetes-embedded-resource`, why));
  }
  if (schema.uniqueItems) {
    const why = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(fieldError.forbidden(`${path}.uniqueItems`, why));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    errors.push(fieldError.invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'));
  }
  const mapType = schema['x-kubernetes-map-type'];
  if (mapType !== undefined) {
    needsType(errors, `${path}.type`, type, 'object', 'x-kubernetes-map-type');
    checkOneOf(errors, `${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']);
  }
}

function needsType(errors: FieldError[], at: string, type: string | undefined, wanted: string, because: string): void {
  if (type === wanted) return;
  const why = `must be ${wanted} if ${because} is specified`;
  errors.push(type ? fieldError.invalid(at, type, why) : fieldError.required(at, why));
}

function checkLists(errors: FieldError[], schema: JSONSchemaProps, path: string): void {
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const at = `${path}.x-kubernetes-list-type`;
  const items = subSchema(schema.items);
  if (listType !== undefined) {
    needsType(errors, `${path}.type`, schema.type, 'array', 'x-kubernetes-list-type');
    if (schema.type === 'array' && listType === 'set' && items) checkSetItems(errors, items, path);
    checkOneOf(errors, at, listType, ['atomic', 'set', 'map']);
  }
  if (keys.length > 0 && listType !== 'map') {
    const why = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? fieldError.required(at, why) : fieldError.invalid(at, listType, why));
  }
  if (listType === 'map') checkMapList(errors, keys, items, path);
  if ((listType === 'set' || listType === 'map') && items?.nullable) {
    const why = `cannot be nullable when x-kubernetes-list-type is ${listType}`;
    errors.push(fieldError.forbidden(`${path}.items.nullable`, why));
  }
}

function checkSetItems(errors: FieldError[], items: JSONSchemaProps, path: string): void {
  const why = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const [listType, mapType] = [items['x-kubernetes-list-type'], items['x-kubernetes-map-type']];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic') {
    errors.push(fieldError.invalid(`${path}.items.x-kubernetes-list-type`, listType, why));
  }
  if (items.type === 'object' && mapType !== 'atomic') {
    // Upstream shows the type of the list here.
    errors.push(fieldError.invalid(`${path}.items.x-kubernetes-map-type`, listType ?? null, why));
  }
}

function checkMapList(
  errors: FieldError[],
  keys: readonly string[],
  items: JSONSchemaProps | undefined,
  path: string,
): void {
  const at = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0) errors.push(fieldError.required(at, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) {
    errors.push(fieldError.required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
    return;
  }
  if (items.type !== 'object') {
    const why = "must be object if parent array's x-kubernetes-list-type is map";
    errors.push(fieldError.invalid(`${path}.items.type`, items.type ?? '', why));
    return;
  }
  const seen = new Set<string>();
  for (const key of keys) {
    const property = items.properties && Object.hasOwn(items.properties, key) ? items.properties[key] : undefined;
    const where = inProperties(`${path}.items`, key);
    if (!property) errors.push(fieldError.invalid(at, keys, 'entries must all be names of item properties'));
    if (property?.type === 'array' || property?.type === 'object') {
      const why = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      errors.push(fieldError.invalid(`${where}.type`, items.type, why));
    }
    if (seen.has(key)) errors.push(fieldError.invalid(at, keys, 'must not contain duplicate entries'));
    seen.add(key);
    if (property && !items.required?.includes(key) && (property.default ?? null) === null) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
      errors.push(fieldError.required(`${where}.default`, why));
    }
    if (property?.nullable) {
      const why = 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable';
      errors.push(fieldError.forbidden(`${where}.nullable`, why));
    }
  }
}

const hasNewlines = (text: string) => /[\n\r]/.test(text);

/** What can be said of a rule without compiling it. */
function checkRule(errors: FieldError[], rule: ValidationRule, schema: JSONSchemaProps, at: string): void {
  const { message = '', messageExpression = '', fieldPath = '', reason } = rule;
  const text = rule.rule?.trim() ?? '';
  if (text === '') errors.push(fieldError.required(`${at}.rule`, 'rule is not specified'));
  else if (message !== '' && message.trim() === '') {
    errors.push(fieldError.invalid(`${at}.message`, message, 'message must be non-empty if specified'));
  } else if (hasNewlines(message.trim())) {
    errors.push(fieldError.invalid(`${at}.message`, message, 'message must not contain line breaks'));
  } else if (hasNewlines(text) && message.trim() === '') {
    errors.push(fieldError.required(`${at}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    const why = 'messageExpression must be non-empty if specified';
    errors.push(fieldError.required(`${at}.messageExpression`, why));
  }
  if (reason !== undefined) checkOneOf(errors, `${at}.reason`, reason, REASONS);
  if (fieldPath === '') return;
  const invalid = (why: string) => errors.push(fieldError.invalid(`${at}.fieldPath`, fieldPath, why));
  if (fieldPath.trim() === '') invalid('fieldPath must be non-empty if specified');
  if (hasNewlines(fieldPath)) invalid('fieldPath must not contain line breaks');
  if ('error' in fieldOfPath(fieldPath, schema)) invalid('fieldPath must be a valid path');
}
