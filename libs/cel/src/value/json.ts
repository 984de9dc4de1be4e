import { CelError } from '../cel-error.js';
import { CelFault, CelList, CelMap, CelOptional, CelTypeValue, type Value } from './value.js';
import { CelDuration, CelTimestamp } from './time.js';
import { CelUint } from './uint.js';
import { spend } from './work.js';
import { typeNameOf } from './kind.js';

/** Deeper than any request's body may be. */
const DEPTH_MAX = 10_000;

/**
 * Plain JSON of a value: ints beyond 2^53 stay bigints, bytes become base64, times their texts, an empty optional null.
 * Throws CelError for what JSON cannot hold.
 */
export function jsonOf(value: Value, depth = 0): unknown {
  spend(1);
  if (depth > DEPTH_MAX) throw new CelError('value is nested too deep');
  if (value === null || typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') {
    return value;
  }
  if (typeof value === 'bigint') return narrow(value);
  if (value instanceof CelUint) return narrow(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof CelTimestamp || value instanceof CelDuration) return value.toString();
  if (value instanceof CelList) return [...value].map((item) => jsonOf(item, depth + 1));
  if (value instanceof CelMap) return recordOf(value, depth);
  if (value instanceof CelOptional) return value.value === undefined ? null : jsonOf(value.value, depth + 1);
  if (value instanceof CelFault) throw new CelError(value.message);
  if (value instanceof CelTypeValue) return value.name;
  throw new CelError(`unsupported conversion of ${typeNameOf(value)} to JSON`);
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function recordOf(map: CelMap, depth: number): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  for (const key of map.keys()) {
    if (typeof key !== 'string')
      throw new CelError(`map key "${shownKey(key)}" is of type ${typeNameOf(key)}, not string`);
    entries.push([key, jsonOf(map.get(key)!, depth + 1)]);
  }
  // fromEntries defines own properties, so '__proto__' is a key like any other.
  return Object.fromEntries(entries);
}

function shownKey(key: Value): string {
  return key instanceof CelUint ? String(key.value) : String(key as bigint | boolean | number);
}
