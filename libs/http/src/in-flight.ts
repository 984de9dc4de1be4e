import type { SandboxId } from '#base';
import { StatusError } from '#apimachinery';

/** Requests at once. As kube-apiserver's --max-requests-inflight and --max-mutating-requests-inflight, here of each sandbox. */
export interface InFlightLimits {
  readonly readsMax: number;
  readonly writesMax: number;
  /** Of both, in all sandboxes together: what this process can hold in memory when every body is as large as it may be. */
  readonly allMax: number;
}

/** One user of a sandbox leaves this part of its room to the others. */
const LEFT_BY_ONE_USER = 0.25;

interface Counts {
  reads: number;
  writes: number;
  readonly byUser: Map<string, number>;
}

/** A request's place; `user` once it is known. */
export interface Place {
  readonly sandbox: SandboxId;
  readonly mutating: boolean;
  user?: string;
}

/**
 * Counts the requests that each sandbox, and each of its users, has in the house, so that one tenant's storm is refused at
 * its own door, and one learner's does not fill the class's cluster. Watches are counted elsewhere: they last.
 */
export class InFlight {
  /** Refused ones, by what was full: for metrics. */
  readonly rejected = { sandbox: 0, user: 0, process: 0 };
  private readonly counts = new Map<SandboxId, Counts>();
  private readonly waiting: (() => void)[] = [];
  private all = 0;

  constructor(private readonly limits: InFlightLimits) {}

  /** Fails with 429. Every success is followed by one `leave`. */
  enter(sandbox: SandboxId, mutating: boolean): Place {
    if (this.all >= this.limits.allMax) throw this.refuse('process');
    const counts = this.counts.get(sandbox) ?? { reads: 0, writes: 0, byUser: new Map<string, number>() };
    if (mutating ? counts.writes >= this.limits.writesMax : counts.reads >= this.limits.readsMax) {
      throw this.refuse('sandbox');
    }
    if (mutating) counts.writes++;
    else counts.reads++;
    this.counts.set(sandbox, counts);
    this.all++;
    return { sandbox, mutating };
  }

  /** The place is this user's from here on. Fails with 429; the place stays to be left. */
  claim(place: Place, user: string): void {
    const { byUser } = this.counts.get(place.sandbox)!;
    const count = byUser.get(user) ?? 0;
    const { readsMax, writesMax } = this.limits;
    if (count >= Math.max(1, Math.floor((readsMax + writesMax) * (1 - LEFT_BY_ONE_USER)))) throw this.refuse('user');
    byUser.set(user, count + 1);
    place.user = user;
  }

  leave({ sandbox, mutating, user }: Place): void {
    const counts = this.counts.get(sandbox)!;
    if (mutating) counts.writes--;
    else counts.reads--;
    this.all--;
    if (user !== undefined) {
      const left = counts.byUser.get(user)! - 1;
      if (left === 0) counts.byUser.delete(user);
      else counts.byUser.set(user, left);
    }
    if (counts.reads + counts.writes > 0) return;
    this.counts.delete(sandbox);
    if (this.counts.size === 0) this.waiting.splice(0).forEach((resolve) => resolve());
  }

  /** Resolves when the house is empty. */
  untilEmpty(): Promise<void> {
    if (this.counts.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  get total(): number {
    return this.all;
  }

  private refuse(full: keyof InFlight['rejected']): StatusError {
    this.rejected[full]++;
    return StatusError.tooManyRequests('Too many requests, please try again later.', 1);
  }
}
