import { parseGoBool } from '#apimachinery';
import type { OverloadRow } from '../typing/signature.js';
import { codePointCount, typeNameOf } from '../value/kind.js';
import { CelFault, type CelList, type CelMap, CelTypeValue, type Value } from '../value/value.js';
import { CelDuration, CelTimestamp } from '../value/time.js';
import { CelUint } from '../value/uint.js';
import { intOrFault, uintOrFault } from './arithmetic.js';

const unconverted = (from: string, to: string): CelFault =>
  new CelFault(`type conversion error from '${from}' to '${to}'`);
const same = (value: Value): Value => value;

export const CONVERSIONS: readonly OverloadRow[] = [
  ['size_bytes', 'size(bytes) -> int', (a: Uint8Array) => BigInt(a.length)],
  ['bytes_size', '<bytes>.size() -> int', (a: Uint8Array) => BigInt(a.length)],
  ['size_list', 'size(list(A)) -> int', (a: CelList) => BigInt(a.size)],
  ['list_size', '<list(A)>.size() -> int', (a: CelList) => BigInt(a.size)],
  ['size_map', 'size(map(A, B)) -> int', (a: CelMap) => BigInt(a.size)],
  ['map_size', '<map(A, B)>.size() -> int', (a: CelMap) => BigInt(a.size)],
  ['size_string', 'size(string) -> int', (a: string) => BigInt(codePointCount(a))],
  ['string_size', '<string>.size() -> int', (a: string) => BigInt(codePointCount(a))],
  ['type', 'type(A) -> type(A)', (a: Value) => new CelTypeValue(typeNameOf(a))],
  ['bool_to_bool', 'bool(bool) -> bool', same],
  ['string_to_bool', 'bool(string) -> bool', boolOf],
  ['bytes_to_bytes', 'bytes(bytes) -> bytes', same],
  ['string_to_bytes', 'bytes(string) -> bytes', (a: string) => new TextEncoder().encode(a)],
  ['double_to_double', 'double(double) -> double', same],
  ['int64_to_double', 'double(int) -> double', (a: bigint) => Number(a)],
  ['string_to_double', 'double(string) -> double', doubleOf],
  ['uint64_to_double', 'double(uint) -> double', (a: CelUint) => Number(a.value)],
  ['duration_to_duration', 'duration(duration) -> duration', same],
  ['int64_to_duration', 'duration(int) -> duration', (a: bigint) => new CelDuration(a)],
  [
    'string_to_duration',
    'duration(string) -> duration',
    (a: string) => CelDuration.parse(a) ?? unconverted('string', 'google.protobuf.Duration'),
  ],
  ['to_dyn', 'dyn(A) -> dyn', same],
  ['int64_to_int64', 'int(int) -> int', same],
  ['double_to_int64', 'int(double) -> int', intOfDouble],
  ['duration_to_int64', 'int(duration) -> int', (a: CelDuration) => a.nanos],
  ['string_to_int64', 'int(string) -> int', intOfString],
  ['timestamp_to_int64', 'int(timestamp) -> int', (a: CelTimestamp) => a.seconds],
  ['uint64_to_int64', 'int(uint) -> int', (a: CelUint) => intOrFault(a.value)],
  ['string_to_string', 'string(string) -> string', same],
  ['bool_to_string', 'string(bool) -> string', (a: boolean) => String(a)],
  ['bytes_to_string', 'string(bytes) -> string', stringOfBytes],
  ['double_to_string', 'string(double) -> string', (a: number) => doubleText(a)],
  ['duration_to_string', 'string(duration) -> string', (a: CelDuration) => a.toString()],
  ['int64_to_string', 'string(int) -> string', (a: bigint) => String(a)],
  ['timestamp_to_string', 'string(timestamp) -> string', (a: CelTimestamp) => a.toString()],
  ['uint64_to_string', 'string(uint) -> string', (a: CelUint) => String(a.value)],
  ['timestamp_to_timestamp', 'timestamp(timestamp) -> timestamp', same],
  [
    'int64_to_timestamp',
    'timestamp(int) -> timestamp',
    (a: bigint) => CelTimestamp.of(a * 1_000_000_000n) ?? new CelFault('timestamp overflow'),
  ],
  [
    'string_to_timestamp',
    'timestamp(string) -> timestamp',
    (a: string) => CelTimestamp.parse(a) ?? unconverted('string', 'google.protobuf.Timestamp'),
  ],
  ['uint64_to_uint64', 'uint(uint) -> uint', same],
  ['double_to_uint64', 'uint(double) -> uint', uintOfDouble],
  ['int64_to_uint64', 'uint(int) -> uint', (a: bigint) => uintOrFault(a)],
  ['string_to_uint64', 'uint(string) -> uint', uintOfString],
];

function boolOf(text: string): Value {
  return parseGoBool(text) ?? unconverted('string', 'bool');
}

function doubleOf(text: string): Value {
  const special = /^([+-]?)(inf|infinity|nan)$/i.exec(text);
  if (special) {
    const value = special[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
    return special[1] === '-' ? -value : value;
  }
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  const value = Number(text);
  return isNumber && Number.isFinite(value) ? value : unconverted('string', 'double');
}

function intOfString(text: string): Value {
  if (!/^[+-]?\d{1,32}$/.test(text)) return unconverted('string', 'int');
  const value = intOrFault(BigInt(text.replace('+', '')));
  return value instanceof CelFault ? unconverted('string', 'int') : value;
}

function uintOfString(text: string): Value {
  if (!/^\d{1,32}$/.test(text)) return unconverted('string', 'uint');
  const value = uintOrFault(BigInt(text));
  return value instanceof CelFault ? unconverted('string', 'uint') : value;
}

function intOfDouble(value: number): Value {
  const isInside = value > -(2 ** 63) && value < 2 ** 63;
  return isInside ? BigInt(Math.trunc(value)) : new CelFault('integer overflow');
}

function uintOfDouble(value: number): Value {
  return value >= 0 && value < 2 ** 64
    ? new CelUint(BigInt(Math.trunc(value)))
    : new CelFault('unsigned integer overflow');
}

function stringOfBytes(bytes: Uint8Array): Value {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return new CelFault('invalid UTF-8 in bytes, cannot convert to string');
  }
}

/** As Go prints the shortest text of a double: exponents from 1e21 and below 1e-4, of two digits at least. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (Object.is(value, -0)) return '-0';
  const magnitude = Math.abs(value);
  const text = magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
