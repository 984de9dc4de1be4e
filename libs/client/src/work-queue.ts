import { backoffMs, BoundedQueue, type Clock } from '#base';
import { DelayedKeys } from './delayed-keys.js';

/** Per key, as client-go's DefaultControllerRateLimiter. */
const RETRY = { baseMs: 5, maxMs: 1_000_000 };

export interface WorkQueueOptions {
  /** For back-off of failures: the server's. */
  readonly clock: Clock;
  /** For `addAfter`: what waits for something simulated waits on the sandbox's time. Default: `clock`. */
  readonly simulatedClock?: Clock;
  /** Called whenever a key became ready to take. */
  readonly ready?: () => void;
}

/**
 * Keys to look at. A key waits once however often it is added, and is never worked on twice at the same time: added
 * while in work, it waits again after `done`.
 *
 *   add a, add a        waiting [a]
 *   take → a, add a     waiting [],  in work {a}, again {a}
 *   done a              waiting [a]
 *
 * So its size is bounded by the number of objects it speaks of. Models client-go util/workqueue (1.36).
 */
export class WorkQueue {
  private readonly order = new BoundedQueue<string>(Infinity);
  private readonly waiting = new Set<string>();
  private readonly working = new Set<string>();
  private readonly again = new Set<string>();
  private readonly failures = new Map<string, number>();
  private readonly retries: DelayedKeys;
  private readonly later: DelayedKeys;
  private stopped = false;

  constructor(private readonly options: WorkQueueOptions) {
    this.retries = new DelayedKeys(options.clock, (key) => this.add(key));
    this.later = new DelayedKeys(options.simulatedClock ?? options.clock, (key) => this.add(key));
  }

  /** Ready to take. */
  get size(): number {
    return this.waiting.size;
  }

  get inWork(): number {
    return this.working.size;
  }

  /** Waiting for their back-off or their time. */
  get delayed(): number {
    return this.retries.size + this.later.size;
  }

  add(key: string): void {
    if (this.stopped || this.waiting.has(key)) return;
    if (this.working.has(key)) {
      this.again.add(key);
      return;
    }
    this.waiting.add(key);
    this.order.push(key);
    this.options.ready?.();
  }

  /** Adds after `delayMs` of the sandbox's time. */
  addAfter(key: string, delayMs: number): void {
    if (this.stopped) return;
    if (delayMs <= 0) this.add(key);
    else this.later.add(key, delayMs);
  }

  /**
   * The key's next look, in place of any that was planned by `addAfter` or here; undefined: none. So a deadline that is
   * no longer of interest keeps no timer.
   */
  plan(key: string, delayMs: number | undefined): void {
    this.later.remove(key);
    if (delayMs !== undefined) this.addAfter(key, delayMs);
  }

  /** Adds after the key's back-off, which grows with every retry until `forget`. Gives how often it has failed. */
  retry(key: string): number {
    const failed = this.failures.get(key) ?? 0;
    if (this.stopped) return failed;
    this.failures.set(key, failed + 1);
    this.retries.add(key, backoffMs(RETRY, failed));
    return failed + 1;
  }

  /** It went well: the next failure starts from the shortest back-off. */
  forget(key: string): void {
    this.failures.delete(key);
  }

  /** The key that waits longest, now in work until `done`. */
  take(): string | undefined {
    const key = this.order.shift();
    if (key === undefined) return undefined;
    this.waiting.delete(key);
    this.working.add(key);
    return key;
  }

  done(key: string): void {
    this.working.delete(key);
    if (this.again.delete(key)) this.add(key);
  }

  /** Forgets all; later calls do nothing. */
  stop(): void {
    this.stopped = true;
    this.order.clear();
    this.waiting.clear();
    this.again.clear();
    this.failures.clear();
    this.retries.clear();
    this.later.clear();
  }
}
