import type { CelType } from '../typing/cel-type.js';
import { CelFault, CelList, CelMap, CelOpaque, CelOptional, CelTypeValue, type Value } from './value.js';
import { CelDuration, CelTimestamp } from './time.js';
import { CelUint } from './uint.js';

/** The name of a value's type, as type() and messages have it. */
export function typeNameOf(value: Value): string {
  if (value === null) return 'null_type';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value === 'string') return 'string';
  if (value instanceof CelUint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof CelTimestamp) return 'google.protobuf.Timestamp';
  if (value instanceof CelDuration) return 'google.protobuf.Duration';
  if (value instanceof CelList) return 'list';
  if (value instanceof CelMap) return value.typeName ?? 'map';
  if (value instanceof CelTypeValue) return 'type';
  if (value instanceof CelOptional) return 'optional_type';
  return value instanceof CelFault ? 'error' : value.celType.name;
}

/** Whether a value may be what a parameter of this type takes; parameters of types are not looked into. */
export function accepts(type: CelType, value: Value): boolean {
  if (type.kind === 'dyn' || type.kind === 'param') return true;
  if (value instanceof CelMap) return type.kind === 'map' || (type.kind === 'object' && type.name === value.typeName);
  if (value instanceof CelOpaque) return type.name === value.celType.name;
  return type.name === typeNameOf(value);
}

/** What size() says, in characters, bytes, items or entries; 1 for what has no size. */
export function costSizeOf(value: Value): number {
  if (typeof value === 'string') return codePointCount(value);
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof CelList || value instanceof CelMap) return value.size;
  return value instanceof CelOpaque ? value.costSize : 1;
}

export function codePointCount(text: string): number {
  let count = text.length;
  // A low surrogate belongs to the character before.
  for (let index = 0; index < text.length; index++) if ((text.charCodeAt(index) & 0xfc00) === 0xdc00) count--;
  return count;
}
