import type { OverloadRow } from '../typing/signature.js';
import { isEqual } from '../value/equality.js';
import { typeNameOf } from '../value/kind.js';
import { CelFault, type CelList, type CelMap, type Value, keyOf, noSuchOverload } from '../value/value.js';
import { CelDuration } from '../value/time.js';
import { CelUint } from '../value/uint.js';
import { compareOrdered, intOrFault, uintOrFault } from './arithmetic.js';

const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];
const SUMMABLE: readonly (readonly [type: string, zero: Value])[] = [
  ['int', 0n],
  ['uint', new CelUint(0n)],
  ['double', 0],
  ['duration', new CelDuration(0n)],
];

/** Models apiserver's lists library, cel-go's sets, and what two-variable comprehensions build maps with. */
export const COLLECTIONS: readonly OverloadRow[] = [
  ...COMPARABLE.map((type): OverloadRow => [
    `list_${type}_is_sorted_bool`,
    `<list(${type})>.isSorted() -> bool`,
    isSorted,
  ]),
  ...SUMMABLE.map(([type, zero]): OverloadRow => [
    `list_${type}_sum_${type}`,
    `<list(${type})>.sum() -> ${type}`,
    (list: CelList) => sum(list, zero),
  ]),
  ...COMPARABLE.flatMap((type): OverloadRow[] => [
    [`list_${type}_max_${type}`, `<list(${type})>.max() -> ${type}`, (list: CelList) => extreme(list, 'max')],
    [`list_${type}_min_${type}`, `<list(${type})>.min() -> ${type}`, (list: CelList) => extreme(list, 'min')],
  ]),
  ['list_a_index_of_int', '<list(A)>.indexOf(A) -> int', (list: CelList, item: Value) => indexOf(list, item, false)],
  [
    'list_a_last_index_of_int',
    '<list(A)>.lastIndexOf(A) -> int',
    (list: CelList, item: Value) => indexOf(list, item, true),
  ],
  ['list_sets_contains_list', 'sets.contains(list(T), list(T)) -> bool', (a: CelList, b: CelList) => containsAll(a, b)],
  [
    'list_sets_equivalent_list',
    'sets.equivalent(list(T), list(T)) -> bool',
    (a: CelList, b: CelList) => containsAll(a, b) && containsAll(b, a),
  ],
  [
    'list_sets_intersects_list',
    'sets.intersects(list(T), list(T)) -> bool',
    (a: CelList, b: CelList) => [...a].some((item) => contains(b, item)),
  ],
  ['@mapInsert_map_key_value', 'cel.@mapInsert(map(K, V), K, V) -> map(K, V)', inserted],
  ['@mapInsert_map_map', 'cel.@mapInsert(map(K, V), map(K, V)) -> map(K, V)', insertedAll],
];

type Comparable = Parameters<typeof compareOrdered>[0];

/** NaN where two values have no order. */
function compare(left: Value, right: Value): number {
  const isComparable = left !== null && right !== null && typeNameOf(left) === typeNameOf(right);
  return isComparable ? compareOrdered(left as Comparable, right as Comparable) : Number.NaN;
}

function isSorted(list: CelList): Value {
  for (let index = 1; index < list.size; index++) {
    const order = compare(list.get(index - 1), list.get(index));
    if (Number.isNaN(order)) return noSuchOverload();
    if (order > 0) return false;
  }
  return true;
}

function sum(list: CelList, zero: Value): Value {
  let total = list.size === 0 || typeNameOf(list.get(0)) === typeNameOf(zero) ? zero : zeroLike(list.get(0));
  for (const item of list) {
    if (typeof total === 'bigint' && typeof item === 'bigint') total = intOrFault(total + item);
    else if (typeof total === 'number' && typeof item === 'number') total += item;
    else if (total instanceof CelUint && item instanceof CelUint) total = uintOrFault(total.value + item.value);
    else if (total instanceof CelDuration && item instanceof CelDuration)
      total = new CelDuration(total.nanos + item.nanos);
    else return item instanceof CelFault ? item : noSuchOverload();
    if (total instanceof CelFault) return total;
  }
  return total;
}

/** Where only the values tell what is summed. */
function zeroLike(value: Value): Value {
  return SUMMABLE.find(([, zero]) => typeNameOf(zero) === typeNameOf(value))?.[1] ?? null;
}

function extreme(list: CelList, kind: 'max' | 'min'): Value {
  if (list.size === 0) return new CelFault(`${kind} called on empty list`);
  let best = list.get(0);
  for (const item of list) {
    const order = compare(item, best);
    if (Number.isNaN(order)) return noSuchOverload();
    if (kind === 'max' ? order > 0 : order < 0) best = item;
  }
  return best;
}

function indexOf(list: CelList, item: Value, fromEnd: boolean): bigint {
  for (let step = 0; step < list.size; step++) {
    const index = fromEnd ? list.size - 1 - step : step;
    if (isEqual(list.get(index), item)) return BigInt(index);
  }
  return -1n;
}

function contains(list: CelList, item: Value): boolean {
  for (const member of list) if (isEqual(member, item)) return true;
  return false;
}

function containsAll(list: CelList, items: CelList): boolean {
  for (const item of items) if (!contains(list, item)) return false;
  return true;
}

function inserted(map: CelMap, key: Value, value: Value): Value {
  if (keyOf(key) === undefined) return new CelFault(`unsupported key type: ${typeNameOf(key)}`);
  return map.inserted(key, value) ?? new CelFault(`insert failed: key ${shownKey(key)} already exists`);
}

function insertedAll(map: CelMap, more: CelMap): Value {
  let result: Value = map;
  for (const key of more.keys()) {
    result = inserted(result as CelMap, key, more.get(key)!);
    if (result instanceof CelFault) return result;
  }
  return result;
}

function shownKey(key: Value): string {
  return key instanceof CelUint ? String(key.value) : String(key as string | bigint | boolean | number);
}
