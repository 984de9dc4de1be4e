import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelList, CelMap, CelOptional, type Value } from '../value/value.js';
import { CelDuration } from '../value/time.js';
import { CelUint } from '../value/uint.js';

/** Models cel-go's OptionalTypes library; the macros optMap and optFlatMap are the parser's. */
export const OPTIONALS: readonly OverloadRow[] = [
  ['optional_of', 'optional.of(V) -> optional(V)', (value: Value) => new CelOptional(value)],
  [
    'optional_ofNonZeroValue',
    'optional.ofNonZeroValue(V) -> optional(V)',
    (value: Value) => (isZero(value) ? CelOptional.NONE : new CelOptional(value)),
  ],
  ['optional_none', 'optional.none() -> optional(V)', () => CelOptional.NONE],
  ['optional_value', '<optional(V)>.value() -> V', (optional: CelOptional) => optional.value ?? nullOr(optional)],
  ['optional_hasValue', '<optional(V)>.hasValue() -> bool', (optional: CelOptional) => optional.value !== undefined],
  [
    'optional_or_optional',
    '<optional(V)>.or(optional(V)) -> optional(V)',
    (a: CelOptional, b: CelOptional) => (a.value === undefined ? b : a),
  ],
  [
    'optional_orValue_value',
    '<optional(V)>.orValue(V) -> V',
    (a: CelOptional, b: Value) => (a.value === undefined ? b : a.value),
  ],
  ['optional_unwrap', 'optional.unwrap(list(optional(V))) -> list(V)', unwrapped],
  ['optional_unwrapOpt', '<list(optional(V))>.unwrapOpt() -> list(V)', unwrapped],
  ['list_first', '<list(V)>.first() -> optional(V)', (list: CelList) => endOf(list, 0)],
  ['list_last', '<list(V)>.last() -> optional(V)', (list: CelList) => endOf(list, list.size - 1)],
  // Index operations are the planner's; these say what they give.
  ['optional_list_optindex_optional_int', '_[?_](list(V), int) -> optional(V)', unplanned],
  ['optional_list_index_int', '_[?_](optional(list(V)), int) -> optional(V)', unplanned],
  ['optional_map_optindex_optional_value', '_[?_](map(K, V), K) -> optional(V)', unplanned],
  ['optional_map_index_value', '_[?_](optional(map(K, V)), K) -> optional(V)', unplanned],
  ['optional_list_index', '_[_](optional(list(V)), int) -> optional(V)', unplanned],
  ['optional_map_index', '_[_](optional(map(K, V)), K) -> optional(V)', unplanned],
];

function nullOr({ value }: CelOptional): Value {
  return value === undefined ? new CelFault('optional.none() dereference') : value;
}

function unplanned(): Value {
  return new CelFault('no such overload');
}

function endOf(list: CelList, index: number): CelOptional {
  return list.size === 0 ? CelOptional.NONE : new CelOptional(list.get(index));
}

function unwrapped(list: CelList): Value {
  const values: Value[] = [];
  for (const item of list) {
    if (!(item instanceof CelOptional)) return new CelFault(`value is not an optional type`);
    if (item.value !== undefined) values.push(item.value);
  }
  return CelList.of(values);
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0 || value === 0n) return true;
  if (value instanceof CelUint) return value.value === 0n;
  if (value instanceof CelDuration) return value.nanos === 0n;
  if (value instanceof CelList || value instanceof CelMap) return value.size === 0;
  if (value instanceof CelOptional) return value.value === undefined;
  return value instanceof Uint8Array && value.length === 0;
}
