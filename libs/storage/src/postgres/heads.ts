import { type Clock, invariant, revision } from '#base';
import { noSuchSandbox } from '../sandbox-log.js';
import { StoreError } from '../store.js';
import type { Database, Row } from './database.js';
import type { Holder } from './holder.js';
import type { LogReader } from './log-reader.js';
import { HEADS, RENEW, SHARE, WANT } from './sql.js';

export interface LeaseSettings {
  /** This process among all that use the database; never 0. */
  readonly holderNumber: number;
  readonly leaseMs: number;
  /** How long nobody holds a lease after two processes wanted it. */
  readonly sharedMs: number;
}

interface HeadRow extends Row {
  readonly sandbox_id: string;
  readonly incarnation: number;
  readonly head: number;
  readonly compacted: number;
  readonly leased: boolean;
  readonly blocked: boolean;
}

/** blocked: another process holds the lease, and only it can write. */
export interface HeadState {
  readonly blocked: boolean;
}

interface Waiter {
  readonly promise: Promise<HeadState>;
  readonly resolve: (state: HeadState) => void;
  readonly reject: (error: unknown) => void;
}

/** Clocks of two machines do not run alike: a lease is used for a little less than it was given for. */
const LEASE_USED = 0.9;

/** With this part of it left a lease in use is renewed ahead, so that no read waits for it. */
const RENEW_BELOW = 0.4;

/**
 * Knows whether memory is the truth. A lease, kept in the head's row and checked by every flush, says that no other
 * process writes; without one, each read asks for the head first, and all that wait share one query.
 *
 *   A reads   lease A ──────────────┐                        shared: both write, both ask before reading
 *   B writes        want ─┐   SHARE ┴──────── B flushes
 *                         └─ NOTIFY ─► A       (a dead A: B waits until the lease ends)
 */
export class Heads {
  private waiting = new Map<Holder, Waiter>();
  private running = 0;

  constructor(
    private readonly database: Database,
    private readonly reader: LogReader,
    private readonly clock: Clock,
    private readonly settings: LeaseSettings,
    private readonly onDropped: (holder: Holder) => void,
  ) {}

  holdsLease(holder: Holder): boolean {
    return this.clock.monotonicMs() < holder.leaseUntilMs;
  }

  /** Memory may answer alone, right now. */
  isFresh(holder: Holder): boolean {
    const leftMs = holder.leaseUntilMs - this.clock.monotonicMs();
    if (leftMs <= 0 || holder.dropped) return false;
    if (leftMs < this.settings.leaseMs * RENEW_BELOW && !holder.renewing) {
      holder.renewing = true;
      // Memory stays right until the lease ends; who comes after that waits for an answer, or is told why there is none.
      const done = () => void (holder.renewing = false);
      this.refresh(holder).then(done, done);
    }
    return true;
  }

  /** When this resolves, memory holds at least what was committed when it was called. Rejects with a StoreError. */
  refresh(holder: Holder): Promise<HeadState> {
    const known = this.waiting.get(holder);
    if (known !== undefined) return known.promise;
    let waiter!: Waiter;
    const promise = new Promise<HeadState>((resolve, reject) => {
      waiter = { promise: undefined as never, resolve, reject };
    });
    this.waiting.set(holder, { ...waiter, promise });
    // One tick later, so that reads which arrive together share the query; then whenever one of two has come back.
    if (this.running < 2) queueMicrotask(() => void this.run());
    return promise;
  }

  /** Looks at watched logs without taking leases. */
  async poll(holders: readonly Holder[]): Promise<void> {
    const rows = await this.database.read<HeadRow>(HEADS, [holders.map((holder) => holder.id)]);
    const byId = new Map(rows.map((row) => [row.sandbox_id, row]));
    await Promise.all(holders.map((holder) => this.settle(holder, byId.get(holder.id), 0, -1).catch(() => undefined)));
  }

  /** The flush that moved the head from what memory had also renewed the lease. */
  granted(holder: Holder, askedAtMs: number, epoch: number): void {
    holder.grantLease(askedAtMs + this.settings.leaseMs * LEASE_USED, epoch);
  }

  /** Another process wants to write. */
  async share(holder: Holder): Promise<void> {
    holder.leaseUntilMs = -Infinity;
    holder.leaseEpoch++;
    if (holder.sharing) return;
    holder.sharing = true;
    // Were it evicted and woken meanwhile, the new one would know nothing of this.
    holder.pins++;
    const { holderNumber, sharedMs } = this.settings;
    try {
      await this.database.read(SHARE, [holder.id, holderNumber, sharedMs]);
    } finally {
      holder.sharing = false;
      holder.leaseEpoch++;
      holder.pins--;
    }
  }

  /** Asks the process that holds the lease to share; it hears of it by `notify`, or when it next renews. */
  async want(holder: Holder): Promise<void> {
    await this.database.read(WANT, [holder.id, this.settings.holderNumber]);
  }

  private async run(): Promise<void> {
    if (this.waiting.size === 0 || this.running >= 2) return;
    const batch = this.waiting;
    this.waiting = new Map();
    this.running++;
    const epochs = new Map([...batch.keys()].map((holder) => [holder, holder.leaseEpoch]));
    const askedAtMs = this.clock.monotonicMs();
    try {
      const { holderNumber, leaseMs } = this.settings;
      const ids = [...batch.keys()].map((holder) => holder.id);
      const rows = await this.database.read<HeadRow>(RENEW, [ids, holderNumber, leaseMs]);
      const byId = new Map(rows.map((row) => [row.sandbox_id, row]));
      for (const [holder, waiter] of batch) {
        this.settle(holder, byId.get(holder.id), askedAtMs, epochs.get(holder)!).then(waiter.resolve, waiter.reject);
      }
    } catch (error) {
      for (const waiter of batch.values()) waiter.reject(error);
    } finally {
      this.running--;
      if (this.waiting.size > 0) void this.run();
    }
  }

  private async settle(holder: Holder, row: HeadRow | undefined, askedAtMs: number, epoch: number): Promise<HeadState> {
    if (holder.dropped) return { blocked: false };
    if (row === undefined || row.incarnation !== holder.incarnation) {
      this.onDropped(holder);
      holder.end();
      // Another sandbox of the same id: who looks again finds it.
      if (row !== undefined) return { blocked: false };
      throw noSuchSandbox(holder.id);
    }
    await this.catchUp(holder, row.head);
    holder.log.compact(revision(row.compacted));
    if (row.leased) this.granted(holder, askedAtMs, epoch);
    return { blocked: row.blocked };
  }

  private async catchUp(holder: Holder, target: number): Promise<void> {
    const { log } = holder;
    while (log.head < target && !holder.dropped) {
      const from = log.head;
      try {
        const part = await this.reader.next(holder, from);
        holder.catchUp(part.entries);
      } catch (error) {
        if (error instanceof StoreError && error.code === 'compacted') return this.forget(holder, error);
        throw error;
      }
      invariant(log.head > from, `the log of ${holder.id} has a gap after revision ${from}`);
    }
  }

  /** This process slept until its next revision was compacted away: it knows nothing any more. */
  private forget(holder: Holder, error: StoreError): void {
    this.onDropped(holder);
    holder.dropped = true;
    holder.log.hub.closeAll(error);
    holder.rejectQueue(new StoreError('unavailable', `${holder.id} was out of touch with the database; try again`));
  }
}
