import { setField } from './deep.js';
import { isJsonObject } from './merge-patch.js';
import type { Json } from './meta.js';
import { StatusError } from './status-error.js';

export function badPatch(why: string): StatusError {
  return StatusError.badRequest(why);
}

export function badPatchType(directive: Json, patch: Json): StatusError {
  return badPatch(`unknown patch type: ${goText(directive)} in map: ${goText(patch)}`);
}

/** What a patch puts where nothing was: without nulls, and without the parts that only direct merging; undefined: nothing. */
export function withoutDirectives(value: Json): Json | undefined {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const kept = withoutDirectives(item);
      return kept === undefined ? [] : [kept];
    });
  }
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, '$patch')) return undefined;
  const plain: { [key: string]: Json } = {};
  for (const [key, field] of Object.entries(value)) {
    if (field === null || isDirective(key)) continue;
    const kept = withoutDirectives(field);
    if (kept !== undefined) setField(plain, key, kept);
  }
  return plain;
}

function isDirective(key: string): boolean {
  return key === '$retainKeys' || key.startsWith('$setElementOrder/') || key.startsWith('$deleteFromPrimitiveList/');
}

/** As Go's %v prints a JSON value: map[a:1 b:[x y]]. Cut, because it goes into messages. */
export function goText(value: Json): string {
  const text = shown(value);
  return text.length > 400 ? `${text.slice(0, 400)}...` : text;
}

function shown(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(shown).join(' ')}]`;
  if (!isJsonObject(value)) return String(value);
  const fields = Object.keys(value).toSorted();
  return `map[${fields.map((key) => `${key}:${shown(value[key]!)}`).join(' ')}]`;
}
