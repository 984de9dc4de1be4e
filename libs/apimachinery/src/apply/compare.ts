import { deepEqual } from '../deep.js';
import type { Json } from '../meta.js';
import { EMPTY_SET, type FieldSet, isEmptySet, LEAF, ordered, SELF, withoutTrees } from './field-set.js';
import { indexed, isEmptyValue } from './list-elements.js';
import { fieldElement, type PathElement, sortElements, sortTexts } from './path-element.js';
import {
  atomOf,
  fieldSchema,
  isAtomic,
  isObject,
  type JsonObject,
  otherSchema,
  type TypeSchema,
} from './type-schema.js';

/** What became of an object: fields that are there no more, and those that are new or different. */
export interface Comparison {
  readonly removed: FieldSet;
  readonly changed: FieldSet;
}

/**
 * Compares two states of one object. Models TypedValue.Compare of structured-merge-diff (1.36), with Modified and Added in
 * one set, as nobody asks for them apart. One walk; parts that are one in memory are not entered.
 */
export function compare(before: Json, after: Json, schema: TypeSchema): Comparison {
  const { removed, changed } = differenceOf(before, withEqualParts(before, after), schema);
  return { removed: inside(removed) ?? EMPTY_SET, changed: inside(changed) ?? EMPTY_SET };
}

/** Most writes leave spec or status alone, and telling equal is cheaper than telling what differs. */
function withEqualParts(before: Json, after: Json): Json {
  if (!isObject(before) || !isObject(after)) return after;
  const parts = { ...after };
  for (const name of ['spec', 'status']) {
    if (parts[name] !== undefined && deepEqual(before[name], parts[name])) parts[name] = before[name]!;
  }
  return parts;
}

/** Without what the server takes from nobody (the status on the main path, and the like). */
export function excluding(comparison: Comparison, reset: FieldSet | undefined): Comparison {
  if (reset === undefined) return comparison;
  return { removed: withoutTrees(comparison.removed, reset), changed: withoutTrees(comparison.changed, reset) };
}

interface Difference {
  readonly removed: FieldSet | undefined;
  readonly changed: FieldSet | undefined;
}

type Nodes = Record<PathElement, FieldSet>;

const SAME: Difference = { removed: undefined, changed: undefined };
const CHANGED: Difference = { removed: undefined, changed: LEAF };

function inside(node: FieldSet | undefined): FieldSet | undefined {
  if (node === undefined) return undefined;
  const { [SELF]: _self, ...children } = node;
  return isEmptySet(children) ? undefined : children;
}

function differenceOf(before: Json, after: Json, schema: TypeSchema): Difference {
  if (before === after) return SAME;
  const atom = atomOf(schema, after);
  if (atom !== atomOf(schema, before) && before !== null && after !== null) return otherKind(before, after, schema);
  const isLeaf = atom === 'scalar' || (isEmptyValue(before) && isEmptyValue(after)) || isAtomic(schema, atom);
  if (isLeaf) return deepEqual(before, after) ? SAME : CHANGED;
  if (atom === 'list') return listDifference(listOf(before), listOf(after), schema);
  return mapDifference(isObject(before) ? before : undefined, isObject(after) ? after : undefined, schema);
}

const listOf = (value: Json): readonly Json[] => (Array.isArray(value) ? value : []);

/** A scalar that became a map and the like: what was inside goes, what is inside comes. */
function otherKind(before: Json, after: Json, schema: TypeSchema): Difference {
  return { removed: inside(wholeOf(before, schema)), changed: wholeOf(after, schema) };
}

/** All of a value that the other side lacks: itself and whatever has an owner of its own inside. */
function wholeOf(value: Json, schema: TypeSchema): FieldSet {
  const atom = atomOf(schema, value);
  if (atom === 'scalar' || isEmptyValue(value) || isAtomic(schema, atom)) return LEAF;
  if (atom === 'list') return Array.isArray(value) ? wholeList(value, schema) : LEAF;
  return isObject(value) ? wholeMap(value, schema) : LEAF;
}

