import { deepCopy, type Json, setField } from '#apimachinery';
import { isObject, type JsonObject, own, type Structural } from './structural.js';

/**
 * Fills in the schema's defaults, in place: where a field is absent, or null where null may not stand.
 * Models apiserver/schema/defaulting (1.36).
 */
export function applyDefaults(value: Json, schema: Structural): void {
  if (!schema.hasDefaults) return;
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!items) return;
    for (let i = 0; i < value.length; i++) {
      if (isForbiddenNull(value[i], items) && items.byDefault !== undefined) value[i] = deepCopy(items.byDefault);
      applyDefaults(value[i]!, items);
    }
  } else if (isObject(value)) {
    defaultFields(value, schema);
  }
}

function defaultFields(object: JsonObject, schema: Structural): void {
  for (const [name, property] of schema.properties) {
    if (!property.hasDefaults) continue;
    const there = own(object, name);
    if (property.byDefault !== undefined && (there === undefined || isForbiddenNull(there, property))) {
      setField(object, name, deepCopy(property.byDefault));
    }
    const now = own(object, name);
    if (now !== undefined) applyDefaults(now, property);
  }
  const { additional } = schema;
  if (typeof additional !== 'object' || !additional.hasDefaults) return;
  for (const name of Object.keys(object)) {
    if (schema.properties.has(name)) continue;
    if (isForbiddenNull(own(object, name), additional) && additional.byDefault !== undefined) {
      setField(object, name, deepCopy(additional.byDefault));
    }
    applyDefaults(own(object, name)!, additional);
  }
}

function isForbiddenNull(value: Json | undefined, schema: Structural): boolean {
  return value === null && !schema.nullable;
}

/** Drops nulls where null may not stand and nothing takes their place. In place. */
export function dropForbiddenNulls(value: Json, schema: Structural): void {
  if (Array.isArray(value)) {
    if (schema.items) for (const item of value) dropForbiddenNulls(item, schema.items);
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      const known = schema.properties.get(name) ?? schema.additional;
      if (typeof known !== 'object') continue;
      if (isForbiddenNull(own(value, name), known)) delete value[name];
      else dropForbiddenNulls(own(value, name)!, known);
    }
  }
}

/** Whether `applyDefaults` would change anything: for what is read, and must stay as it is. */
export function isDefaulted(value: Json, schema: Structural): boolean {
  if (!schema.hasDefaults) return true;
  if (Array.isArray(value)) {
    const { items } = schema;
    return !items || value.every((item) => !isForbiddenNull(item, items) && isDefaulted(item, items));
  }
  if (!isObject(value)) return true;
  for (const [name, property] of schema.properties) {
    const there = own(value, name);
    if (there === undefined ? property.byDefault !== undefined : !settled(there, property)) return false;
  }
  const { additional } = schema;
  if (typeof additional !== 'object') return true;
  return Object.keys(value).every((name) => schema.properties.has(name) || settled(own(value, name)!, additional));
}

function settled(value: Json, schema: Structural): boolean {
  if (isForbiddenNull(value, schema)) return schema.byDefault === undefined;
  return isDefaulted(value, schema);
}
