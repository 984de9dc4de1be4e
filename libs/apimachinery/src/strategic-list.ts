import { isJsonObject } from './merge-patch.js';
import type { Json } from './meta.js';
import { badPatch, badPatchType, goText, withoutDirectives } from './strategic-directives.js';

type JsonObject = { [key: string]: Json };
type MergeMaps = (current: JsonObject, patch: JsonObject) => JsonObject;

/**
 * Two lists merged into one: of scalars as sets, of maps by merge key. Order: items that the patch names stand as the
 * patch has them, the others keep their places relative to those around them.
 */
export function mergeLists(
  current: readonly Json[],
  patch: readonly Json[],
  mergeKey: string | undefined,
  mergeMaps: MergeMaps,
): Json[] {
  if (current.length === 0 && patch.length === 0) return [];
  if (!holdsMaps([...current, ...patch])) {
    return orderList([...new Set([...current, ...patch])], current, patch, [], undefined);
  }
  if (mergeKey === undefined || mergeKey === '') throw badPatch('cannot merge lists without merge key');
  const { kept, changes, replaced } = applySpecialElements(current as JsonObject[], patch as JsonObject[], mergeKey);
  if (replaced) return changes.map((item) => withoutDirectives(item)!);
  return orderList(mergeByKey(kept, changes, mergeKey, mergeMaps), kept, changes, [], mergeKey);
}

function holdsMaps(items: readonly Json[]): boolean {
  const maps = items.filter(isJsonObject).length;
  if (items.some(Array.isArray)) throw badPatch('lists of lists are not supported');
  if (maps !== 0 && maps !== items.length) throw badPatch('list element types are not identical');
  return maps > 0;
}

function keyOf(item: Json, mergeKey: string): Json {
  if (isJsonObject(item) && Object.hasOwn(item, mergeKey)) return item[mergeKey]!;
  throw badPatch(`map: ${goText(item)} does not contain declared merge key: ${mergeKey}`);
}

/** Elements with `$patch`: delete takes matching ones away, replace makes the patch's other elements the whole list. */
function applySpecialElements(current: readonly JsonObject[], patch: readonly JsonObject[], mergeKey: string) {
  const changes: JsonObject[] = [];
  const deleted = new Set<Json>();
  let replaced = false;
  for (const item of patch) {
    const directive = Object.hasOwn(item, '$patch') ? item['$patch']! : undefined;
    if (directive === undefined) changes.push(item);
    else if (directive === 'delete') deleted.add(keyOf(item, mergeKey));
    else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') throw badPatch('merging lists cannot yet be specified in the patch');
    else throw badPatchType(directive, item);
  }
  const kept =
    deleted.size === 0
      ? current
      : current.filter((item) => !Object.hasOwn(item, mergeKey) || !deleted.has(item[mergeKey]!));
  return { kept, changes, replaced };
}

function mergeByKey(
  current: readonly JsonObject[],
  changes: readonly JsonObject[],
  mergeKey: string,
  mergeMaps: MergeMaps,
): JsonObject[] {
  const merged = [...current];
  const places = new Map<Json, number>();
  // The first of several with one key is the one that merges.
  for (const [place, item] of merged.entries()) {
    if (Object.hasOwn(item, mergeKey) && !places.has(item[mergeKey]!)) places.set(item[mergeKey]!, place);
  }
  for (const change of changes) {
    const key = keyOf(change, mergeKey);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, merged.length);
      merged.push(withoutDirectives(change) as JsonObject);
    } else {
      merged[place] = mergeMaps(merged[place]!, change);
    }
  }
  return merged;
}

/**
 * `merged` with the items named in `order` as that has them. The others, which only the server knows, come each before
 * the first ordered item that stood behind it in `before`:
 *
 *   before a b c d    order d a    →    b c d a     (b and c stood before d, the first in order)
 *
 * `changes` must follow `order` too, else the patch contradicts itself.
 */
export function orderList(
  merged: readonly Json[],
  before: readonly Json[],
  order: readonly Json[],
  changes: readonly Json[],
  mergeKey: string | undefined,
): Json[] {
  const identity = (item: Json) => (mergeKey && isJsonObject(item) ? keyOf(item, mergeKey) : item);
  checkOrder(changes, order, identity);
  const wanted = placesOf(order, identity);
  const stood = placesOf(before, identity);
  const placeOf = (places: ReadonlyMap<Json, number>, item: Json) => places.get(identity(item)) ?? Infinity;
  const named = merged.filter((item) => wanted.has(identity(item)));
  const others = merged.filter((item) => !wanted.has(identity(item)));
  named.sort((a, b) => placeOf(wanted, a) - placeOf(wanted, b));
  others.sort((a, b) => difference(placeOf(stood, a), placeOf(stood, b)));
  const result: Json[] = [];
  let next = 0;
  for (const item of named) {
    const place = stood.get(identity(item));
    while (place !== undefined && next < others.length && placeOf(stood, others[next]!) < place) {
      result.push(others[next++]!);
    }
    result.push(item);
  }
  return [...result, ...others.slice(next)];
}

/** Also for two that stood nowhere: Infinity - Infinity is no order. */
function difference(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function placesOf(items: readonly Json[], identity: (item: Json) => Json): Map<Json, number> {
  const places = new Map<Json, number>();
  for (const [place, item] of items.entries()) {
    const key = identity(item);
    if (!places.has(key)) places.set(key, place);
  }
  return places;
}

function checkOrder(changes: readonly Json[], order: readonly Json[], identity: (item: Json) => Json): void {
  let at = 0;
  for (const change of changes) {
    if (isJsonObject(change) && Object.hasOwn(change, '$patch')) continue;
    const key = identity(change);
    while (at < order.length && identity(order[at]!) !== key) at++;
    if (at++ >= order.length) {
      const [list, wanted] = [goText([...changes]), goText([...order])];
      throw badPatch(`The order in patch list:\n${list}\n doesn't match $setElementOrder list:\n${wanted}\n`);
    }
  }
}
