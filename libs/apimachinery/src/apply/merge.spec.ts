import { describe, expect, it } from '@jest/globals';
import type { Json } from '../meta.js';
import { compare } from './compare.js';
import { type FieldSet, pathsOf, setOfPaths } from './field-set.js';
import { mergeApplied, removeFields } from './merge.js';
import { fieldSetOf, reconciled, withNamedParents } from './named-fields.js';
import { fieldElement, shownPath } from './path-element.js';
import { DEDUCED, type TypeSchema } from './type-schema.js';

type Part = Partial<TypeSchema> & Pick<TypeSchema, 'structure'>;

function schema(part: Part): TypeSchema {
  const known = {
    atomic: false,
    declared: [],
    keys: [],
    scalar: 'untyped',
    others: undefined,
    byDefault: undefined,
  } as const;
  return { ...known, declaredField: () => undefined, ...part };
}

function struct(fields: Record<string, TypeSchema>, more: Partial<TypeSchema> = {}): TypeSchema {
  const declared = Object.keys(fields)
    .toSorted()
    .map((name) => ({ name, element: fieldElement(name), schema: fields[name]!, zero: undefined }));
  const byName = new Map(declared.map((field) => [field.name, field]));
  return schema({ structure: 'struct', declared, declaredField: (name) => byName.get(name), ...more });
}

const scalar = schema({ structure: 'scalar' });
const set = schema({ structure: 'list', others: scalar });
const list = schema({ structure: 'list', atomic: true, others: scalar });
const map = schema({ structure: 'map', others: scalar });
const item = struct({ key: scalar, id: schema({ structure: 'scalar', byDefault: 1 }), value: map, nv: scalar });
const keyed = schema({ structure: 'list', others: item, keys: ['key', 'id'] });
const root = struct({
  set,
  list,
  map,
  keyed,
  scalar,
  inner: struct({ a: scalar, b: scalar }),
  whole: struct({ a: scalar }, { atomic: true }),
  free: DEDUCED,
});

const shown = (fields: FieldSet) => pathsOf(fields).map(shownPath);

/** Merges as TypedValue.Merge of structured-merge-diff v6 gives them. */
describe('merging', () => {
  it.each<[string, Json, Json, Json]>([
    ['a scalar', { scalar: 1 }, { scalar: 2 }, { scalar: 2 }],
    ['another field', { scalar: 1 }, { map: { a: 'b' } }, { scalar: 1, map: { a: 'b' } }],
    ['a null', { scalar: 1 }, { scalar: null }, { scalar: null }],
    ['a null map', { map: { a: 'b' } }, { map: null }, { map: { a: 'b' } }],
    ['an atomic list', { list: [1, 2, 3] }, { list: [2] }, { list: [2] }],
    ['an empty atomic list', { list: [1] }, { list: [] }, { list: [] }],
    ['an atomic struct', { whole: { a: 1 } }, { whole: {} }, { whole: {} }],
    ['a shorter set', { set: ['a', 'b', 'c'] }, { set: ['a', 'b'] }, { set: ['a', 'b', 'c'] }],
    ['a longer set', { set: ['a', 'b'] }, { set: ['a', 'b', 'c'] }, { set: ['a', 'b', 'c'] }],
    ['an empty set', { set: ['a'] }, { set: [] }, { set: ['a'] }],
    [
      'a set in another order',
      { set: ['a', 'b', 'c', 'd'] },
      { set: ['a', 'd', 'c', 'b'] },
      { set: ['a', 'd', 'c', 'b'] },
    ],
    ['others keep their places', { set: ['a', 'x', 'b', 'y'] }, { set: ['b', 'a'] }, { set: ['x', 'b', 'y', 'a'] }],
    [
      'between what is new',
      { set: ['a', 'b', 'c', 'd'] },
      { set: ['a', 'a2', 'c', 'c2'] },
      { set: ['a', 'b', 'a2', 'c', 'd', 'c2'] },
    ],
    [
      'elements by key',
      { keyed: [{ key: 'a', id: 1, value: { x: '1' } }] },
      {
        keyed: [
          { key: 'b', id: 1 },
          { key: 'a', value: { y: '2' } },
        ],
      },
      {
        keyed: [
          { key: 'b', id: 1 },
          { key: 'a', id: 1, value: { x: '1', y: '2' } },
        ],
      },
    ],
    ['what a list holds twice', { set: ['a', 'a', 'b'] }, { set: ['a'] }, { set: ['a', 'b'] }],
    [
      'no schema',
      { free: { a: [1], b: { c: 1 } } },
      { free: { a: [2], b: { d: 2 } } },
      { free: { a: [2], b: { c: 1, d: 2 } } },
    ],
    ['another kind', { free: { a: 1 } }, { free: 'b' }, { free: 'b' }],
    [
      'a prototype`s name',
      { map: {} },
      JSON.parse('{"map":{"__proto__":"x"}}') as Json,
      JSON.parse('{"map":{"__proto__":"x"}}') as Json,
    ],
  ])('%s', (_name, live, applied, wanted) => {
    expect(JSON.stringify(mergeApplied(live, applied, root))).toBe(JSON.stringify(wanted));
  });

  it('of ten thousand elements costs no more than their number', () => {
    const many = (from: number) => ({ set: Array.from({ length: 10_000 }, (_, i) => `e${i + from}`) });
    const merged = mergeApplied(many(0), many(5_000), root) as { set: string[] };
    expect(merged.set).toHaveLength(15_000);
  });
});

