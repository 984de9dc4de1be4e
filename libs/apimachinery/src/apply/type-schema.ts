import type { Json } from '../meta.js';
import { compareText, keyElement, type PathElement, valueElement } from './path-element.js';

export interface DeclaredField {
  readonly name: string;
  /** 'f:name', made once. */
  readonly element: PathElement;
  readonly schema: TypeSchema;
  /**
   * What Go's struct has where JSON has nothing: {} of a struct that is no pointer, null of a list or map without
   * omitempty, '' and 0 likewise. Undefined: nothing. Decides who owns a parent, so that owners are those of upstream.
   */
  readonly zero: Json | undefined;
}

/**
 * How one place of an object is typed for its owners: what server-side apply asks of a schema. Models the schemas of
 * sigs.k8s.io/structured-merge-diff/v6 (1.36) as its typeconverter makes them of OpenAPI.
 */
export interface TypeSchema {
  /** 'deduced': whatever the value is; lists are atomic then, maps are not. */
  readonly structure: 'struct' | 'map' | 'list' | 'scalar' | 'deduced';
  /** One owner for all that is in it. */
  readonly atomic: boolean;
  /** Of a struct, in order of their names. */
  readonly declared: readonly DeclaredField[];
  declaredField(name: string): DeclaredField | undefined;
  /** Of a list or map: its elements. Of a struct: its undeclared fields; undefined: it may have none. */
  readonly others: TypeSchema | undefined;
  /** Of a list that is not atomic: what tells its elements apart; none: their values do. */
  readonly keys: readonly string[];
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'untyped';
  /** Of the field: stands in for a key that an element leaves out. */
  readonly byDefault: unknown;
}

/** Where no schema is known: kinds that keep unknown fields. Models typed.DeducedParseableType. */
export const DEDUCED: TypeSchema = {
  structure: 'deduced',
  atomic: false,
  declared: [],
  declaredField: () => undefined,
  get others() {
    return DEDUCED;
  },
  keys: [],
  scalar: 'untyped',
  byDefault: undefined,
};

export type JsonObject = { [key: string]: Json };

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How a value is handled: by its schema, or where that leaves it open by what the value is. */
export function atomOf(schema: TypeSchema, value: Json | undefined): 'map' | 'list' | 'scalar' {
  switch (schema.structure) {
    case 'struct':
    case 'map':
      return 'map';
    case 'list':
      return 'list';
    case 'scalar':
      return 'scalar';
    case 'deduced':
      if (Array.isArray(value)) return 'list';
      return typeof value === 'object' && value !== null ? 'map' : value === null ? 'map' : 'scalar';
  }
}

/** Is a list or map with this schema one field? */
export function isAtomic(schema: TypeSchema, atom: 'map' | 'list'): boolean {
  return schema.structure === 'deduced' ? atom === 'list' : schema.atomic;
}

export function fieldSchema(schema: TypeSchema, name: string): TypeSchema {
  return schema.declaredField(name)?.schema ?? otherSchema(schema);
}

export function otherSchema(schema: TypeSchema): TypeSchema {
  return schema.others ?? DEDUCED;
}

const sortedKeys = new WeakMap<readonly string[], readonly string[]>();

/** The step to an element of an associative list. The error is upstream's, without the place. */
export function elementOf(list: TypeSchema, item: Json): { element: PathElement } | { error: string } {
  if (list.keys.length === 0) return valueStep(item);
  if (item === null) return { error: 'associative list with keys may not have a null element' };
  if (!isObject(item)) return { error: 'associative list with keys may not have non-map elements' };
  let names = sortedKeys.get(list.keys);
  if (!names) sortedKeys.set(list.keys, (names = list.keys.toSorted(compareText)));
  const values: Json[] = [];
  for (const name of names) {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    const found = value ?? (list.others?.declaredField(name)?.schema.byDefault as Json | undefined);
    if (found === undefined) {
      return {
        error: `associative list with keys has an element that omits key field ${JSON.stringify(name)} (and doesn't have default value)`,
      };
    }
    values.push(found);
  }
  return { element: keyElement(names, values) };
}

function valueStep(item: Json): { element: PathElement } | { error: string } {
  if (item === null) return { error: "associative list without keys has an element that's an explicit null" };
  if (Array.isArray(item)) return { error: 'not supported: associative list with lists as elements' };
  if (typeof item === 'object') return { error: "associative list without keys has an element that's a map type" };
  return { element: valueElement(item) };
}
