import { describe, expect, it } from '@jest/globals';
import { VirtualClock } from '#base';
import { FakeClock } from '#testing';
import { obey, obeyed } from './sandbox-clock.js';

describe('a sandbox clock', () => {
  it('keeps what has passed, at each rate that was set', async () => {
    const real = new FakeClock();
    const clock = new VirtualClock(real);
    const start = clock.nowMs();
    await real.advance(1_000);
    obey(clock, { rate: '60' });
    await real.advance(1_000);
    obey(clock, { rate: '60', paused: true });
    await real.advance(5_000);
    obey(clock, undefined);
    await real.advance(1_000);
    expect(clock.nowMs() - start).toBe(1_000 + 60_000 + 1_000);
  });

  it('goes on in a process that starts later', async () => {
    const real = new FakeClock();
    const state = obeyed(real, undefined, { rate: '10' });
    await real.advance(2_000);
    expect(new VirtualClock(real, state).nowMs() - state.virtualMs).toBe(20_000);
  });
});
