import type { SandboxId } from '#base';
import { StatusError } from '#apimachinery';

/**
 * Counts the requests that each sandbox has in the house, so that one tenant's storm is refused at its own door.
 * Watches are counted elsewhere: they last.
 */
export class InFlight {
  private readonly counts = new Map<SandboxId, number>();
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly perSandboxMax: number) {}

  /** Fails with 429. Every success is followed by one `leave`. */
  enter(sandbox: SandboxId): void {
    const count = this.counts.get(sandbox) ?? 0;
    if (count >= this.perSandboxMax) {
      throw StatusError.tooManyRequests('Too many requests, please try again later.', 1);
    }
    this.counts.set(sandbox, count + 1);
  }

  leave(sandbox: SandboxId): void {
    const count = this.counts.get(sandbox)!;
    if (count > 1) return void this.counts.set(sandbox, count - 1);
    this.counts.delete(sandbox);
    if (this.counts.size === 0) this.waiting.splice(0).forEach((resolve) => resolve());
  }

  /** Resolves when the house is empty. */
  untilEmpty(): Promise<void> {
    if (this.counts.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  get total(): number {
    let sum = 0;
    for (const count of this.counts.values()) sum += count;
    return sum;
  }
}
