import type { OverloadRow } from '../typing/signature.js';
import { compareNumbers, isEqual, joinLists } from '../value/equality.js';
import { CelFault, type CelList, type CelMap, type Value } from '../value/value.js';
import { CelDuration, CelTimestamp } from '../value/time.js';
import { CelUint } from '../value/uint.js';
import { checkSize, spend } from '../value/work.js';

const INT_MIN = -(2n ** 63n);
const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;

export function intOrFault(value: bigint): bigint | CelFault {
  return value < INT_MIN || value > INT_MAX ? new CelFault('integer overflow') : value;
}

export function uintOrFault(value: bigint): CelUint | CelFault {
  return value < 0n || value > UINT_MAX ? new CelFault('unsigned integer overflow') : new CelUint(value);
}

function durationOrFault(nanos: bigint): CelDuration | CelFault {
  return nanos < INT_MIN || nanos > INT_MAX ? new CelFault('duration overflow') : new CelDuration(nanos);
}

function timestampOrFault(nanos: bigint): CelTimestamp | CelFault {
  return CelTimestamp.of(nanos) ?? new CelFault('timestamp overflow');
}

const byZero = (text: 'division' | 'modulus'): CelFault => new CelFault(`${text} by zero`);

/** Rows in cel-go's order: where several fit, it tells which is meant. */
const SUMS: readonly OverloadRow[] = [
  ['add_bytes', '_+_(bytes, bytes) -> bytes', joinedBytes],
  ['add_double', '_+_(double, double) -> double', (a: number, b: number) => a + b],
  [
    'add_duration_duration',
    '_+_(duration, duration) -> duration',
    (a: CelDuration, b: CelDuration) => durationOrFault(a.nanos + b.nanos),
  ],
  [
    'add_duration_timestamp',
    '_+_(duration, timestamp) -> timestamp',
    (a: CelDuration, b: CelTimestamp) => timestampOrFault(a.nanos + b.nanos),
  ],
  [
    'add_timestamp_duration',
    '_+_(timestamp, duration) -> timestamp',
    (a: CelTimestamp, b: CelDuration) => timestampOrFault(a.nanos + b.nanos),
  ],
  ['add_int64', '_+_(int, int) -> int', (a: bigint, b: bigint) => intOrFault(a + b)],
  ['add_list', '_+_(list(A), list(A)) -> list(A)', (a: CelList, b: CelList) => joinLists(a, b)],
  ['add_string', '_+_(string, string) -> string', joinedStrings],
  ['add_uint64', '_+_(uint, uint) -> uint', (a: CelUint, b: CelUint) => uintOrFault(a.value + b.value)],
  ['subtract_double', '_-_(double, double) -> double', (a: number, b: number) => a - b],
  [
    'subtract_duration_duration',
    '_-_(duration, duration) -> duration',
    (a: CelDuration, b: CelDuration) => durationOrFault(a.nanos - b.nanos),
  ],
  ['subtract_int64', '_-_(int, int) -> int', (a: bigint, b: bigint) => intOrFault(a - b)],
  [
    'subtract_timestamp_duration',
    '_-_(timestamp, duration) -> timestamp',
    (a: CelTimestamp, b: CelDuration) => timestampOrFault(a.nanos - b.nanos),
  ],
  [
    'subtract_timestamp_timestamp',
    '_-_(timestamp, timestamp) -> duration',
    (a: CelTimestamp, b: CelTimestamp) => durationOrFault(a.nanos - b.nanos),
  ],
  ['subtract_uint64', '_-_(uint, uint) -> uint', (a: CelUint, b: CelUint) => uintOrFault(a.value - b.value)],
  ['negate_double', '-_(double) -> double', (a: number) => -a],
  ['negate_int64', '-_(int) -> int', (a: bigint) => intOrFault(-a)],
];

const PRODUCTS: readonly OverloadRow[] = [
  ['multiply_double', '_*_(double, double) -> double', (a: number, b: number) => a * b],
  ['multiply_int64', '_*_(int, int) -> int', (a: bigint, b: bigint) => intOrFault(a * b)],
  ['multiply_uint64', '_*_(uint, uint) -> uint', (a: CelUint, b: CelUint) => uintOrFault(a.value * b.value)],
  ['divide_double', '_/_(double, double) -> double', (a: number, b: number) => a / b],
  [
    'divide_int64',
    '_/_(int, int) -> int',
    (a: bigint, b: bigint) => (b === 0n ? byZero('division') : intOrFault(a / b)),
  ],
  [
    'divide_uint64',
    '_/_(uint, uint) -> uint',
    (a: CelUint, b: CelUint) => (b.value === 0n ? byZero('division') : new CelUint(a.value / b.value)),
  ],
  [
    'modulo_int64',
    '_%_(int, int) -> int',
    (a: bigint, b: bigint) => (b === 0n ? byZero('modulus') : intOrFault(a % b)),
  ],
  [
    'modulo_uint64',
    '_%_(uint, uint) -> uint',
    (a: CelUint, b: CelUint) => (b.value === 0n ? byZero('modulus') : new CelUint(a.value % b.value)),
  ],
];

