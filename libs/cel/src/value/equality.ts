import type { ListShape } from '../typing/cel-type.js';
import { CelList, CelMap, CelOpaque, CelOptional, CelTypeValue, type Value, keyOf } from './value.js';
import { CelDuration, CelTimestamp } from './time.js';
import { CelUint } from './uint.js';
import { spend } from './work.js';

/** Numbers are equal by value, whatever their kind; values of different kinds never are. Models cel-go types.Equal. */
export function isEqual(left: Value, right: Value): boolean {
  spend(1);
  if (left === right) return true;
  if (left === null || right === null) return false;
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0;
  if (left instanceof Uint8Array) return right instanceof Uint8Array && Buffer.compare(left, right) === 0;
  if (left instanceof CelTimestamp) return right instanceof CelTimestamp && left.nanos === right.nanos;
  if (left instanceof CelDuration) return right instanceof CelDuration && left.nanos === right.nanos;
  if (left instanceof CelTypeValue) return right instanceof CelTypeValue && left.name === right.name;
  if (left instanceof CelList) return right instanceof CelList && areListsEqual(left, right);
  if (left instanceof CelMap) return right instanceof CelMap && areMapsEqual(left, right);
  if (left instanceof CelOpaque) return left.equals(right);
  if (left instanceof CelOptional && right instanceof CelOptional) {
    if (left.value === undefined || right.value === undefined) return left.value === right.value;
    return isEqual(left.value, right.value);
  }
  return false;
}

export function isNumber(value: Value): value is bigint | number | CelUint {
  return typeof value === 'bigint' || typeof value === 'number' || value instanceof CelUint;
}

/** Exact between ints and doubles too; NaN for what has no order. */
export function compareNumbers(left: bigint | number | CelUint, right: bigint | number | CelUint): number {
  const a = left instanceof CelUint ? left.value : left;
  const b = right instanceof CelUint ? right.value : right;
  // JavaScript compares bigints with numbers by their exact values.
  return a < b ? -1 : a > b ? 1 : a <= b ? 0 : Number.NaN;
}

/** What identifies an item of a list-map; undefined where the item has no such keys. */
export function listKeyOf(item: Value, keys: readonly string[]): string | undefined {
  if (!(item instanceof CelMap)) return undefined;
  return JSON.stringify(keys.map((key) => keyOf(item.get(key) ?? null) ?? null));
}

function areListsEqual(left: CelList, right: CelList): boolean {
  if (left.size !== right.size) return false;
  const shape = left.shape ?? right.shape;
  if (shape?.kind === 'set' || shape?.kind === 'map') return areUnorderedEqual(left, right, shape);
  for (let index = 0; index < left.size; index++) if (!isEqual(left.get(index), right.get(index))) return false;
  return true;
}

/** Sets and list-maps are equal whatever their order. Models apiserver's unstructured sets and map lists. */
function areUnorderedEqual(left: CelList, right: CelList, shape: ListShape): boolean {
  const identityOf = (item: Value): string | undefined =>
    shape.kind === 'set' ? keyOf(item) : listKeyOf(item, shape.keys);
  const byIdentity = new Map<string, Value>();
  for (const item of right) byIdentity.set(identityOf(item) ?? '', item);
  for (const item of left) {
    const other = byIdentity.get(identityOf(item) ?? '');
    if (other === undefined || !isEqual(item, other)) return false;
  }
  return true;
}

function areMapsEqual(left: CelMap, right: CelMap): boolean {
  if (left.size !== right.size) return false;
  for (const key of left.keys()) {
    const other = right.get(key);
    if (other === undefined || !isEqual(left.get(key)!, other)) return false;
  }
  return true;
}

/** The elements of the right that the left lacks join it; keyed items that it has are replaced in their place. */
export function joinLists(left: CelList, right: CelList): CelList {
  const { shape } = left;
  if (shape?.kind === 'set') {
    const seen = new Set([...left].map((item) => keyOf(item)));
    return CelList.of([...left, ...[...right].filter((item) => !seen.has(keyOf(item)))], shape);
  }
  if (shape?.kind !== 'map') return left.concat(right);
  const items = [...left];
  const places = new Map(items.map((item, index) => [listKeyOf(item, shape.keys), index]));
  for (const item of right) {
    const place = places.get(listKeyOf(item, shape.keys));
    if (place === undefined) items.push(item);
    else items[place] = item;
  }
  return CelList.of(items, shape);
}
