import type { Clock, Timer } from '#base';

/**
 * Who wants to be called when, with one clock timer for the earliest: a thousand waiting pods cost one timer, and when
 * no one waits there is none. Each key has at most one date; a later call replaces it.
 */
export class Agenda<K> {
  private readonly dueMs = new Map<K, number>();
  private timer: Timer | undefined;
  private timerMs = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly call: (key: K) => void,
  ) {}

  at(key: K, dueMs: number): void {
    this.dueMs.set(key, dueMs);
    if (dueMs < this.timerMs) this.arm(dueMs);
  }

  cancel(key: K): void {
    // The timer may then come for nothing, once.
    this.dueMs.delete(key);
    if (this.dueMs.size === 0) this.disarm();
  }

  stop(): void {
    this.dueMs.clear();
    this.disarm();
  }

  private disarm(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerMs = Infinity;
  }

  private arm(dueMs: number): void {
    this.timer?.cancel();
    this.timerMs = dueMs;
    this.timer = this.clock.setTimer(Math.max(0, dueMs - this.clock.nowMs()), () => this.fire());
  }

  /** Calls those whose time has come, the earliest first, then waits for the next. */
  private fire(): void {
    this.timer = undefined;
    this.timerMs = Infinity;
    const nowMs = this.clock.nowMs();
    const due = [...this.dueMs].filter(([, at]) => at <= nowMs).toSorted(([, a], [, b]) => a - b);
    for (const [key] of due) this.dueMs.delete(key);
    for (const [key] of due) this.call(key);
    let next = Infinity;
    for (const at of this.dueMs.values()) next = Math.min(next, at);
    if (next < this.timerMs) this.arm(next);
  }
}
