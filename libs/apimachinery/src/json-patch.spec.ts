import { describe, expect, it } from '@jest/globals';
import { applyJsonPatch } from './json-patch.js';
import { applyMergePatch } from './merge-patch.js';
import type { Json } from './meta.js';

const parse = (text: string) => JSON.parse(text) as Json;

describe('applyJsonPatch', () => {
  it.each<[string, Json, Json, Json]>([
    ['adds a field', { a: 1 }, [{ op: 'add', path: '/b', value: null }], { a: 1, b: null }],
    ['replaces what add finds', { a: 1 }, [{ op: 'add', path: '/a', value: 2 }], { a: 2 }],
    ['inserts', [1, 3], [{ op: 'add', path: '/1', value: 2 }], [1, 2, 3]],
    ['appends', [1], [{ op: 'add', path: '/-', value: 2 }], [1, 2]],
    ['removes', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['removes the last', [1, 2], [{ op: 'remove', path: '/-1' }], [1]],
    ['replaces', { a: [1] }, [{ op: 'replace', path: '/a/0', value: 2 }], { a: [2] }],
    ['replaces the root', { a: 1 }, [{ op: 'replace', path: '', value: { b: 1 } }], { b: 1 }],
    ['moves', { a: { b: 1 } }, [{ op: 'move', from: '/a/b', path: '/c' }], { a: {}, c: 1 }],
    [
      'copies',
      { a: { b: 1 } },
      [
        { op: 'copy', from: '/a', path: '/c' },
        { op: 'add', path: '/c/b', value: 2 },
      ],
      { a: { b: 1 }, c: { b: 2 } },
    ],
    ['unescapes', { 'a/b': { '~c': 1 } }, [{ op: 'remove', path: '/a~1b/~0c' }], { 'a/b': {} }],
    ['tests', { a: { b: [1] } }, [{ op: 'test', path: '/a', value: { b: [1] } }], { a: { b: [1] } }],
    ['tests absence with null', { a: 1 }, [{ op: 'test', path: '/b', value: null }], { a: 1 }],
    ['ignores foreign members', { a: 1 }, [{ op: 'remove', path: '/a', note: 'x' }], {}],
  ])('%s', (_what, doc, ops, expected) => {
    const before = structuredClone(doc);
    expect(applyJsonPatch(doc, ops)).toEqual(expected);
    expect(doc).toEqual(before);
  });

  it.each<[string, Json]>([
    ['remove of nothing', [{ op: 'remove', path: '/x' }]],
    ['replace of nothing', [{ op: 'replace', path: '/x', value: 1 }]],
    ['add below nothing', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['add without value', [{ op: 'add', path: '/x' }]],
    ['a failing test', [{ op: 'test', path: '/a', value: 2 }]],
    ['an index beyond the end', [{ op: 'add', path: '/list/3', value: 1 }]],
    ['an index with a leading zero', [{ op: 'replace', path: '/list/01', value: 1 }]],
    ['a path without slash', [{ op: 'add', path: 'x', value: 1 }]],
    ['a path through a scalar', [{ op: 'add', path: '/a/b', value: 1 }]],
    ['an unknown operation', [{ op: 'spam', path: '/a' }]],
    ['copy of nothing', [{ op: 'copy', from: '/x', path: '/y' }]],
    ['move into itself', [{ op: 'move', from: '/map', path: '/map/b' }]],
    ['move without from', [{ op: 'move', path: '/y' }]],
    ['inherited fields', [{ op: 'remove', path: '/constructor' }]],
    ['a path into the prototype', [{ op: 'add', path: '/__proto__/polluted', value: 1 }]],
  ])('answers 422 to %s', (_what, ops) => {
    expect(() => applyJsonPatch({ a: 1, list: [1, 2], map: {} }, ops)).toThrow(
      expect.objectContaining({
        code: 422,
        reason: 'Invalid',
        message: 'the server rejected our request due to an error in our request',
      }),
    );
  });

  it('treats __proto__ as a field', () => {
    const result = applyJsonPatch({}, [{ op: 'add', path: '/__proto__', value: { polluted: true } }]);
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":true}}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each([[{ op: 'add' }], ['x'], [null], [[1]]])('answers 400 to %j', (ops) => {
    expect(() => applyJsonPatch({}, ops)).toThrow(expect.objectContaining({ code: 400 }));
  });

  it('answers 413 to too many operations', () => {
    const ops = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/a', value: 1 }));
    expect(() => applyJsonPatch({ a: 1 }, ops)).toThrow(
      expect.objectContaining({
        code: 413,
        message: 'The allowed maximum operations in a JSON patch is 10000, got 10001',
      }),
    );
    expect(applyJsonPatch({ a: 1 }, ops.slice(1))).toEqual({ a: 1 });
  });

  it('bounds copies of copies', () => {
    const ops = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    expect(() => applyJsonPatch({ a: ['x'.repeat(100)] }, ops)).toThrow(expect.objectContaining({ code: 422 }));
  });

  it('bounds the shifting of long lists', () => {
    const ops = Array.from({ length: 10_000 }, () => ({ op: 'add', path: '/0', value: 1 }));
    expect(() => applyJsonPatch(new Array<Json>(300_000).fill(0), ops)).toThrow(expect.objectContaining({ code: 422 }));
  });
});

describe('applyMergePatch', () => {
  it.each<[string, string, string]>([
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
    ['{}', '{"__proto__":{"x":1},"constructor":{"y":2}}', '{"__proto__":{"x":1},"constructor":{"y":2}}'],
    ['{"a":1}', '{"__proto__":null}', '{"a":1}'],
  ])('%s with %s is %s', (doc, patch, expected) => {
    const [before, change] = [parse(doc), parse(patch)];
    expect(JSON.stringify(applyMergePatch(before, change))).toBe(expected);
    expect(JSON.stringify(before)).toBe(doc);
    expect(JSON.stringify(change)).toBe(patch);
  });

  it.each<Json>([[1], 'x', null])('answers 400 to %j', (patch) => {
    expect(() => applyMergePatch({}, patch)).toThrow(expect.objectContaining({ code: 400 }));
  });
});
