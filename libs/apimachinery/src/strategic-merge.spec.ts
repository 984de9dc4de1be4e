import { describe, expect, it } from '@jest/globals';
import type { MergeSchema } from './merge-schema.js';
import type { Json } from './meta.js';
import { applyStrategicMerge } from './strategic-merge.js';

const scalar: MergeSchema = { field: () => undefined, item: () => undefined, listType: undefined };
const object = (fields: Record<string, MergeSchema>, more: Partial<MergeSchema> = {}): MergeSchema => ({
  ...scalar,
  field: (name) => (Object.hasOwn(fields, name) ? fields[name] : undefined),
  ...more,
});
const list = (item: MergeSchema, more: Partial<MergeSchema> = {}): MergeSchema => ({
  ...scalar,
  item: () => item,
  ...more,
});

const env = list(object({}), { listType: 'map', patchStrategy: 'merge', mergeKey: 'name' });
const container = object({ env, args: list(scalar) });
const SCHEMA = object({
  items: list(container, { listType: 'map', patchStrategy: 'merge', mergeKey: 'name' }),
  volumes: list(object({}), { patchStrategy: 'merge,retainKeys', mergeKey: 'name' }),
  finalizers: list(scalar, { listType: 'set', patchStrategy: 'merge' }),
  atomic: list(scalar, { listType: 'atomic' }),
  strategy: object({}, { patchStrategy: 'retainKeys' }),
  whole: object({}, { patchStrategy: 'replace' }),
  labels: object({}),
  broken: list(object({}), { patchStrategy: 'merge' }),
});
const names = (...letters: string[]) => letters.map((name) => ({ name }));

type Case = [string, Record<string, Json>, Record<string, Json>, Record<string, Json>];