describe('comparing', () => {
  it.each<[string, Json, Json, string[], string[]]>([
    ['nothing', { scalar: 1, map: { a: 'b' } }, { map: { a: 'b' }, scalar: 1 }, [], []],
    ['a field that comes', {}, { map: { a: 'b' } }, [], ['.map', '.map.a']],
    ['a field that goes', { map: { a: 'b' } }, {}, ['.map', '.map.a'], []],
    ['a key', { map: { a: '1', b: '1' } }, { map: { b: '2', c: '1' } }, ['.map.a'], ['.map.b', '.map.c']],
    ['an atomic list', { list: [1, 2] }, { list: [2, 1] }, [], ['.list']],
    ['order of a set', { set: ['a', 'b'] }, { set: ['b', 'a'] }, [], []],
    ['an element', { set: ['a'] }, { set: ['b'] }, ['.set[="a"]'], ['.set[="b"]']],
    [
      'inside an element',
      { keyed: [{ key: 'a', nv: 1 }] },
      { keyed: [{ key: 'a', id: 1, nv: 2 }] },
      [],
      ['.keyed[id=1,key="a"].id', '.keyed[id=1,key="a"].nv'],
    ],
    ['one that comes twice', { set: ['a'] }, { set: ['a', 'a'] }, ['.set[="a"]'], ['.set[="a"]']],
    ['one that was there twice', { set: ['a', 'a'] }, { set: ['a'] }, ['.set[="a"]'], ['.set[="a"]']],
    ['a kind', { free: { a: 1 } }, { free: 'b' }, ['.free.a'], ['.free']],
    ['a map that is empty', { map: { a: '1' } }, { map: {} }, ['.map.a'], []],
    ['null for nothing', { map: { a: '1' } }, { map: null }, ['.map.a'], []],
  ])('%s', (_name, before, after, removed, changed) => {
    const found = compare(before, after, root);
    expect([shown(found.removed), shown(found.changed)]).toEqual([removed, changed]);
  });
});

describe('fields', () => {
  it('of a configuration', () => {
    const config = {
      map: { a: '1' },
      set: ['x'],
      list: [1],
      inner: { a: 1 },
      keyed: [{ key: 'k' }],
      free: { d: {} },
      scalar: null,
    };
    expect(shown(fieldSetOf(config, root))).toEqual([
      '.list',
      '.scalar',
      '.free.d',
      '.inner.a',
      '.keyed[id=1,key="k"]',
      '.keyed[id=1,key="k"].key',
      '.map.a',
      '.set[="x"]',
    ]);
  });

  it('with their parents, where those are declared', () => {
    const inner = setOfPaths(['f:inner', 'f:a'], ['f:map', 'f:a'], ['f:free', 'f:x', 'f:y']);
    expect(shown(withNamedParents(inner, root))).toEqual([
      '.free',
      '.inner',
      '.map',
      '.free.x.y',
      '.inner.a',
      '.map.a',
    ]);
  });

  it('go one by one, and what is left empty is null', () => {
    const value = { map: { a: '1' }, set: ['x', 'y'], keyed: [{ key: 'k', nv: 1 }], list: [1], scalar: 1 };
    const gone = setOfPaths(
      ['f:map', 'f:a'],
      ['f:set', 'v:"x"'],
      ['f:keyed', 'k:{"id":1,"key":"k"}', 'f:nv'],
      ['f:scalar'],
    );
    expect(removeFields(value, gone, root)).toEqual({ map: null, set: ['y'], keyed: [{ key: 'k' }], list: [1] });
    expect(removeFields(value, setOfPaths(['f:keyed'], ['f:list']), root)).toEqual({
      map: { a: '1' },
      set: ['x', 'y'],
      scalar: 1,
    });
  });

  it('of what has become atomic are one', () => {
    const before = setOfPaths(['f:whole', 'f:a'], ['f:list', 'v:"a"'], ['f:map', 'f:a'], ['f:gone', 'f:a']);
    expect(shown(reconciled(before, root))).toEqual(['.list', '.whole', '.gone.a', '.map.a']);
    const current = setOfPaths(['f:whole'], ['f:map', 'f:a']);
    expect(reconciled(current, root)).toBe(current);
  });
});
