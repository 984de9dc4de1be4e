import type { Clock, Timer } from '#base';

/**
 * Keys that become due later, on one timer for the earliest of them; none while nothing waits. A key waits once: of two
 * delays the earlier counts, as in client-go's delaying queue.
 */
export class DelayedKeys {
  private readonly dueMs = new Map<string, number>();
  private timer: Timer | undefined;
  private timerDueMs = Infinity;

  constructor(
    private readonly clock: Clock,
    private readonly due: (key: string) => void,
  ) {}

  get size(): number {
    return this.dueMs.size;
  }

  add(key: string, delayMs: number): void {
    const at = this.clock.nowMs() + delayMs;
    if (at >= (this.dueMs.get(key) ?? Infinity)) return;
    this.dueMs.set(key, at);
    if (at < this.timerDueMs) this.arm(at);
  }

  remove(key: string): void {
    this.dueMs.delete(key);
    // A timer that is left for others may fire too early for them; it arms itself again.
    if (this.dueMs.size === 0) this.clear();
  }

  clear(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.timerDueMs = Infinity;
    this.dueMs.clear();
  }

  private arm(at: number): void {
    this.timer?.cancel();
    this.timerDueMs = at;
    this.timer = this.clock.setTimer(at - this.clock.nowMs(), () => this.fire());
  }

  /** Walks all that wait: once per due time, and what waits is few (back-offs, deadlines). */
  private fire(): void {
    this.timer = undefined;
    this.timerDueMs = Infinity;
    const now = this.clock.nowMs();
    let next = Infinity;
    const ready: string[] = [];
    for (const [key, at] of this.dueMs) {
      if (at <= now) ready.push(key);
      else next = Math.min(next, at);
    }
    for (const key of ready) this.dueMs.delete(key);
    if (next !== Infinity) this.arm(next);
    for (const key of ready) this.due(key);
  }
}
