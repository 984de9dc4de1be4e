import { typeNameOf } from '../value/kind.js';
import { CelFault, CelList, CelMap, CelOptional, type Value, noSuchOverload } from '../value/value.js';
import { CelUint } from '../value/uint.js';

/** value.field; of an optional, the field in an optional. Models cel-go's attribute qualifiers. */
export function qualified(value: Value, field: string): Value {
  if (value instanceof CelOptional) return viaOptional(value.value, field);
  if (value instanceof CelMap) return value.get(field) ?? new CelFault(`no such key: ${field}`);
  return noSuchOverload();
}

/** has(value.field) */
export function tested(value: Value, field: string): Value {
  if (value instanceof CelOptional) {
    return value.value === undefined ? false : tested(value.value, field);
  }
  if (value instanceof CelMap) return value.get(field) !== undefined;
  return noSuchOverload();
}

/** value[key], or value[?key] and value.?key, which are optional. */
export function indexed(value: Value, key: Value, isOptional: boolean): Value {
  if (value instanceof CelOptional) return viaOptional(value.value, key);
  if (isOptional) return viaOptional(value, key);
  if (value instanceof CelMap) return value.get(key) ?? new CelFault(`no such key: ${shownKey(key)}`);
  if (value instanceof CelList) return value.at(key instanceof CelUint ? key.value : key);
  return noSuchOverload();
}

function viaOptional(value: Value | undefined, key: Value): Value {
  if (value === undefined) return CelOptional.NONE;
  if (value instanceof CelMap) {
    const found = value.get(key);
    return found === undefined ? CelOptional.NONE : found instanceof CelFault ? found : new CelOptional(found);
  }
  if (value instanceof CelList) {
    if (typeof key !== 'bigint') return new CelFault(`unsupported index type '${typeNameOf(key)}' in list`);
    return key < 0n || key >= BigInt(value.size) ? CelOptional.NONE : new CelOptional(value.get(Number(key)));
  }
  return value === null ? CelOptional.NONE : noSuchOverload();
}

function shownKey(key: Value): string {
  if (key instanceof CelUint) return String(key.value);
  return typeof key === 'object' ? typeNameOf(key) : String(key);
}
