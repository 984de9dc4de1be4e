import type { Json } from '../meta.js';
import { type PathElement, readElement, sortElements } from './path-element.js';

/**
 * A set of fields, in the very form in which objects carry it (FieldsV1): so nothing is parsed to reason about owners, and
 * nothing is written to store them. Immutable and in canonical order; operations share what they do not change.
 *
 *   {"f:spec": {"f:replicas": {}, "f:template": {".": {}, "f:metadata": {}}}}
 *   holds .spec.replicas, .spec.template and .spec.template.metadata, but not .spec
 *
 * Below the root a node that is empty or has "." is a member; one without is only the way to its children. Every key has
 * a prefix, so no name that users choose can be mistaken for a prototype's.
 * Models fieldpath.Set of sigs.k8s.io/structured-merge-diff/v6 (1.36).
 */
export interface FieldSet {
  readonly [element: PathElement]: FieldSet;
}

type Nodes = Record<PathElement, FieldSet>;

/** A member without children. */
export const LEAF: FieldSet = Object.freeze({});
export const EMPTY_SET: FieldSet = Object.freeze({});
export const SELF = '.';

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false;
  return true;
}

export function isMember(node: FieldSet): boolean {
  return node[SELF] !== undefined || isEmptySet(node);
}

/** A node of members in canonical order; undefined: there would be nothing in it. */
export function nodeOf(member: boolean, children: Nodes): FieldSet | undefined {
  if (!isEmptySet(children)) return member ? { [SELF]: LEAF, ...children } : children;
  return member ? LEAF : undefined;
}

/** Children by element, brought into order. */
export function ordered(children: ReadonlyMap<PathElement, FieldSet>): Nodes {
  const nodes: Nodes = {};
  for (const element of sortElements([...children.keys()])) nodes[element] = children.get(element)!;
  return nodes;
}

export function setOfPaths(...paths: readonly (readonly PathElement[])[]): FieldSet {
  return paths.reduce<FieldSet>(
    (set, path) =>
      union(
        set,
        path.reduceRight<FieldSet>((node, element) => ({ [element]: node }), LEAF),
      ),
    EMPTY_SET,
  );
}

export function hasPath(set: FieldSet, path: readonly PathElement[]): boolean {
  let node: FieldSet | undefined = set;
  for (const element of path) node = node?.[element];
  return node !== undefined && isMember(node);
}

function childrenOf(node: FieldSet): FieldSet {
  if (node[SELF] === undefined) return node;
  const { [SELF]: _self, ...children } = node;
  return children;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a;
  if (isEmptySet(a)) return b;
  const children = new Map<PathElement, FieldSet>();
  let added = false;
  let changed = false;
  for (const element in a) {
    const other = b[element];
    const node = other === undefined ? a[element]! : unionNode(a[element]!, other);
    changed ||= node !== a[element];
    children.set(element, node);
  }
  for (const element in b) {
    if (a[element] !== undefined) continue;
    children.set(element, b[element]!);
    added = true;
  }
  if (!added && !changed) return a;
  if (!added) return Object.fromEntries(children);
  return ordered(children);
}

function unionNode(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const own = childrenOf(a);
  const children = union(own, childrenOf(b));
  const member = isMember(a) || isMember(b);
  if (member === isMember(a) && children === own) return a;
  return nodeOf(member, children) ?? LEAF;
}

/** What is in `a` and not in `b`. A parent does not stand for its children, nor they for it. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return filtered(a, b, differenceNode);
}

function differenceNode(a: FieldSet, b: FieldSet): FieldSet | undefined {
  const member = isMember(a) && !isMember(b);
  const children = childrenOf(a);
  const left = difference(children, childrenOf(b));
  return left === children && member === isMember(a) ? a : nodeOf(member, left);
}

/** What is in `a`, without the members of `b` and all that is below those. */
export function withoutTrees(a: FieldSet, b: FieldSet): FieldSet {
  return filtered(a, b, (node, other) => {
    if (isMember(other)) return undefined;
    const children = childrenOf(node);
    const left = withoutTrees(children, childrenOf(other));
    return left === children ? node : nodeOf(isMember(node), left);
  });
}

/** `a` with each node that `b` has, too, put through `change`; `a` itself when nothing changes. */
function filtered(a: FieldSet, b: FieldSet, change: (a: FieldSet, b: FieldSet) => FieldSet | undefined): FieldSet {
  if (isEmptySet(b)) return a;
  const kept: Nodes = {};
  let changed = false;
  for (const element in a) {
    const other = b[element];
    const node = other === undefined ? a[element] : change(a[element]!, other);
    if (node !== a[element]) changed = true;
    if (node !== undefined) kept[element] = node;
  }
  return changed ? kept : a;
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a;
  const shared: Nodes = {};
  for (const element in a) {
    const other = b[element];
    if (other === undefined) continue;
    const node = a[element]!;
    const both = nodeOf(isMember(node) && isMember(other), intersection(childrenOf(node), childrenOf(other)));
    if (both !== undefined) shared[element] = both;
  }
  return shared;
}

/** Every member's path: first those of a level, then what is below them. */
export function pathsOf(set: FieldSet): PathElement[][] {
  const paths: PathElement[][] = [];
  const visit = (node: FieldSet, prefix: readonly PathElement[]): void => {
    for (const element in node) if (element !== SELF && isMember(node[element]!)) paths.push([...prefix, element]);
    for (const element in node) if (element !== SELF) visit(node[element]!, [...prefix, element]);
  };
  visit(set, []);
  return paths;
}

/** How deep a client's FieldsV1 may nest: more than any object does. */
const DEPTH_MAX = 1_000;

/** FieldsV1 as a client sent it, checked and in canonical form. */
export function readFieldSet(json: unknown): { readonly set: FieldSet } | { readonly error: string } {
  try {
    return { set: readNode(json as Json, 0)?.children ?? EMPTY_SET };
  } catch (error) {
    if (error instanceof BadFields) return { error: error.message };
    // A value in a step may nest deeper than the stack holds.
    if (error instanceof RangeError) return { error: 'exceeded max depth' };
    throw error;
  }
}

class BadFields extends Error {}

function readNode(json: Json, depth: number): { member: boolean; children: FieldSet } | undefined {
  if (depth > DEPTH_MAX) throw new BadFields('exceeded max depth');
  if (json !== null && (typeof json !== 'object' || Array.isArray(json))) throw new BadFields('expect { or n');
  const children = new Map<PathElement, FieldSet>();
  let member = false;
  for (const text of Object.keys(json ?? {})) {
    if (text === SELF) {
      member = true;
      continue;
    }
    const read = readElement(text);
    if ('error' in read) throw new BadFields(read.error);
    if ('unknown' in read) continue;
    const below = readNode((json as { [key: string]: Json })[text]!, depth + 1)!;
    const node = nodeOf(below.member, below.children);
    const known = children.get(read.element);
    if (node !== undefined) children.set(read.element, known === undefined ? node : unionNode(known, node));
  }
  return { member: member || children.size === 0, children: ordered(children) };
}
