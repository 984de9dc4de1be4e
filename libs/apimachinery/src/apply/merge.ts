import { setField } from '../deep.js';
import type { Json } from '../meta.js';
import { type FieldSet, isEmptySet, isMember } from './field-set.js';
import { elementsOf, isEmptyValue } from './list-elements.js';
import { fieldElement, type PathElement } from './path-element.js';
import { atomOf, elementOf, fieldSchema, isAtomic, isObject, type JsonObject, type TypeSchema } from './type-schema.js';

/**
 * The live object with the applied configuration laid over. Takes nothing away. Elements of lists stand in the order of
 * the configuration, others keep their places between them. The result shares parts with both.
 * Models TypedValue.Merge of structured-merge-diff (1.36).
 */
export function mergeApplied(live: Json, applied: Json, schema: TypeSchema): Json {
  const atom = atomOf(schema, applied);
  if (atom === 'scalar' || isAtomic(schema, atom)) return applied;
  if (atom === 'list') return mergeLists(live, applied, schema);
  if (isEmptyValue(applied) && isEmptyValue(live)) return applied;
  const [before, after] = [isObject(live) ? live : {}, isObject(applied) ? applied : {}];
  const merged: JsonObject = { ...before };
  for (const name of Object.keys(after)) {
    const value = after[name]!;
    const old = Object.hasOwn(before, name) ? before[name] : undefined;
    setField(merged, name, old === undefined ? value : mergeApplied(old, value, fieldSchema(schema, name)));
  }
  return merged;
}

function mergeLists(live: Json, applied: Json, schema: TypeSchema): Json {
  const before = Array.isArray(live) ? live : [];
  const after = Array.isArray(applied) ? applied : [];
  if (before.length === 0 && after.length === 0) return applied;
  const old = elementsOf(before, schema);
  const now = elementsOf(after, schema);
  const places = new Map(now.map((element, place) => [element, place]));
  const oldItems = new Map<PathElement, Json | undefined>();
  for (const [place, element] of old.entries()) {
    // Of what a list holds twice, nothing is merged: the configuration takes its place.
    oldItems.set(element, oldItems.has(element) ? undefined : before[place]);
  }
  const mergedItem = (place: number): Json => {
    const was = oldItems.get(now[place]!);
    return was === undefined ? after[place]! : mergeApplied(was, after[place]!, schema.others!);
  };
  const merged: Json[] = [];
  const shared = now.filter((element) => oldItems.has(element));
  let [atOld, atNow, atShared] = [0, 0, 0];
  const done = new Set<PathElement>();
  const take = (): void => {
    done.add(now[atNow]!);
    if (shared[atShared] === now[atNow]) atShared++;
    merged.push(mergedItem(atNow++));
  };
  while (atOld < old.length || atNow < now.length) {
    if (atOld < old.length && atNow < now.length) {
      if (old[atOld] === now[atNow]) {
        atOld++;
        take();
        continue;
      }
      if (places.has(old[atOld]!) && atShared < shared.length && shared[atShared] !== old[atOld]) {
        // Shared, but its turn comes with another place of the configuration.
        atOld++;
        continue;
      }
    }
    if (atOld < old.length) {
      if (!places.has(old[atOld]!)) {
        merged.push(before[atOld++]!);
        continue;
      }
      if (done.has(old[atOld]!)) atOld++;
    }
    if (atNow < now.length) take();
  }
  return merged;
}

/**
 * The value without the fields of `set`: of lists and maps with owners inside only. What is left empty becomes null, as
 * upstream's does, which a typed object reads as nothing. Models TypedValue.RemoveItems (1.36).
 */
export function removeFields(value: Json, set: FieldSet, schema: TypeSchema): Json {
  const atom = atomOf(schema, value);
  if (atom === 'scalar') return value;
  if (isEmptyValue(value) || isAtomic(schema, atom)) return null;
  if (atom === 'list') return Array.isArray(value) ? removeItems(value, set, schema) : null;
  if (!isObject(value)) return null;
  const kept: JsonObject = {};
  for (const name of Object.keys(value)) {
    const left = keptOf(value[name]!, set[fieldElement(name)], fieldSchema(schema, name));
    if (left !== undefined) setField(kept, name, left);
  }
  return isEmptyValue(kept) ? null : kept;
}

function removeItems(list: readonly Json[], set: FieldSet, schema: TypeSchema): Json {
  const kept: Json[] = [];
  for (const item of list) {
    const step = elementOf(schema, item);
    const left = keptOf(item, 'error' in step ? undefined : set[step.element], schema.others!);
    if (left !== undefined) kept.push(left);
  }
  return kept.length === 0 ? null : kept;
}

function keptOf(value: Json, node: FieldSet | undefined, schema: TypeSchema): Json | undefined {
  if (node === undefined) return value;
  if (isMember(node)) return undefined;
  return isEmptySet(node) ? value : removeFields(value, node, schema);
}
