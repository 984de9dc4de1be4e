import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import { type Change, changeOf } from './change.js';
import { ChangeRing } from './change-ring.js';

const change = (at: number, size = 1): Change =>
  changeOf(undefined, { key: `k/${at}`, revision: revision(at), text: 'x'.repeat(size), facets: {} }, 'put');
const since = (ring: ChangeRing, after: number) =>
  ring.since(revision(after))?.map(({ event }) => event.object.revision);

describe('ChangeRing', () => {
  it('keeps the newest, and knows what it has lost', () => {
    const ring = new ChangeRing(revision(6), { changesMax: 3, charactersMax: 100 });
    expect([since(ring, 6), since(ring, 5)]).toEqual([[], undefined]);
    for (const at of [7, 8, 9]) ring.push(change(at));
    expect([since(ring, 6), since(ring, 8)]).toEqual([[7, 8, 9], [9]]);
    ring.push(change(10));
    expect([since(ring, 6), since(ring, 7), since(ring, 10)]).toEqual([undefined, [8, 9, 10], []]);
    ring.trim(revision(9));
    expect([since(ring, 8), since(ring, 9)]).toEqual([undefined, [10]]);
    ring.trim(revision(20));
    expect([ring.after, since(ring, 20)]).toEqual([20, []]);
  });

  it('is bounded in size, but always keeps the newest change', () => {
    const ring = new ChangeRing(revision(1), { changesMax: 100, charactersMax: 10 });
    ring.push(change(2, 4));
    ring.push(change(3, 4));
    ring.push(change(4, 4));
    expect([since(ring, 1), since(ring, 2)]).toEqual([undefined, [3, 4]]);
    ring.push(change(5, 50));
    expect(since(ring, 4)).toEqual([5]);
  });

  it('stays right through very many changes', () => {
    const ring = new ChangeRing(revision(0), { changesMax: 5, charactersMax: 1000 });
    for (let at = 1; at <= 1000; at++) ring.push(change(at));
    expect([since(ring, 994), since(ring, 997)]).toEqual([undefined, [998, 999, 1000]]);
    expect(since(ring, 995)).toEqual([996, 997, 998, 999, 1000]);
  });
});
