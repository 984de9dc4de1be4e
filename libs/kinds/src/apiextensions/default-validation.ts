import { deepCopy, deepEqual, type FieldError, fieldError, type Json } from '#apimachinery';
import type { JSONSchemaProps } from '../generated/types.js';
import { prune } from '../custom/prune.js';
import { isObject, META_FIELDS, structuralOf, subSchema } from '../custom/structural.js';
import { validateValue } from '../custom/value-validation.js';
import { inProperties } from './structural-violations.js';

/** Defaults fit the schema that they stand in. Models apiserver/schema/defaulting/validation.go (1.36). */
export function validateDefaults(schema: JSONSchemaProps, path: string): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, schema, path, true);
  return errors;
}

function check(errors: FieldError[], schema: JSONSchemaProps, path: string, isResource: boolean): void {
  const value = schema.default;
  if (value !== undefined && value !== null) checkDefault(errors, value, schema, `${path}.default`);
  const items = subSchema(schema.items);
  if (items) check(errors, items, `${path}.items`, items['x-kubernetes-embedded-resource'] === true);
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    // Types and metadata of resources have types of their own.
    if (isResource && META_FIELDS.has(name)) continue;
    check(errors, property, inProperties(path, name), property['x-kubernetes-embedded-resource'] === true);
  }
}

function checkDefault(errors: FieldError[], value: Json, schema: JSONSchemaProps, at: string): void {
  const structural = structuralOf(schema);
  const pruned = { value: deepCopy(value) };
  prune(pruned, structuralOf({ type: 'object', properties: { value: schema } }), []);
  if (isObject(value) && !deepEqual(pruned.value, value)) {
    errors.push(fieldError.invalid(at, value, 'must not have unknown fields'));
  }
  for (const error of validateValue(value, structural)) {
    // Texts name fields as seen from the default, paths as seen from the definition.
    const below = error.field === '' || error.field === '<nil>' ? at : `${at}.${error.field}`.replace('.[', '[');
    errors.push({ ...error, field: below });
  }
}
