import { describe, expect, it } from '@jest/globals';
import { DroppedRequests } from './dropped-requests.js';

/** The last Retry-After of each second, in which so many are refused. */
const waits = (perSecond: readonly number[]) => {
  const dropped = new DroppedRequests();
  return perSecond.map((count, second) => {
    let told = 0;
    for (let i = 0; i < count; i++) told = dropped.record('workload-low', second);
    return told;
  });
};

describe('DroppedRequests', () => {
  it('begins with a second', () => {
    expect(waits([100])).toEqual([1]);
  });

  it.each([
    ['doubles while many are refused', [9, 9, 9, 9, 9, 9, 9, 9, 9], [1, 2, 2, 4, 4, 4, 4, 8, 8]],
    ['grows to half a minute at most', Array.from({ length: 70 }, () => 99), 32],
    [
      'falls by a second at a time when few are',
      [9, 9, 9, 9, 0, 0, 0, 0, 0, 0, 1, 1],
      [1, 2, 2, 4, 0, 0, 0, 0, 0, 0, 3, 2],
    ],
  ])('%s', (_what, perSecond, expected) => {
    const told = waits(perSecond);
    if (typeof expected === 'number') expect(Math.max(...told)).toBe(expected);
    else expect(told).toEqual(expected);
  });

  it('keeps levels apart, however many somebody makes', () => {
    const dropped = new DroppedRequests();
    for (let i = 0; i < 9; i++) dropped.record('a', 0);
    expect([dropped.record('a', 1), dropped.record('b', 1)]).toEqual([2, 1]);
    for (let i = 0; i < 1_000; i++) expect(dropped.record(`level-${i}`, 1)).toBe(1);
  });
});