function wholeMap(map: JsonObject, schema: TypeSchema): FieldSet {
  const node: Nodes = { [SELF]: LEAF };
  if (isClosed(schema)) {
    for (const { name, element, schema: field, zero } of schema.declared) {
      const value = map[name];
      if (value !== undefined) node[element] = wholeOf(value, field);
      else if (zero !== undefined) node[element] = LEAF;
    }
    return node;
  }
  for (const name of sortTexts(Object.keys(map))) {
    node[fieldElement(name)] = wholeOf(map[name]!, fieldSchema(schema, name));
  }
  return node;
}

function wholeList(list: readonly Json[], schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  for (const [element, items] of indexed(list, schema)) {
    children.set(element, items.length > 1 ? LEAF : wholeOf(items[0]!, schema.others!));
  }
  return { [SELF]: LEAF, ...ordered(children) };
}

/** A struct without undeclared fields: its own order is that of its names, so nothing is sorted. */
function isClosed(schema: TypeSchema): boolean {
  return schema.structure === 'struct' && schema.others === undefined;
}

function mapDifference(before: JsonObject | undefined, after: JsonObject | undefined, schema: TypeSchema): Difference {
  const found = new Found();
  const [old, now] = [before ?? NOTHING, after ?? NOTHING];
  for (const name in now) {
    const field = schema.declaredField(name);
    const was = Object.hasOwn(old, name) ? old[name] : before && field?.zero;
    const value = now[name]!;
    if (was === value) continue;
    found.add(field?.element ?? fieldElement(name), fieldDifference(was, value, field?.schema ?? otherSchema(schema)));
  }
  for (const name in old) {
    if (Object.hasOwn(now, name)) continue;
    const field = schema.declaredField(name);
    const left = fieldDifference(old[name]!, after && field?.zero, field?.schema ?? otherSchema(schema));
    found.add(field?.element ?? fieldElement(name), left);
  }
  return found.inOrder();
}

const NOTHING: JsonObject = {};

/** The difference of a map or list so far. Most have none, so nothing is made before there is something. */
class Found implements Difference {
  removed: Record<PathElement, FieldSet> | undefined;
  changed: Record<PathElement, FieldSet> | undefined;
  private removedCount = 0;
  private changedCount = 0;

  add(element: PathElement, { removed, changed }: Difference): void {
    if (removed !== undefined) {
      (this.removed ??= {})[element] = removed;
      this.removedCount++;
    }
    if (changed !== undefined) {
      (this.changed ??= {})[element] = changed;
      this.changedCount++;
    }
  }

  inOrder(): Difference {
    if (this.removed === undefined && this.changed === undefined) return SAME;
    if (this.removedCount > 1) this.removed = sortedNodes(this.removed!);
    if (this.changedCount > 1) this.changed = sortedNodes(this.changed!);
    return this;
  }
}

function sortedNodes(nodes: Nodes): Nodes {
  const sorted: Nodes = {};
  for (const element of sortElements(Object.keys(nodes))) sorted[element] = nodes[element]!;
  return sorted;
}

function listDifference(before: readonly Json[], after: readonly Json[], schema: TypeSchema): Difference {
  if (deepEqual(before, after)) return SAME;
  const found = new Found();
  const [old, now] = [indexed(before, schema), indexed(after, schema)];
  for (const [element, items] of now) found.add(element, itemDifference(old.get(element) ?? [], items, schema.others!));
  for (const [element, items] of old) {
    if (!now.has(element)) found.add(element, itemDifference(items, [], schema.others!));
  }
  return found.inOrder();
}

/** Elements that are there more than once are one field together, as upstream has it. */
function itemDifference(before: readonly Json[], after: readonly Json[], schema: TypeSchema): Difference {
  if (before.length > 1 && after.length > 1) return deepEqual(before, after) ? SAME : CHANGED;
  if (before.length > 1) return { removed: LEAF, changed: after.length === 0 ? undefined : wholeOf(after[0]!, schema) };
  if (after.length > 1)
    return { removed: before.length === 0 ? undefined : wholeOf(before[0]!, schema), changed: LEAF };
  return fieldDifference(before[0], after[0], schema);
}

function fieldDifference(old: Json | undefined, now: Json | undefined, schema: TypeSchema): Difference {
  if (old === now) return SAME;
  if (old === undefined) return { removed: undefined, changed: wholeOf(now!, schema) };
  if (now === undefined) return { removed: wholeOf(old, schema), changed: undefined };
  return differenceOf(old, now, schema);
}
