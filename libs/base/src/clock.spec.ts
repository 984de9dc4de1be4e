import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { sleepOn, systemClock } from './clock.js';

describe('systemClock', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('fires once, after the delay, never at once', () => {
    let fired = 0;
    systemClock.setTimer(0, () => fired++);
    systemClock.setTimer(-5, () => fired++);
    expect(fired).toBe(0);
    jest.advanceTimersByTime(1);
    expect(fired).toBe(2);
  });

  it('waits longer than 32 bits of milliseconds', () => {
    const DAY_MS = 86_400_000;
    let fired = 0;
    systemClock.setTimer(60 * DAY_MS, () => fired++);
    const cancelled = systemClock.setTimer(60 * DAY_MS, () => fired++);
    jest.advanceTimersByTime(59 * DAY_MS);
    expect(fired).toBe(0);
    cancelled.cancel();
    jest.advanceTimersByTime(DAY_MS);
    expect(fired).toBe(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('sleeps until the signal aborts, and leaves no timer', async () => {
    const abort = new AbortController();
    const sleep = systemClock.sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(systemClock.sleep(1000, abort.signal)).rejects.toThrow('enough');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('takes its listener off a signal that lives on', async () => {
    const abort = new AbortController();
    const removed = jest.spyOn(abort.signal, 'removeEventListener');
    const sleep = sleepOn(systemClock, 5, abort.signal);
    jest.advanceTimersByTime(5);
    await sleep;
    expect(removed).toHaveBeenCalledTimes(1);
  });
});
