import { type FieldError, fieldError, type Json } from '#apimachinery';
import { isObject, type JsonObject, own, type Structural } from './structural.js';
import { below } from './value-validation.js';

/** Sets hold each value once, maps each key once. Models apiserver/schema/listtype (1.36). */
export function validateLists(value: Json, schema: Structural): FieldError[] {
  const errors: FieldError[] = [];
  check(errors, value, schema, '');
  return errors;
}

function check(errors: FieldError[], value: Json, schema: Structural, path: string): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    const listType = schema.schema['x-kubernetes-list-type'];
    if (listType === 'set') checkUnique(errors, value, path, (item) => item);
    if (listType === 'map') {
      const keys = schema.schema['x-kubernetes-list-map-keys'] ?? [];
      checkUnique(errors, value, path, (item) => (isObject(item) ? keysOf(item, keys) : item));
    }
    if (items) for (let i = 0; i < value.length; i++) check(errors, value[i]!, items, `${path}[${i}]`);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      const known = schema.properties.get(name) ?? schema.additional;
      if (typeof known === 'object') check(errors, own(value, name)!, known, below(path, name));
    }
  }
}

function checkUnique(errors: FieldError[], list: readonly Json[], path: string, identity: (item: Json) => Json): void {
  const seen = new Set<string>();
  const told = new Set<string>();
  for (let i = 0; i < list.length; i++) {
    const id = identity(list[i]!);
    const text = stableText(id);
    if (seen.has(text) && !told.has(text)) {
      told.add(text);
      errors.push(fieldError.duplicate(`${path}[${i}]`, id));
    }
    seen.add(text);
  }
}

function keysOf(item: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(item, key)).map((key) => [key, item[key]!]));
}

/** The same text for the same value, whatever the order of keys. */
function stableText(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(stableText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const names = Object.keys(value).toSorted();
  return `{${names.map((name) => `${JSON.stringify(name)}:${stableText(own(value, name)!)}`).join(',')}}`;
}
