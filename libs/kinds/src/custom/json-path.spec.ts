import { describe, expect, it } from '@jest/globals';
import type { Json } from '#apimachinery';
import { jsonPathOf } from './json-path.js';

const OBJECT: Json = {
  metadata: { name: 'a', annotations: { 'example.com/x': 'dotted' } },
  spec: {
    list: [
      { n: 1, t: 'A' },
      { n: 2, t: 'B' },
      { n: 3, t: 'B' },
    ],
    empty: [],
    none: null,
  },
};

describe('jsonPathOf', () => {
  it.each<[string, Json[]]>([
    ['.metadata.name', ['a']],
    ['.metadata.annotations.example\\.com/x', ['dotted']],
    [".metadata.annotations['example.com/x']", ['dotted']],
    ['.spec.list[0].n', [1]],
    ['.spec.list[-1].n', [3]],
    ['.spec.list[1:].n', [2, 3]],
    ['.spec.list[:2].n', [1, 2]],
    ['.spec.list[0,2].n', [1, 3]],
    ['.spec.list[*].t', ['A', 'B', 'B']],
    ['.spec.list[?(@.t=="B")].n', [2, 3]],
    ['.spec.list[?(@.n>2)].t', ['B']],
    ['..n', [1, 2, 3]],
    ['.spec.none', [null]],
    ['.spec.empty[0]', []],
    ['.spec.missing.deeper', []],
    ['.constructor', []],
    ['.__proto__', []],
  ])('%s', (path, found) => expect(jsonPathOf(path)?.(OBJECT)).toEqual(found));

  it.each(['.a[', '.a[?(x)]', '.a[b]', 'a]b[', '.a..'])('gives none for %s', (path) => {
    expect(jsonPathOf(path)).toBeUndefined();
  });
});