type Ordered = boolean | bigint | number | CelUint | string | Uint8Array | CelTimestamp | CelDuration;

/** Suffix of the overload's id, and the types it orders. */
const ORDERED: readonly (readonly [suffix: string, params: string])[] = [
  ['bool', 'bool, bool'],
  ['int64', 'int, int'],
  ['int64_double', 'int, double'],
  ['int64_uint64', 'int, uint'],
  ['uint64', 'uint, uint'],
  ['uint64_double', 'uint, double'],
  ['uint64_int64', 'uint, int'],
  ['double', 'double, double'],
  ['double_int64', 'double, int'],
  ['double_uint64', 'double, uint'],
  ['string', 'string, string'],
  ['bytes', 'bytes, bytes'],
  ['timestamp', 'timestamp, timestamp'],
  ['duration', 'duration, duration'],
];

function relation(name: string, operator: string, holds: (order: number) => boolean): OverloadRow[] {
  return ORDERED.map(([suffix, params]) => [
    `${name}_${suffix}`,
    `${operator}(${params}) -> bool`,
    (left: Ordered, right: Ordered) => {
      const order = compareOrdered(left, right);
      return Number.isNaN(order) ? new CelFault('NaN values cannot be ordered') : holds(order);
    },
  ]);
}

const RELATIONS: readonly OverloadRow[] = [
  ...relation('less', '_<_', (order) => order < 0),
  ...relation('less_equals', '_<=_', (order) => order <= 0),
  ...relation('greater', '_>_', (order) => order > 0),
  ...relation('greater_equals', '_>=_', (order) => order >= 0),
  ['equals', '_==_(A, A) -> bool', (a: Value, b: Value) => isEqual(a, b)],
  ['not_equals', '_!=_(A, A) -> bool', (a: Value, b: Value) => !isEqual(a, b)],
  ['logical_not', '!_(bool) -> bool', (a: boolean) => !a],
  ['logical_and', '_&&_(bool, bool) -> bool', (a: boolean, b: boolean) => a && b],
  ['logical_or', '_||_(bool, bool) -> bool', (a: boolean, b: boolean) => a || b],
  ['conditional', '_?_:_(bool, A, A) -> A', (a: boolean, b: Value, c: Value) => (a ? b : c)],
  ['not_strictly_false', '@not_strictly_false(bool) -> bool', (a: boolean) => a],
  ['in_list', '@in(A, list(A)) -> bool', isInList],
  ['in_map', '@in(A, map(A, B)) -> bool', (a: Value, b: CelMap) => b.get(a) !== undefined],
  ['index_list', '_[_](list(A), int) -> A', (a: CelList, b: bigint) => a.at(b)],
  ['index_map', '_[_](map(A, B), A) -> B', (a: CelMap, b: Value) => a.get(b) ?? new CelFault('no such key')],
];

export const ARITHMETIC: readonly OverloadRow[] = [...SUMS, ...PRODUCTS, ...RELATIONS];

/** Strings by their UTF-8, as Go orders them; NaN where there is no order. */
export function compareOrdered(left: Ordered, right: Ordered): number {
  if (typeof left === 'string') return compareText(left, right as string);
  if (typeof left === 'boolean') return Number(left) - Number(right);
  if (left instanceof Uint8Array) return Buffer.compare(left, right as Uint8Array);
  if (left instanceof CelTimestamp || left instanceof CelDuration) {
    const other = (right as CelTimestamp | CelDuration).nanos;
    return left.nanos < other ? -1 : left.nanos > other ? 1 : 0;
  }
  return compareNumbers(left, right as bigint | number | CelUint);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return /[\ud800-\udfff]/.test(left + right)
    ? Buffer.compare(Buffer.from(left), Buffer.from(right))
    : left < right
      ? -1
      : 1;
}

function joinedStrings(left: string, right: string): string {
  checkSize(left.length + right.length);
  return left + right;
}

function joinedBytes(left: Uint8Array, right: Uint8Array): Uint8Array {
  checkSize(left.length + right.length);
  return new Uint8Array(Buffer.concat([left, right]));
}

function isInList(item: Value, list: CelList): boolean {
  for (const member of list) {
    spend(1);
    if (isEqual(member, item)) return true;
  }
  return false;
}
