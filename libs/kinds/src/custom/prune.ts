import type { Json } from '#apimachinery';
import { isObject, type JsonObject, META_FIELDS, own, type Structural } from './structural.js';

/**
 * Takes away what the schema does not name, in place, and tells each path: 'spec.foo', 'spec.list[0].bar'.
 * Models apiserver/schema/pruning (1.36).
 */
export function prune(root: JsonObject, schema: Structural, unknown: string[]): void {
  pruneObject(root, schema, '', unknown, true);
}

function pruneValue(value: Json, schema: Structural | undefined, path: string, unknown: string[]): void {
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) pruneValue(value[i]!, schema?.items, `${path}[${i}]`, unknown);
  } else if (isObject(value)) {
    pruneObject(value, schema, path, unknown, schema?.embedded === true);
  }
}

function pruneObject(
  object: JsonObject,
  schema: Structural | undefined,
  path: string,
  unknown: string[],
  isResource: boolean,
): void {
  for (const name of Object.keys(object)) {
    if (isResource && META_FIELDS.has(name)) continue;
    const at = path === '' ? name : `${path}.${name}`;
    const known = schema?.properties.get(name) ?? schema?.additional;
    if (known !== undefined) {
      pruneBelow(own(object, name)!, known, schema!.preserves, at, unknown);
    } else if (!schema?.preserves) {
      delete object[name];
      unknown.push(at);
    }
  }
}

/** Below a field that keeps what it does not know, lists of unknown items are kept too. */
function pruneBelow(value: Json, known: Structural | true, preserves: boolean, at: string, unknown: string[]): void {
  if (known !== true) return pruneValue(value, known, at, unknown);
  if (!preserves) pruneValue(value, undefined, at, unknown);
}

/** Whether `prune` would take anything away: for what is read, and must stay as it is. */
export function isPruned(value: Json, schema: Structural | undefined, isResource: boolean): boolean {
  if (Array.isArray(value))
    return value.every((item) => isPruned(item, schema?.items, schema?.items?.embedded === true));
  if (!isObject(value)) return true;
  for (const name of Object.keys(value)) {
    if (isResource && META_FIELDS.has(name)) continue;
    const known = schema?.properties.get(name) ?? schema?.additional;
    if (known === undefined) {
      if (!schema?.preserves) return false;
    } else if (known === true) {
      if (!schema?.preserves && !isPruned(own(value, name)!, undefined, false)) return false;
    } else if (!isPruned(own(value, name)!, known, known.embedded)) {
      return false;
    }
  }
  return true;
}
