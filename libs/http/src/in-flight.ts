import { StatusError } from '#apimachinery';
import type { SandboxId } from '#base';

/** Requests at once. As kube-apiserver's --max-requests-inflight and --max-mutating-requests-inflight, here of each sandbox. */
export interface InFlightLimits {
  readonly readsMax: number;
  readonly writesMax: number;
  /**
   * Of one sandbox, whatever they are. Differs: upstream has no limit for what an exempt level takes, but there the
   * administrators of one cluster are nobody else's neighbours.
   */
  readonly sandboxMax: number;
  /** Of both, in all sandboxes together: what this process can hold in memory when every body is as large as it may be. */
  readonly allMax: number;
}

/** One user of a sandbox leaves this part of its room to the others. */
const LEFT_BY_ONE_USER = 0.25;

/** The answer when there are too many at once: plain text, as upstream's filter writes it, not a Status. */
export class Overloaded extends StatusError {
  constructor(retryAfterSeconds = 1) {
    super(429, 'TooManyRequests', 'Too many requests, please try again later.', { retryAfterSeconds });
  }
}

interface Counts {
  all: number;
  reads: number;
  writes: number;
  readonly byUser: Map<string, number>;
}

/** A request's place; `claimed` once its caller is known and limits hold for it. */
export interface Place {
  readonly sandbox: SandboxId;
  claimed?: { readonly user: string; readonly mutating: boolean };
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

  /** Of whom nothing is known yet but the cluster. Fails with 429. Every success is followed by one `leave`. */
  enter(sandbox: SandboxId): Place {
    if (this.all >= this.limits.allMax) throw this.refuse('process');
    const counts = this.counts.get(sandbox) ?? { all: 0, reads: 0, writes: 0, byUser: new Map<string, number>() };
    if (counts.all >= this.limits.sandboxMax) throw this.refuse('sandbox');
    counts.all++;
    this.counts.set(sandbox, counts);
    this.all++;
    return { sandbox };
  }

  /** Is anything of this sandbox under way? */
  has(sandbox: SandboxId): boolean {
    return this.counts.has(sandbox);
  }

  /** The place is this user's from here on, and within limits. Fails with 429; the place stays to be left. */
  claim(place: Place, user: string, mutating: boolean): void {
    const counts = this.counts.get(place.sandbox)!;
    const { readsMax, writesMax } = this.limits;
    if (mutating ? counts.writes >= writesMax : counts.reads >= readsMax) throw this.refuse('sandbox');
    const ofUser = counts.byUser.get(user) ?? 0;
    if (ofUser >= Math.max(1, Math.floor((readsMax + writesMax) * (1 - LEFT_BY_ONE_USER)))) throw this.refuse('user');
    counts.byUser.set(user, ofUser + 1);
    if (mutating) counts.writes++;
    else counts.reads++;
    place.claimed = { user, mutating };
  }

  leave({ sandbox, claimed }: Place): void {
    const counts = this.counts.get(sandbox)!;
    this.all--;
    counts.all--;
    if (claimed) forget(counts, claimed);
    if (counts.all > 0) return;
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

  private refuse(full: keyof InFlight['rejected']): Overloaded {
    this.rejected[full]++;
    return new Overloaded();
  }
}

function forget(counts: Counts, { user, mutating }: NonNullable<Place['claimed']>): void {
  if (mutating) counts.writes--;
  else counts.reads--;
  const left = counts.byUser.get(user)! - 1;
  if (left === 0) counts.byUser.delete(user);
  else counts.byUser.set(user, left);
}
