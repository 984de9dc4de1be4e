import { FakeClock } from '#testing';
import { describe, expect, it } from '@jest/globals';
import { backoffMs } from './backoff.js';
import { BoundedQueue } from './bounded-queue.js';
import { invariant } from './invariant.js';
import { registryOf } from './registry-of.js';
import { sandboxId } from './sandbox.js';
import { Trace, TraceRing } from './trace.js';

describe('backoffMs', () => {
  const policy = { baseMs: 5, maxMs: 1000 };
  it.each([
    [0, 5],
    [1, 10],
    [7, 640],
    [8, 1000],
    [5000, 1000],
  ])('attempt %d waits %d ms', (attempt, ms) => expect(backoffMs(policy, attempt)).toBe(ms));

  it('adds jitter by chance', () => {
    expect(backoffMs({ ...policy, jitter: 0.1 }, 8, () => 0.5)).toBe(1050);
    expect(backoffMs({ ...policy, factor: 3 }, 2)).toBe(45);
  });
});

describe('BoundedQueue', () => {
  it('is first in, first out, and full at its limit', () => {
    const queue = new BoundedQueue<number>(2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
    expect([queue.shift(), queue.size, queue.push(4)]).toEqual([1, 1, true]);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 4, undefined]);
  });

  it('keeps order through many rounds', () => {
    const queue = new BoundedQueue<number>(500);
    let [pushed, shifted] = [0, 0];
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < (round % 7) + 3 && queue.push(pushed); i++) pushed++;
      for (let i = 0; i < round % 6; i++) if (queue.size > 0) expect(queue.shift()).toBe(shifted++);
      expect(queue.size).toBe(pushed - shifted);
    }
    queue.clear();
    expect([queue.size, queue.shift()]).toEqual([0, undefined]);
  });
});

describe('sandboxId', () => {
  it.each(['default', 'team-a.lab-1', 'a', '0', 'x'.repeat(127)])('takes %s', (id) => expect(sandboxId(id)).toBe(id));
  it.each(['', 'A', 'a/b', '../a', 'a..b', '-a', 'a-', 'a\0', 'a%2fb', 'x'.repeat(128)])('refuses %j', (id) => {
    expect(sandboxId(id)).toBeUndefined();
  });
});

describe('Trace', () => {
  it('measures spans, and counts those beyond its limit', async () => {
    const clock = new FakeClock();
    const trace = new Trace('t', 'GET /', clock);
    const end = trace.start('store', { key: 'k' });
    await clock.advance(5);
    end({ revision: 7 });
    expect(trace.spans).toEqual([{ name: 'store', startMs: 0, endMs: 5, attributes: { key: 'k', revision: 7 } }]);
    for (let i = 0; i < Trace.SPANS_PER_TRACE_MAX + 1; i++) trace.start('more')();
    expect([trace.spans.length, trace.droppedSpans]).toEqual([Trace.SPANS_PER_TRACE_MAX, 2]);
  });

  it('keeps the newest in a ring', () => {
    const ring = new TraceRing(3);
    for (const id of ['a', 'b', 'c', 'd']) ring.add(new Trace(id, '', new FakeClock()));
    expect(ring.latest().map(({ id }) => id)).toEqual(['d', 'c', 'b']);
    expect(new TraceRing(3).latest()).toEqual([]);
    expect(() => new TraceRing(0)).toThrow('invariant violated');
  });
});

describe('registryOf', () => {
  it('finds by name and refuses one listed twice', () => {
    expect(registryOf('kind', ['a', 'b'], (name) => name).get('b')).toBe('b');
    expect(() => registryOf('kind', ['a', 'a'], (name) => name)).toThrow('invariant violated: kind a is listed twice');
    expect(() => invariant(true, 'never')).not.toThrow();
  });
});
