import { deepEqual } from '../deep.js';
import type { Json } from '../meta.js';
import { EMPTY_SET, type FieldSet, isEmptySet, LEAF, nodeOf, ordered, SELF, withoutTrees } from './field-set.js';
import { indexed, isEmptyValue } from './list-elements.js';
import { compareText, fieldElement, type PathElement } from './path-element.js';
import { atomOf, fieldSchema, isAtomic, isObject, type JsonObject, type TypeSchema } from './type-schema.js';

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
  const { removed, changed } = differenceOf(before, after, schema);
  return { removed: inside(removed) ?? EMPTY_SET, changed: inside(changed) ?? EMPTY_SET };
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
  for (const name of Object.keys(map).sort(compareText)) {
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
  const removed: Nodes = {};
  const changed: Nodes = {};
  if (isClosed(schema)) {
    for (const { name, element, schema: field, zero } of schema.declared) {
      const old = before === undefined ? undefined : (before[name] ?? zero);
      const now = after === undefined ? undefined : (after[name] ?? zero);
      if (old !== now) note(fieldDifference(old, now, field), element, removed, changed);
    }
  } else {
    const names = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    for (const name of [...names].sort(compareText)) {
      const found = fieldDifference(own(before, name), own(after, name), fieldSchema(schema, name));
      note(found, fieldElement(name), removed, changed);
    }
  }
  return { removed: nodeOf(false, removed), changed: nodeOf(false, changed) };
}

function own(map: JsonObject | undefined, name: string): Json | undefined {
  return map !== undefined && Object.hasOwn(map, name) ? map[name] : undefined;
}

function note({ removed, changed }: Difference, element: PathElement, allRemoved: Nodes, allChanged: Nodes): void {
  if (removed !== undefined) allRemoved[element] = removed;
  if (changed !== undefined) allChanged[element] = changed;
}

function fieldDifference(old: Json | undefined, now: Json | undefined, schema: TypeSchema): Difference {
  if (old === now) return SAME;
  if (old === undefined) return { removed: undefined, changed: wholeOf(now!, schema) };
  if (now === undefined) return { removed: wholeOf(old, schema), changed: undefined };
  return differenceOf(old, now, schema);
}

function listDifference(before: readonly Json[], after: readonly Json[], schema: TypeSchema): Difference {
  const old = indexed(before, schema);
  const now = indexed(after, schema);
  const removed = new Map<PathElement, FieldSet>();
  const changed = new Map<PathElement, FieldSet>();
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const found = itemDifference(old.get(element) ?? [], now.get(element) ?? [], schema.others!);
    if (found.removed !== undefined) removed.set(element, found.removed);
    if (found.changed !== undefined) changed.set(element, found.changed);
  }
  return { removed: nodeOf(false, ordered(removed)), changed: nodeOf(false, ordered(changed)) };
}

/** Elements that are there more than once are one field together, as upstream has it. */
function itemDifference(before: readonly Json[], after: readonly Json[], schema: TypeSchema): Difference {
  if (before.length > 1 && after.length > 1) return deepEqual(before, after) ? SAME : CHANGED;
  if (before.length > 1) return { removed: LEAF, changed: after.length === 0 ? undefined : wholeOf(after[0]!, schema) };
  if (after.length > 1)
    return { removed: before.length === 0 ? undefined : wholeOf(before[0]!, schema), changed: LEAF };
  return fieldDifference(before[0], after[0], schema);
}
