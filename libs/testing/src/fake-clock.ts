import { type Clock, sleepOn, type Timer } from '#base';

/** 2026-01-01T00:00:00Z */
const START_MS = 1_767_225_600_000;
/** One `advance` that fires more is a timer that arms itself again without delay: say so instead of hanging. */
const FIRES_MAX = 100_000;

interface Pending {
  readonly dueMs: number;
  readonly fire: () => void;
}

/**
 * A clock that stands still until a spec moves it. Timers fire in order of their time, those of one time in order of
 * setting, each at its own `nowMs`; between two, everything that promises have to do is done.
 *
 *   const clock = new FakeClock();
 *   const done = clock.sleep(5_000);
 *   await clock.advance(5_000);
 *   await done;
 */
export class FakeClock implements Clock {
  /** Sorted by `dueMs`. */
  private readonly pending: Pending[] = [];
  private readonly startMs: number;
  private currentMs: number;

  constructor(startMs: number = START_MS) {
    this.startMs = startMs;
    this.currentMs = startMs;
  }

  nowMs(): number {
    return this.currentMs;
  }

  monotonicMs(): number {
    return this.currentMs - this.startMs;
  }

  get pendingTimers(): number {
    return this.pending.length;
  }

  setTimer(delayMs: number, fire: () => void): Timer {
    const entry: Pending = { dueMs: this.currentMs + Math.max(0, delayMs), fire };
    this.pending.splice(this.placeAfter(entry.dueMs), 0, entry);
    return {
      cancel: () => {
        const place = this.pending.indexOf(entry);
        if (place !== -1) this.pending.splice(place, 1);
      },
    };
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, delayMs, signal);
  }

  /** Moves time on by `byMs`, firing what becomes due on the way, also what is set on the way. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.currentMs + byMs;
    await this.settle();
    for (let fires = 0; ; fires++) {
      const next = this.pending[0];
      if (next === undefined || next.dueMs > untilMs) break;
      if (fires === FIRES_MAX)
        throw new Error(`more than ${FIRES_MAX} timers in one advance: one re-arms without delay`);
      this.pending.shift();
      this.currentMs = Math.max(this.currentMs, next.dueMs);
      next.fire();
      await this.settle();
    }
    this.currentMs = untilMs;
  }

  /** Lets promises that are ready run until none is; time stands still. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  private placeAfter(dueMs: number): number {
    let [low, high] = [0, this.pending.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.pending[middle]!.dueMs <= dueMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
