import { type Clock, sleepOn, type Timer } from './clock.js';
import { invariant } from './invariant.js';

/** How virtual time follows real time; small enough to store with the sandbox. */
export interface VirtualClockState {
  /** Virtual milliseconds per real millisecond, > 0. */
  rate: number;
  paused: boolean;
  /** Virtual epoch ms at the real epoch ms `atRealMs`. */
  virtualMs: number;
  atRealMs: number;
}

interface Pending {
  dueMs: number;
  fire: () => void;
  real: Timer | undefined;
}

/**
 * A sandbox's clock: real time times `rate`, which may pause and jump forward.
 *
 *   real    0 ---- 10 ---- 20 ---- 30
 *   rate 1:  0 ---- 10                     then jump(+60):
 *   virtual             70 ---- 80 ---- 90  timers due at 15 and 65 fire, in that order
 *
 * While nothing waits it holds no real timer, so an idle sandbox costs nothing.
 */
export class VirtualClock implements Clock {
  private readonly pending = new Set<Pending>();
  private rate: number;
  private paused: boolean;
  /** Virtual time at `anchorRealMs` of the real clock's monotonic time: a jump of the wall clock does not reach the sandbox. */
  private anchorVirtualMs: number;
  private anchorRealMs: number;

  /** Without `state`: virtual time is real time from here on. Time that passed while nobody ran the clock counts. */
  constructor(
    private readonly real: Clock,
    state: VirtualClockState = { rate: 1, paused: false, virtualMs: real.nowMs(), atRealMs: real.nowMs() },
  ) {
    invariant(state.rate > 0, `a clock's rate is above 0, not ${state.rate}`);
    const missedMs = state.paused ? 0 : Math.max(0, real.nowMs() - state.atRealMs) * state.rate;
    this.rate = state.rate;
    this.paused = state.paused;
    this.anchorVirtualMs = state.virtualMs + missedMs;
    this.anchorRealMs = real.monotonicMs();
  }

  /** Whole milliseconds; never goes back. */
  nowMs(): number {
    return Math.floor(this.exactMs());
  }

  monotonicMs(): number {
    return this.exactMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const entry: Pending = { dueMs: this.exactMs() + Math.max(0, delayMs), fire, real: undefined };
    this.pending.add(entry);
    this.arm(entry);
    return {
      cancel: () => {
        entry.real?.cancel();
        this.pending.delete(entry);
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** What to store so that `new VirtualClock(real, state)` goes on from here. */
  snapshot(): VirtualClockState {
    return { rate: this.rate, paused: this.paused, virtualMs: this.exactMs(), atRealMs: this.real.nowMs() };
  }

  pause(): void {
    this.change(() => (this.paused = true));
  }

  resume(): void {
    this.change(() => (this.paused = false));
  }

  setRate(rate: number): void {
    invariant(rate > 0, `a clock's rate is above 0, not ${rate}`);
    this.change(() => (this.rate = rate));
  }

  /** Moves virtual time forward by `byMs` >= 0; timers that became due fire soon, earliest first. */
  jump(byMs: number): void {
    invariant(byMs >= 0, `time moves forward, not by ${byMs} ms`);
    this.change(() => (this.anchorVirtualMs += byMs));
  }

  private exactMs(): number {
    const passedMs = this.paused ? 0 : (this.real.monotonicMs() - this.anchorRealMs) * this.rate;
    return this.anchorVirtualMs + passedMs;
  }

  /** Anchors anew, so that what has passed is counted at the old rate, then sets every timer by the new one. */
  private change(apply: () => void): void {
    this.anchorVirtualMs = this.exactMs();
    this.anchorRealMs = this.real.monotonicMs();
    apply();
    for (const entry of [...this.pending].toSorted((a, b) => a.dueMs - b.dueMs)) this.arm(entry);
  }

  private arm(entry: Pending): void {
    entry.real?.cancel();
    entry.real = undefined;
    const waitMs = entry.dueMs - this.exactMs();
    if (this.paused && waitMs > 0) return;
    entry.real = this.real.setTimer(waitMs / this.rate, () => {
      // A real timer may fire a fraction early; never report virtual time that has not come.
      if (this.exactMs() < entry.dueMs) return this.arm(entry);
      this.pending.delete(entry);
      entry.fire();
    });
  }
}
