import { FakeClock } from '#testing';
import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from './virtual-clock.js';

const START_MS = 1_000_000;
const world = () => {
  const real = new FakeClock(START_MS);
  const clock = new VirtualClock(real);
  const fired: string[] = [];
  const set = (name: string, delayMs: number) =>
    clock.setTimer(delayMs, () => fired.push(`${name}@${clock.nowMs() - START_MS}`));
  return { real, clock, fired, set };
};

describe('VirtualClock', () => {
  it('follows real time, then jumps: timers on the way fire in order', async () => {
    const { real, clock, fired, set } = world();
    set('b', 65);
    set('a', 15);
    set('c', 75);
    await real.advance(10);
    clock.jump(60);
    await real.advance(0);
    expect(fired).toEqual(['a@70', 'b@70']);
    await real.advance(5);
    expect(fired).toEqual(['a@70', 'b@70', 'c@75']);
  });

  it('stands while paused, and holds no real timer', async () => {
    const { real, clock, fired, set } = world();
    set('a', 10);
    clock.pause();
    expect(real.pendingTimers).toBe(0);
    await real.advance(1000);
    expect(clock.nowMs()).toBe(START_MS);
    clock.resume();
    await real.advance(10);
    expect(fired).toEqual(['a@10']);
  });

  it('fires what a jump makes due also while paused', async () => {
    const { real, clock, fired, set } = world();
    clock.pause();
    set('a', 10);
    clock.jump(10);
    await real.advance(0);
    expect(fired).toEqual(['a@10']);
  });

  it('runs at its rate, also when that changes under way', async () => {
    const { real, clock, fired, set } = world();
    set('a', 100);
    await real.advance(40);
    clock.setRate(60);
    await real.advance(1);
    expect(fired).toEqual(['a@100']);
    clock.setRate(0.5);
    await real.advance(10);
    expect(clock.nowMs() - START_MS).toBe(105);
  });

  it('cancels', async () => {
    const { real, fired, set } = world();
    set('a', 10).cancel();
    await real.advance(20);
    expect(fired).toEqual([]);
    expect(real.pendingTimers).toBe(0);
  });

  it('goes on from a snapshot, counting the time in between unless paused', async () => {
    const { real, clock } = world();
    clock.setRate(2);
    await real.advance(10);
    const running = clock.snapshot();
    clock.pause();
    const paused = clock.snapshot();
    await real.advance(10);
    expect(new VirtualClock(real, running).nowMs() - START_MS).toBe(40);
    expect(new VirtualClock(real, paused).nowMs() - START_MS).toBe(20);
  });

  it('never goes back when the wall clock does', () => {
    let [wallMs, monotonicMs] = [START_MS, 0];
    const real = Object.assign(new FakeClock(), { nowMs: () => wallMs, monotonicMs: () => monotonicMs });
    const clock = new VirtualClock(real);
    [wallMs, monotonicMs] = [START_MS - 50_000, 10];
    expect(clock.nowMs()).toBe(START_MS + 10);
    const state = { rate: 1, paused: false, virtualMs: START_MS, atRealMs: START_MS };
    expect(new VirtualClock(real, state).nowMs()).toBe(START_MS);
  });

  it('re-arms when a real timer comes early', () => {
    const { real } = world();
    const timers: (() => void)[] = [];
    let nowMs = 0;
    const early = Object.assign(Object.create(real) as FakeClock, {
      monotonicMs: () => nowMs,
      setTimer: (_delayMs: number, fire: () => void) => (timers.push(fire), { cancel: () => undefined }),
    });
    let fired = 0;
    new VirtualClock(early).setTimer(10, () => fired++);
    nowMs = 9.5;
    timers.shift()!();
    expect([fired, timers.length]).toEqual([0, 1]);
    nowMs = 10;
    timers.shift()!();
    expect(fired).toBe(1);
  });

  it.each([
    ['a rate of 0', (clock: VirtualClock) => clock.setRate(0)],
    ['a jump back', (clock: VirtualClock) => clock.jump(-1)],
  ])('refuses %s', (_what, act) => expect(() => act(world().clock)).toThrow('invariant violated'));
});
