import { describe, expect, it } from '@jest/globals';
import { entropy, Random } from './random.js';

const draws = (random: Random, count: number) => Array.from({ length: count }, () => random.next());

describe('Random', () => {
  it('repeats itself for a seed and differs between seeds', () => {
    expect(draws(new Random('a'), 5)).toEqual(draws(new Random('a'), 5));
    expect(draws(new Random('a'), 5)).not.toEqual(draws(new Random('b'), 5));
  });

  it('derives streams that draws on the parent do not shift', () => {
    const parent = new Random('a');
    const before = parent.derive('x').uuid();
    parent.next();
    expect(parent.derive('x').uuid()).toBe(before);
    expect(parent.derive('y').uuid()).not.toBe(before);
  });

  it('is uniform enough', () => {
    const counts = new Array<number>(10).fill(0);
    const random = new Random('dice');
    for (let i = 0; i < 10_000; i++) counts[random.int(10)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
    expect(Math.min(...draws(random, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...draws(random, 1000))).toBeLessThan(1);
  });

  it('makes version 4 UUIDs and names of the safe alphabet', () => {
    const random = new Random('names');
    const uuids = new Set(Array.from({ length: 1000 }, () => random.uuid()));
    expect(uuids.size).toBe(1000);
    for (const uuid of uuids)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(random.nameSuffix()).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
    expect(random.nameSuffix(10)).toHaveLength(10);
  });

  it('draws real entropy when asked', () => {
    expect(entropy()).toMatch(/^[0-9a-f]{32}$/);
    expect(entropy(4)).toHaveLength(8);
    expect(entropy()).not.toBe(entropy());
  });
});
