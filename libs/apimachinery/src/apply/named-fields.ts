import type { Json } from '../meta.js';
import { EMPTY_SET, type FieldSet, isEmptySet, LEAF, nodeOf, ordered, SELF, union, isMember } from './field-set.js';
import { indexed, isEmptyValue } from './list-elements.js';
import { fieldElement, type PathElement } from './path-element.js';
import { atomOf, DEDUCED, fieldSchema, isAtomic, isObject, type TypeSchema } from './type-schema.js';

/**
 * The fields that a configuration names: all of them belong to who applies it. A declared field with something inside is
 * no member itself; an element of a list and a key of a map always are. Models TypedValue.ToFieldSet (1.36).
 */
export function fieldSetOf(value: Json, schema: TypeSchema): FieldSet {
  return isOneField(value, schema) ? EMPTY_SET : insideOf(value, schema);
}

/** Can nobody own less of it than all? */
function isOneField(value: Json, schema: TypeSchema): boolean {
  const atom = atomOf(schema, value);
  return atom === 'scalar' || isAtomic(schema, atom);
}

function insideOf(value: Json, schema: TypeSchema): FieldSet {
  const children = new Map<PathElement, FieldSet>();
  if (Array.isArray(value)) {
    for (const [element, items] of atomOf(schema, value) === 'list' ? indexed(value, schema) : []) {
      children.set(element, items.length > 1 ? LEAF : asMember(inside(items[0]!, schema.others!)));
    }
  } else if (isObject(value) && atomOf(schema, value) === 'map') {
    for (const name of Object.keys(value)) {
      const node = fieldNode(value[name]!, schema, name);
      if (node !== undefined) children.set(fieldElement(name), node);
    }
  }
  return ordered(children);
}

function inside(value: Json, schema: TypeSchema): FieldSet {
  return isOneField(value, schema) ? EMPTY_SET : insideOf(value, schema);
}

function fieldNode(value: Json, parent: TypeSchema, name: string): FieldSet | undefined {
  const schema = fieldSchema(parent, name);
  if (isOneField(value, schema)) return LEAF;
  const children = insideOf(value, schema);
  const isWhole = value === null || (isObject(value) && isEmptyValue(value)) || !parent.declaredField(name);
  if (isWhole) return asMember(children);
  return isEmptySet(children) ? undefined : children;
}

function asMember(children: FieldSet): FieldSet {
  return isEmptySet(children) ? LEAF : { [SELF]: LEAF, ...children };
}

/**
 * The set with every declared field that leads to a member as a member itself: as if who owns what is inside owned it,
 * too. Models Set.EnsureNamedFieldsAreMembers (1.36).
 */
export function withNamedParents(set: FieldSet, schema: TypeSchema): FieldSet {
  const nodes: Record<PathElement, FieldSet> = {};
  for (const element in set) {
    if (element === SELF) continue;
    const node = set[element]!;
    const children = withNamedParents(node, schemaBelow(schema, element));
    const isNamed = element.startsWith('f:') && schema.declaredField(element.slice(2)) !== undefined;
    const made = nodeOf(isMember(node) || isNamed, children);
    if (made !== undefined) nodes[element] = made;
  }
  return nodes;
}

export function schemaBelow(schema: TypeSchema, element: PathElement): TypeSchema {
  return element.startsWith('f:') ? fieldSchema(schema, element.slice(2)) : (schema.others ?? DEDUCED);
}

/**
 * Brings a set to a schema that has changed since it was written: where a field is atomic now, who owned parts of it owns
 * it whole. Kinds of CRDs change so. Models typed.ReconcileFieldSetWithSchema (1.36).
 */
export function reconciled(set: FieldSet, schema: TypeSchema): FieldSet {
  if (schema.structure === 'deduced') return set;
  let changed = false;
  const nodes: Record<PathElement, FieldSet> = {};
  for (const element in set) {
    const node = set[element]!;
    const below = element === SELF ? DEDUCED : schemaBelow(schema, element);
    const isWhole = below.structure !== 'deduced' && below.atomic && !isEmptySet(node);
    const made = isWhole ? LEAF : reconciled(node, below);
    changed ||= made !== node;
    nodes[element] = made;
  }
  return changed ? union(EMPTY_SET, nodes) : set;
}
