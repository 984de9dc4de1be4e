import { describe, expect, it } from '@jest/globals';
import { FairTurns } from './fair-turns.js';

/** Time that pieces take: nothing, unless a spec says otherwise. */
class Stopwatch {
  nowMs = 0;
  monotonicMs = () => this.nowMs;
}

const loop = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Takes turns for all that arrive, each costing `pieceMs`, until all are served: their order. */
class Served {
  readonly clock = new Stopwatch();
  readonly turns = new FairTurns<string>(this.clock);
  readonly order: string[] = [];
  private all: Promise<void>[] = [];

  constructor(private readonly pieceMs: number) {}

  arrive(...names: string[]): this {
    for (const name of names) {
      const turn = this.turns.turnOf(name);
      const serve = () => {
        this.clock.nowMs += this.pieceMs;
        this.order.push(name);
      };
      this.all.push(turn ? turn.then(serve) : Promise.resolve(serve()));
    }
    return this;
  }

  async done(): Promise<string[]> {
    await Promise.all(this.all);
    return this.order;
  }
}

const storm = (count: number) => Array.from({ length: count }, () => 'storm');

describe('FairTurns', () => {
  it('lets what comes alone begin at once', async () => {
    const turns = new FairTurns<string>(new Stopwatch());
    expect([turns.turnOf('a'), turns.turnOf('b')]).toEqual([undefined, undefined]);
    expect(turns.turnOf('a')).toBeInstanceOf(Promise);
    await loop();
    await loop();
    expect(turns.turnOf('a')).toBeUndefined();
  });

  it('takes the lines in turn', async () => {
    const order = await new Served(0.1).arrive('calm', ...storm(100), 'calm', 'calm').done();
    expect(order).toHaveLength(103);
    expect(order.lastIndexOf('calm')).toBeLessThanOrEqual(5);
  });

  it('lets a newcomer go before those who wait', async () => {
    const served = new Served(1).arrive(...storm(100));
    for (let i = 0; i < 3; i++) await loop();
    const before = served.order.length;
    served.arrive('calm');
    expect(served.order[before]).toBe('calm');
    expect((await served.done()).slice(0, before)).toEqual(storm(before));
  });

  it('lets few newcomers between two goes, so that many cannot keep the sockets waiting', () => {
    const turns = new FairTurns<string>(new Stopwatch());
    const begun = Array.from({ length: 10 }, (_, i) => turns.turnOf(`s${i}`) === undefined);
    expect(begun.filter((now) => now)).toHaveLength(4);
  });

  it.each([
    ['shorter while there are two', ['calm'], 2],
    ['longer while there is one', [], 8],
  ])('goes on for a time that is %s', async (_when, others, pieces) => {
    const served = new Served(1).arrive(...others, ...storm(100));
    await loop();
    await loop();
    const before = served.order.length;
    await loop();
    expect(served.order.length - before).toBe(pieces);
    await served.done();
  });

  it('does what ends something before what begins something', async () => {
    const turns = new FairTurns<string>(new Stopwatch());
    const order: string[] = [];
    turns.run('a', () => order.push('end 1'));
    const begun = turns.turnOf('a')!.then(() => order.push('begin'));
    turns.run('a', () => order.push('end 2'));
    expect([order, turns.hasMore('a'), turns.hasMore('b')]).toEqual([['end 1'], true, false]);
    await begun;
    expect([order, turns.hasMore('a')]).toEqual([['end 1', 'end 2', 'begin'], false]);
  });

  it('keeps the order within a line, and forgets nobody', async () => {
    const served = new Served(0.3);
    const names = Array.from({ length: 60 }, (_, i) => `s${i % 7}`);
    expect((await served.arrive(...names).done()).toSorted()).toEqual(names.toSorted());
  });
});
