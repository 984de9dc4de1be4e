import type { SandboxId } from '#base';
import { Overloaded } from './in-flight.js';

/** The part of a sandbox's watches that one user may have. */
const USER_SHARE_MAX = 0.75;

interface Counts {
  all: number;
  readonly byUser: Map<string, number>;
}

/**
 * How many watches each sandbox, and each of its users, has open, by whichever face. Differs: upstream counts the memory of
 * its one cluster's watches only by what it has; here others live in it too.
 */
export class WatchPlaces {
  /** Refused ones: for metrics. */
  rejected = 0;
  private readonly counts = new Map<SandboxId, Counts>();
  private all = 0;

  constructor(private readonly perSandboxMax: number) {}

  get total(): number {
    return this.all;
  }

  /** Fails with 429 when the sandbox has as many as it may, or the user more than leaves room for others. Call the result once. */
  take(sandbox: SandboxId, user: string): () => void {
    const counts = this.counts.get(sandbox) ?? { all: 0, byUser: new Map<string, number>() };
    const ofUser = counts.byUser.get(user) ?? 0;
    const perUserMax = Math.max(1, Math.floor(this.perSandboxMax * USER_SHARE_MAX));
    if (counts.all >= this.perSandboxMax || ofUser >= perUserMax) {
      this.rejected++;
      throw new Overloaded();
    }
    this.counts.set(sandbox, counts);
    counts.byUser.set(user, ofUser + 1);
    counts.all++;
    this.all++;
    return () => this.leave(sandbox, user, counts);
  }

  private leave(sandbox: SandboxId, user: string, counts: Counts): void {
    const left = counts.byUser.get(user)! - 1;
    if (left === 0) counts.byUser.delete(user);
    else counts.byUser.set(user, left);
    counts.all--;
    this.all--;
    if (counts.all === 0) this.counts.delete(sandbox);
  }
}
