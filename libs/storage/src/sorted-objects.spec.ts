import { describe, expect, it } from '@jest/globals';
import { Random, revision } from '#base';
import { compareKeys, endOfPrefix } from './key-order.js';
import { SortedObjects } from './sorted-objects.js';
import type { StoredObject } from './store.js';

const object = (key: string): StoredObject => ({ key, revision: revision(1), text: '', facets: {} });

function keysOf(sorted: SortedObjects, from = '', to = endOfPrefix(''), exclusive = false): string[] {
  const keys: string[] = [];
  sorted.scan(from, to, exclusive, ({ key }) => keys.push(key) > 0);
  return keys;
}

describe('compareKeys', () => {
  it.each([
    ['a', 'b'],
    ['a', 'aa'],
    ['a-b/', 'a/'],
    ['\uFF5E', '\u{1F600}'],
    ['\uE000', '\u{10000}'],
    ['\uD7FF', '\u{10000}'],
    ['z', 'é'],
  ])('orders %j before %j, as their bytes are', (a, b) => {
    expect(compareKeys(a, b)).toBeLessThan(0);
    expect(compareKeys(b, a)).toBeGreaterThan(0);
    expect(Buffer.compare(Buffer.from(a), Buffer.from(b))).toBeLessThan(0);
    expect(compareKeys(a, a)).toBe(0);
  });
});

describe('SortedObjects', () => {
  it('is what a sorted array of a set would be, through thousands of random changes', () => {
    const random = new Random('sorted');
    const sorted = new SortedObjects();
    const model = new Set<string>();
    for (let step = 0; step < 6000; step++) {
      const key = `k/${random.int(3000)}`;
      if (random.int(3) === 0) {
        sorted.delete(key);
        model.delete(key);
      } else {
        sorted.put(object(key));
        model.add(key);
      }
    }
    const expected = [...model].sort(compareKeys);
    expect(keysOf(sorted)).toEqual(expected);
    expect(sorted.size).toBe(expected.length);
    for (const from of ['', 'k/1', 'k/15', expected[700]!, 'k/9999', 'z']) {
      expect(keysOf(sorted, from)).toEqual(expected.filter((key) => compareKeys(key, from) >= 0));
      const after = expected.filter((key) => compareKeys(key, from) > 0);
      expect(keysOf(sorted, from, endOfPrefix(''), true)).toEqual(after);
      expect(sorted.countBetween(from, endOfPrefix(''))).toBe(after.length);
    }
  });

  it('keeps a copy apart from its original', () => {
    const original = new SortedObjects();
    for (const key of ['b', 'a', 'c']) original.put(object(key));
    const copy = original.copy();
    copy.delete('a');
    copy.put(object('d'));
    expect([keysOf(original), keysOf(copy)]).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c', 'd'],
    ]);
  });
});
