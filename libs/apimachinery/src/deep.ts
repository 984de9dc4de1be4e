/**
 * Equality and copies of JSON values. Keys are data (`__proto__` may be an own key of what JSON.parse gave),
 * so nothing here assigns by `target[key] =` without looking.
 */

/** Same JSON value; the order of keys does not matter, a key that is `undefined` counts as absent. */
export function deepEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  if (Array.isArray(b)) return false;
  return sameFields(a as Fields, b as Fields);
}

type Fields = Record<string, unknown>;

function sameFields(a: Fields, b: Fields): boolean {
  const keysOfA = Object.keys(a);
  let absentInA = 0;
  for (const key of keysOfA) {
    const value = a[key];
    if (value === undefined) absentInA++;
    else if (!Object.hasOwn(b, key) || !deepEqual(value, b[key])) return false;
  }
  const keysOfB = Object.keys(b);
  if (keysOfB.length === keysOfA.length && absentInA === 0) return true;
  let absentInB = 0;
  for (const key of keysOfB) if (b[key] === undefined) absentInB++;
  return keysOfA.length - absentInA === keysOfB.length - absentInB;
}

/** A copy that shares nothing with `value`, which holds JSON only. */
export function deepCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const copy = new Array<unknown>(value.length);
    for (let i = 0; i < value.length; i++) copy[i] = deepCopy<unknown>(value[i]);
    return copy as T;
  }
  const source = value as Fields;
  const copy: Fields = {};
  for (const key of Object.keys(source)) setField(copy, key, deepCopy(source[key]));
  return copy as T;
}

/** `target[key] = value` for keys that users choose: `__proto__` becomes an own field instead of a prototype. */
export function setField(target: object, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (target as Fields)[key] = value;
  }
}

/** `undefined`: the key goes. For keys that code names; those that are data go by `setField`. */
export function setOrDrop<T extends object, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value === undefined) delete target[key];
  else target[key] = value;
}
