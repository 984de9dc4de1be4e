/** Services up to this size are written at every change. */
const SMALL = 100;
/** Rest after a write, per address: a thousand addresses are written at most five times a second. */
const REST_MS_PER_ADDRESS = 0.2;

/**
 * Keeps the cost of large services in bounds: every change of one of n pods writes n addresses, so n changes in a row
 * would write n². After a large write the key rests, and what happens meanwhile goes into the next one.
 * Differs: upstream has a fixed --endpoint-updates-batch-period, off by default.
 */
export class Pacer {
  private readonly restUntilMs = new Map<string, number>();

  constructor(private readonly clock: { nowMs(): number }) {}

  /** How long the key must still rest; 0: go ahead. */
  restMs(key: string): number {
    const until = this.restUntilMs.get(key);
    if (until === undefined) return 0;
    const left = until - this.clock.nowMs();
    if (left <= 0) this.restUntilMs.delete(key);
    return Math.max(0, left);
  }

  wrote(key: string, addresses: number): void {
    if (addresses > SMALL) this.restUntilMs.set(key, this.clock.nowMs() + addresses * REST_MS_PER_ADDRESS);
  }
}
