import { type Clock, sleepOn, type Timer } from './clock.js';

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

  constructor(
    private readonly real: Clock,
    private state: VirtualClockState = { rate: 1, paused: false, virtualMs: real.nowMs(), atRealMs: real.nowMs() },
  ) {}

  nowMs(): number {
    const { rate, paused, virtualMs, atRealMs } = this.state;
    return paused ? virtualMs : virtualMs + (this.real.nowMs() - atRealMs) * rate;
  }

  monotonicMs(): number {
    return this.nowMs();
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const entry: Pending = { dueMs: this.nowMs() + Math.max(0, delayMs), fire, real: undefined };
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
    return { ...this.state, virtualMs: this.nowMs(), atRealMs: this.real.nowMs() };
  }

  pause(): void {
    this.change({ paused: true });
  }

  resume(): void {
    this.change({ paused: false });
  }

  setRate(rate: number): void {
    this.change({ rate });
  }

  /** Moves virtual time forward by `byMs` >= 0; timers that became due fire soon, earliest first. */
  jump(byMs: number): void {
    this.change({ virtualMs: this.nowMs() + byMs });
  }

  private change(part: Partial<VirtualClockState>): void {
    this.state = { ...this.snapshot(), ...part };
    for (const entry of [...this.pending].toSorted((a, b) => a.dueMs - b.dueMs)) this.arm(entry);
  }

  private arm(entry: Pending): void {
    entry.real?.cancel();
    entry.real = undefined;
    if (this.state.paused && entry.dueMs > this.state.virtualMs) return;
    entry.real = this.real.setTimer((entry.dueMs - this.nowMs()) / this.state.rate, () => {
      // A real timer may fire a fraction early; never report virtual time that has not come.
      if (this.nowMs() < entry.dueMs) return this.arm(entry);
      this.pending.delete(entry);
      entry.fire();
    });
  }
}
