import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { WorkQueue } from './work-queue.js';

function aQueue() {
  const clock = new FakeClock();
  const simulatedClock = new FakeClock();
  let readies = 0;
  const queue = new WorkQueue({ clock, simulatedClock, ready: () => readies++ });
  return { clock, simulatedClock, queue, readies: () => readies };
}

describe('WorkQueue', () => {
  it('holds a key once, in order of adding', () => {
    const { queue, readies } = aQueue();
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key);
    expect([queue.take(), queue.take(), queue.take(), queue.take()]).toEqual(['a', 'b', 'c', undefined]);
    expect(readies()).toBe(3);
  });

  it('keeps a key that is added in work until it is done', () => {
    const { queue } = aQueue();
    queue.add('a');
    queue.take();
    queue.add('a');
    queue.add('a');
    expect(queue.take()).toBeUndefined();
    expect(queue.inWork).toBe(1);
    queue.done('a');
    expect(queue.take()).toBe('a');
    queue.done('a');
    expect(queue.take()).toBeUndefined();
  });

  it('backs off from 5 ms, doubling, until it is told that all is well', async () => {
    const { queue, clock } = aQueue();
    const waits: number[] = [];
    for (let failure = 0; failure < 4; failure++) {
      expect(queue.retry('a')).toBe(failure + 1);
      let waited = 0;
      for (; queue.take() === undefined; waited++) await clock.advance(1);
      queue.done('a');
      waits.push(waited);
    }
    expect(waits).toEqual([5, 10, 20, 40]);
    queue.forget('a');
    expect(queue.retry('a')).toBe(1);
    await clock.advance(5);
    expect(queue.take()).toBe('a');
  });

  it('never backs off longer than 1000 s', async () => {
    const { queue, clock } = aQueue();
    for (let failure = 0; failure < 40; failure++) {
      queue.retry('a');
      await clock.advance(1_000_000);
      expect(queue.take()).toBe('a');
      queue.done('a');
    }
  });

  it('waits for simulated things on the simulated clock, the earlier of two waits counting', async () => {
    const { queue, clock, simulatedClock } = aQueue();
    queue.addAfter('a', 1000);
    queue.addAfter('a', 500);
    queue.addAfter('a', 2000);
    queue.addAfter('b', 700);
    await clock.advance(10_000);
    expect(queue.size).toBe(0);
    expect(simulatedClock.pendingTimers).toBe(1);
    await simulatedClock.advance(500);
    expect([queue.take(), queue.take()]).toEqual(['a', undefined]);
    await simulatedClock.advance(200);
    expect(queue.take()).toBe('b');
    expect(simulatedClock.pendingTimers).toBe(0);
  });

  it('plans one next look per key, the last plan counting', async () => {
    const { queue, simulatedClock } = aQueue();
    queue.plan('a', 100);
    queue.plan('a', 500);
    queue.plan('b', 300);
    await simulatedClock.advance(300);
    expect([queue.take(), queue.take()]).toEqual(['b', undefined]);
    queue.plan('a', undefined);
    expect(simulatedClock.pendingTimers).toBe(0);
    await simulatedClock.advance(1000);
    expect(queue.take()).toBeUndefined();
  });

  it('is silent after stop', async () => {
    const { queue, clock, simulatedClock } = aQueue();
    queue.add('a');
    queue.retry('b');
    queue.addAfter('c', 10);
    queue.stop();
    queue.add('d');
    await clock.advance(100);
    await simulatedClock.advance(100);
    expect(queue.take()).toBeUndefined();
    expect(clock.pendingTimers + simulatedClock.pendingTimers).toBe(0);
  });
});
