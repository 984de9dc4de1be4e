import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('fires due timers in order, each at its own time', async () => {
    const clock = new FakeClock(0);
    const fired: string[] = [];
    for (const [name, delayMs] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
      ['later', 31],
    ] as const) {
      clock.setTimer(delayMs, () => fired.push(`${name}@${clock.nowMs()}`));
    }
    await clock.advance(30);
    expect(fired).toEqual(['a@10', 'b@10', 'c@30']);
    expect(clock.nowMs()).toBe(30);
    expect(clock.pendingTimers).toBe(1);
  });

  it('lets promises run between timers, and fires what they set', async () => {
    const clock = new FakeClock(0);
    const woken: number[] = [];
    const run = (async () => {
      for (let round = 0; round < 3; round++) {
        await clock.sleep(10);
        await Promise.resolve();
        woken.push(clock.nowMs());
      }
    })();
    await clock.advance(25);
    expect(woken).toEqual([10, 20]);
    await clock.advance(5);
    await run;
    expect(woken).toEqual([10, 20, 30]);
  });

  it('never fires synchronously nor after cancel', async () => {
    const clock = new FakeClock();
    let fired = 0;
    clock.setTimer(0, () => fired++);
    clock.setTimer(0, () => fired++).cancel();
    expect(fired).toBe(0);
    await clock.advance(0);
    expect(fired).toBe(1);
  });

  it('ends a sleep when its signal aborts', async () => {
    const clock = new FakeClock();
    const abort = new AbortController();
    const sleep = clock.sleep(1000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });
});
