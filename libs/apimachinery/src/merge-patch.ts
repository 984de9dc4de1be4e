import { setField } from './deep.js';
import type { Json } from './meta.js';
import { StatusError } from './status-error.js';
import { withinStack } from './within-stack.js';

type JsonObject = { [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * RFC 7386. Neither argument is changed; the result shares parts with both, so copy before mutating it.
 * Throws 400 when the patch is no object.
 */
export function applyMergePatch(doc: Json, patch: Json): Json {
  if (!isJsonObject(patch)) throw StatusError.badRequest('Invalid JSON Patch');
  return withinStack(() => merged(doc, patch));
}

function merged(doc: Json | undefined, patch: JsonObject): JsonObject {
  const result: JsonObject = isJsonObject(doc) ? { ...doc } : {};
  for (const key of Object.keys(patch)) {
    const value = patch[key]!;
    if (value === null) delete result[key];
    else if (isJsonObject(value))
      setField(result, key, merged(Object.hasOwn(result, key) ? result[key] : undefined, value));
    else setField(result, key, value);
  }
  return result;
}
