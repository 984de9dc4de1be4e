import { describe, expect, it } from '@jest/globals';
import { sandboxId, type SandboxId } from '#base';
import { FairTurns } from './fair-turns.js';

const id = (name: string) => sandboxId(name) as SandboxId;

async function orderOf(arrivals: readonly string[], later: readonly string[] = []): Promise<string[]> {
  const turns = new FairTurns();
  const order: string[] = [];
  const serve = async (name: string) => {
    const turn = turns.turnOf(id(name));
    if (turn) await turn;
    order.push(name);
  };
  const all = arrivals.map(serve);
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([...all, ...later.map(serve)]);
  return order;
}

describe('FairTurns', () => {
  it('lets a few start at once', () => {
    const turns = new FairTurns();
    const waits = Array.from({ length: 10 }, () => turns.turnOf(id('a')) !== undefined);
    expect(waits).toEqual([...Array.from({ length: 8 }, () => false), true, true]);
  });

  it('takes the lines of sandboxes in turn', async () => {
    const storm = Array.from({ length: 100 }, () => 'storm');
    const order = await orderOf([...storm, 'calm', 'calm']);
    expect(order).toHaveLength(102);
    expect(order.indexOf('calm')).toBeLessThanOrEqual(10);
    expect(order.lastIndexOf('calm')).toBeLessThanOrEqual(12);
  });

  it('lets a newcomer in between', async () => {
    const order = await orderOf(
      Array.from({ length: 100 }, () => 'storm'),
      ['calm'],
    );
    expect(order.indexOf('calm')).toBeLessThanOrEqual(26);
  });

  it('keeps the order within a sandbox, and forgets nobody', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `s${i % 7}`);
    const order = await orderOf(names);
    expect(order.toSorted()).toEqual(names.toSorted());
  });
});