describe('applyStrategicMerge', () => {
  it.each<Case>([
    ['merges maps', { labels: { a: '1', b: '2' } }, { labels: { b: null, c: '3' } }, { labels: { a: '1', c: '3' } }],
    ['drops nulls of what is new', {}, { labels: { a: null, b: '2' } }, { labels: { b: '2' } }],
    ['replaces atomic lists', { atomic: [1, 2] }, { atomic: [3] }, { atomic: [3] }],
    ['replaces lists nothing is known of', { other: [1] }, { other: [2] }, { other: [2] }],
    ['replaces maps of strategy replace', { whole: { a: 1 } }, { whole: { b: 1 } }, { whole: { b: 1 } }],
    ['takes another type as it is', { labels: { a: '1' } }, { labels: 'x' }, { labels: 'x' }],
    [
      'merges lists by key, deep, what the patch names first',
      { items: [{ name: 'a', image: '1', env: names('x') }, { name: 'b' }] },
      { items: [{ name: 'c' }, { name: 'a', image: '2', env: [{ name: 'y' }] }] },
      { items: [{ name: 'c' }, { name: 'a', image: '2', env: names('y', 'x') }, { name: 'b' }] },
    ],
    ['merges sets', { finalizers: ['a', 'b'] }, { finalizers: ['b', 'c'] }, { finalizers: ['a', 'b', 'c'] }],
    [
      'deletes an item',
      { items: names('a', 'b') },
      { items: [{ name: 'a', $patch: 'delete' }] },
      { items: names('b') },
    ],
    [
      'replaces a list',
      { items: names('a', 'b') },
      { items: [{ $patch: 'replace' }, { name: 'c' }] },
      { items: names('c') },
    ],
    ['empties a list', { items: names('a') }, { items: [{ $patch: 'replace' }] }, { items: [] }],
    ['replaces a map', { labels: { a: '1' } }, { labels: { $patch: 'replace', b: '2' } }, { labels: { b: '2' } }],
    ['deletes a map', { labels: { a: '1' } }, { labels: { $patch: 'delete' } }, { labels: {} }],
    ['replaces everything', { a: 1 }, { $patch: 'replace', b: 2 }, { b: 2 }],
    [
      'drops directives of what is new',
      {},
      { items: [{ name: 'a', $patch: 'delete' }, { name: 'b' }] },
      { items: names('b') },
    ],
    [
      'retains keys',
      { strategy: { type: 'Rolling', rolling: {} } },
      { strategy: { $retainKeys: ['type'], type: 'Recreate' } },
      { strategy: { type: 'Recreate' } },
    ],
    [
      'retains keys in items',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', $retainKeys: ['name', 'hostPath'], hostPath: {} }] },
      { volumes: [{ name: 'v', hostPath: {} }] },
    ],
    [
      'deletes from a set and adds to it',
      { finalizers: ['a', 'b'] },
      { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] },
      { finalizers: ['c', 'b'] },
    ],
    ['deletes from a set that is not there', {}, { '$deleteFromPrimitiveList/finalizers': ['a'] }, {}],
    [
      'orders a list that the patch does not change',
      { items: names('a', 'b', 'c') },
      { '$setElementOrder/items': names('c', 'a') },
      { items: names('b', 'c', 'a') },
    ],
    [
      'orders and merges',
      { items: names('a', 'b') },
      { '$setElementOrder/items': names('c', 'b', 'a'), items: names('c') },
      { items: names('c', 'b', 'a') },
    ],
    [
      'orders around deleted items',
      { items: names('a', 'b', 'c') },
      { '$setElementOrder/items': names('c', 'a'), items: [{ name: 'b', $patch: 'delete' }] },
      { items: names('c', 'a') },
    ],
    [
      'orders sets',
      { finalizers: ['a', 'b', 's'] },
      { '$setElementOrder/finalizers': ['b', 'c', 'a'], finalizers: ['c'] },
      { finalizers: ['b', 'c', 'a', 's'] },
    ],
    ['orders nothing where nothing is', {}, { '$setElementOrder/items': names('a') }, {}],
    [
      'takes the list that was not there in its order',
      {},
      { '$setElementOrder/items': names('b', 'a'), items: names('b', 'a') },
      { items: names('b', 'a') },
    ],
  ])('%s', (_what, doc, patch, expected) => {
    const before = structuredClone({ doc, patch });
    expect(applyStrategicMerge(doc, patch, SCHEMA)).toEqual(expected);
    expect({ doc, patch }).toEqual(before);
  });

  it.each<[Record<string, Json>, Record<string, Json>, string]>([
    [{ items: names('a') }, { items: [{ image: '2' }] }, 'map: map[image:2] does not contain declared merge key: name'],
    [{ items: names('a') }, { items: ['x'] }, 'list element types are not identical'],
    [{ items: names('a') }, { items: [['x']] }, 'lists of lists are not supported'],
    [{ items: names('a') }, { items: [{ $patch: 'merge' }] }, 'merging lists cannot yet be specified in the patch'],
    [{ items: names('a') }, { items: [{ $patch: 'spam' }] }, 'unknown patch type: spam in map: map[$patch:spam]'],
    [{ labels: {} }, { labels: { $patch: 'spam' } }, 'unknown patch type: spam in map: map[$patch:spam]'],
    [{ broken: names('a') }, { broken: names('b') }, 'cannot merge lists without merge key'],
    [{}, { $retainKeys: 'x' }, 'invalid patch format of retainKeys'],
    [{}, { $retainKeys: ['a'], b: 1 }, 'invalid patch format of retainKeys'],
    [{}, { '$deleteFromPrimitiveList/finalizers': 'x' }, 'invalid patch format of primitive list'],
    [{}, { '$setElementOrder/items': {} }, 'invalid patch format of setElementOrder list'],
    [
      { items: [] },
      { '$setElementOrder/items': names('b'), items: names('a') },
      "The order in patch list:\n[map[name:a]]\n doesn't match $setElementOrder list:\n[map[name:b]]\n",
    ],
  ])('%j with %j is refused', (doc, patch, message) => {
    expect(() => applyStrategicMerge(doc, patch, SCHEMA)).toThrow(expect.objectContaining({ code: 400, message }));
  });

  it('refuses what is no object', () => {
    expect(() => applyStrategicMerge({}, [], SCHEMA)).toThrow('invalid JSON document');
  });

  it('keeps __proto__ as data', () => {
    const patch = JSON.parse('{"labels":{"__proto__":{"x":1}}}') as Json;
    const result = JSON.stringify(applyStrategicMerge({ labels: { a: '1' } }, patch, SCHEMA));
    expect(result).toBe('{"labels":{"a":"1","__proto__":{"x":1}}}');
  });

  it('merges long lists in time that grows with their length', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `n${i}` }));
    const merged = applyStrategicMerge({ items: many(50_000) }, { items: many(60_000) }, SCHEMA) as { items: Json[] };
    expect(merged.items).toHaveLength(60_000);
  });
});
