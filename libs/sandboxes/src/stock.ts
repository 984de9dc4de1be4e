import type { Clock } from '#base';

/** Enough for a class that arrives at once to wait for few; each is some kilobytes of text. */
const READY_MAX = 8;

/**
 * Things that take long to make and that any new sandbox can have, made ahead of time: a sandbox's keys and
 * certificates cost more CPU than all else of its making. Nothing is made before the first is asked for, and nothing
 * while the stock is full, so it holds no timer then.
 */
export class Stock<T> {
  private readonly ready: T[] = [];
  private filling = false;

  constructor(
    private readonly make: () => Promise<T>,
    private readonly clock: Clock,
  ) {}

  /** From the stock, else made now. Rejects as `make` does. */
  take(): Promise<T> {
    const one = this.ready.shift();
    this.fill();
    return one === undefined ? this.make() : Promise.resolve(one);
  }

  private fill(): void {
    if (this.filling || this.ready.length >= READY_MAX) return;
    this.filling = true;
    // One at a time with a turn for requests between: filling must not be felt.
    this.clock.setTimer(0, () => {
      this.make().then(
        (one) => {
          this.filling = false;
          this.ready.push(one);
          this.fill();
        },
        () => {
          // Whoever needs the next one makes it and hears why.
          this.filling = false;
        },
      );
    });
  }
}
