import { backoffMs, type Clock, type FairTurns, type SandboxId } from '#base';
import type { ServerKey } from '../crypto.js';
import { StoreError, type StoredObject } from '../store.js';
import { ensureDataKey } from './data-keys.js';
import { type Database, DatabaseFault, type Row, unavailable } from './database.js';
import { type Batch, changesOf, flushValues, Room, takeBatch } from './flight.js';
import type { Heads, LeaseSettings } from './heads.js';
import type { Holder, PendingCommit } from './holder.js';
import { FLUSH } from './sql.js';

/** Named moments at which a test may break things. Throwing stands for a connection lost there. */
export type FaultPoint = 'before-flush' | 'after-commit';

export interface FlusherParts {
  readonly database: Database;
  readonly heads: Heads;
  readonly clock: Clock;
  readonly serverKey: ServerKey;
  readonly lease: LeaseSettings;
  /** The answers of a large flight go out in turns with other work. */
  readonly turns: FairTurns<SandboxId>;
  /** Statements under way at once. */
  readonly flightsMax: number;
  /** Told after COMMIT, for other processes. */
  readonly onCommitted: (holders: readonly Holder[]) => void;
  readonly onWanting: (holder: Holder) => void;
  readonly onFault: (message: string, error: unknown) => void;
  readonly faultPoint?: (point: FaultPoint) => void | Promise<void>;
}

interface FlushRow extends Row {
  readonly sandbox_id: string;
  readonly leased: boolean;
  readonly wanted: boolean;
}

type Load = 'light' | 'heavy';

function loadOf(holder: Holder): Load {
  return holder.queue.length > HEAVY_COMMITS ? 'heavy' : 'light';
}

const RECOVERY_BACKOFF = { baseMs: 20, maxMs: 500 };

/**
 * Commits of one sandbox that make a flight heavy. Such a sandbox flies alone, for those who want little would wait as long
 * as its rows take.
 */
const HEAVY_COMMITS = 8;

/**
 * While more of a sandbox's requests are about to begin, a flight of fewer commits waits for them, at most so long after the
 * last one: it costs as much as a full one.
 */
const FULL_COMMITS = 16;
const FILL_MS_MAX = 4;

/** How often a process that waits for another's lease looks whether it may write. */
const HAND_OVER_MS = 20;

/**
 * Errors after which the same statement may well succeed: lock and statement time-outs, deadlocks, serialization.
 * Models the classes of PostgreSQL's appendix A.
 */
const TRANSIENT = /^(40|55P03|57014)/;

/**
 * Group commit. Commits of all sandboxes that arrive while statements are under way go together in the next one; a
 * sandbox is in at most one. Watchers hear of a change, then its writer gets the answer, both after COMMIT.
 */
export class Flusher {
  private readonly ready = new Set<Holder>();
  private flights = 0;
  /** Of the flights, by what they carry: one connection is always left to the other kind. */
  private readonly flying = { light: 0, heavy: 0 };
  private pumping = false;
  private readonly idle: (() => void)[] = [];

  constructor(private readonly parts: FlusherParts) {}

  /** The queue of `holder` has something to write. */
  schedule(holder: Holder): void {
    this.ready.add(holder);
    if (this.pumping) return;
    this.pumping = true;
    // After the events that are already here: requests which arrived together commit together.
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.flights > 0 || this.ready.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private pump(): void {
    while (this.flights < this.parts.flightsMax) {
      if (!this.launch('light') && !this.launch('heavy')) break;
    }
    if (this.flights === 0 && this.ready.size === 0) for (const resolve of this.idle.splice(0)) resolve();
  }

  /** false: there is nothing of that kind, or enough of it under way. */
  private launch(load: Load): boolean {
    if (this.flying[load] >= Math.max(1, this.parts.flightsMax - 1)) return false;
    const batches = this.collect(load);
    if (batches.length === 0) return false;
    this.flights++;
    this.flying[load]++;
    void this.fly(batches).finally(() => {
      this.flights--;
      this.flying[load]--;
      this.pump();
    });
    return true;
  }

  /** Batches for one flight, in id order: the order in which their heads are locked. */
  private collect(load: Load): Batch[] {
    const batches: Batch[] = [];
    const room = new Room();
    for (const holder of this.ready) {
      if (room.isFull) break;
      if (loadOf(holder) !== load || (holder.oneByOne && batches.length > 0)) continue;
      if (this.fills(holder)) continue;
      this.ready.delete(holder);
      if (holder.inFlight) continue;
      const batch = this.take(holder, room);
      if (batch.parts.length === 0) continue;
      holder.inFlight = true;
      for (const { pending } of batch.parts) holder.flying.set(pending.id, pending);
      batches.push(batch);
      if (holder.oneByOne || load === 'heavy') break;
    }
    return batches.sort((a, b) => (a.holder.id < b.holder.id ? -1 : 1));
  }

  /** Does its flight wait for more commits? */
  private fills(holder: Holder): boolean {
    const { turns, clock } = this.parts;
    if (holder.inFlight || holder.queue.length >= FULL_COMMITS || !turns.hasMore(holder.id)) return false;
    const leftMs = holder.landedMs + FILL_MS_MAX - clock.monotonicMs();
    if (leftMs <= 0) return false;
    holder.filling ??= clock.setTimer(leftMs, () => {
      holder.filling = undefined;
      this.pump();
    });
    return true;
  }

  private take(holder: Holder, room: Room): Batch {
    const isFresh = this.parts.heads.isFresh(holder);
    const doubtful: PendingCommit[] = [];
    const batch = takeBatch(holder, room, (pending, error) => {
      if (isFresh || pending.checked) pending.reject(error);
      else doubtful.push(pending);
    });
    if (doubtful.length > 0) void this.look(holder, doubtful);
    if (batch.parts.some(({ pending }) => pending.writes.some((write) => write.encrypted)) && !holder.dataKey) {
      void this.fetchKey(
        holder,
        batch.parts.map(({ pending }) => pending),
      );
      return { ...batch, parts: [] };
    }
    return batch;
  }

  /** Without a lease memory may be old: a conflict is one only after a look at the log. */
  private look(holder: Holder, doubtful: readonly PendingCommit[]): Promise<void> {
    return this.whileAside(holder, doubtful, () => this.parts.heads.refresh(holder));
  }

  private fetchKey(holder: Holder, waiting: readonly PendingCommit[]): Promise<void> {
    return this.whileAside(holder, waiting, () => ensureDataKey(this.parts.database, this.parts.serverKey, holder));
  }

  private async whileAside(
    holder: Holder,
    aside: readonly PendingCommit[],
    work: () => Promise<unknown>,
  ): Promise<void> {
    holder.pins++;
    this.flights++;
    try {
      await work();
      for (const pending of aside) pending.checked = true;
      this.requeue(holder, aside);
    } catch (error) {
      for (const pending of aside) pending.reject(error);
    } finally {
      holder.pins--;
      this.flights--;
      if (holder.queue.length > 0 && !holder.inFlight) this.schedule(holder);
      this.pump();
    }
  }

  private requeue(holder: Holder, commits: readonly PendingCommit[]): void {
    holder.queue.unshift(...commits);
    if (holder.dropped) {
      holder.rejectQueue(new StoreError('unavailable', `${holder.id} has moved on; try again`));
    } else if (commits.length > 0) this.schedule(holder);
  }

  private async fly(batches: readonly Batch[]): Promise<void> {
    const { database, clock, lease, faultPoint } = this.parts;
    const epochs = batches.map(({ holder }) => holder.leaseEpoch);
    const askedAtMs = clock.monotonicMs();
    let rows: FlushRow[];
    try {
      await faultPoint?.('before-flush');
      rows = await database.flush<FlushRow>(FLUSH, flushValues(batches, lease.holderNumber, lease.leaseMs));
      await faultPoint?.('after-commit');
    } catch (error) {
      await Promise.all(batches.map((batch) => this.failed(batch, error, batches.length)));
      return;
    }
    const moved = new Map(rows.map((row) => [row.sandbox_id, row]));
    const late: Promise<void>[] = [];
    const written: Holder[] = [];
    batches.forEach((batch, index) => {
      const row = moved.get(batch.holder.id);
      if (row === undefined) return late.push(this.recover(batch));
      if (row.leased) this.parts.heads.granted(batch.holder, askedAtMs, epochs[index]!);
      if (row.wanted) this.give(batch.holder);
      this.committed(batch);
      written.push(batch.holder);
    });
    if (written.length > 0) this.parts.onCommitted(written);
    await Promise.all(late);
  }

  private give(holder: Holder): void {
    this.parts.heads.share(holder).catch((error: unknown) => {
      // The lease was not renewed, so it ends by itself.
      this.parts.onFault(`could not share ${holder.id} with another process`, error);
    });
  }

  private committed(batch: Batch): void {
    batch.holder.log.apply(changesOf(batch));
    for (const { pending, changes } of batch.parts) {
      this.parts.turns.run(batch.holder.id, () => pending.resolve(changes.map((change) => change.event.object)));
    }
    batch.holder.oneByOne &&= batch.holder.queue.length > 0;
    this.landed(batch.holder);
  }

  private landed(holder: Holder): void {
    holder.flying.clear();
    holder.inFlight = false;
    holder.landedMs = this.parts.clock.monotonicMs();
    if (holder.queue.length > 0) this.schedule(holder);
  }

  private async failed(batch: Batch, error: unknown, batchCount: number): Promise<void> {
    const fault = error instanceof DatabaseFault ? error : new DatabaseFault('unknown', undefined, error);
    const commits = batch.parts.map(({ pending }) => pending);
    if (fault.kind === 'unknown') {
      for (const pending of commits) pending.uncertain = true;
      // Others may already see what memory does not know of.
      batch.holder.leaseUntilMs = -Infinity;
      return this.recover(batch);
    }
    const isRefused = fault.kind === 'refused';
    if (isRefused && (batchCount > 1 || commits.length > 1)) {
      // One of many broke it: each gets a statement of its own.
      batch.holder.oneByOne = true;
      this.requeue(batch.holder, commits);
    } else if (isRefused && TRANSIENT.test(fault.sqlState ?? '') && !this.expired(commits[0]!)) {
      await this.parts.clock.sleep(RECOVERY_BACKOFF.baseMs);
      this.requeue(batch.holder, commits);
    } else {
      for (const pending of commits) pending.reject(unavailable(fault));
    }
    this.landed(batch.holder);
  }

  /**
   * The head was not where it was expected, or nobody knows whether COMMIT was done. Reads on in the log: commits that
   * are there are answered, the others are validated again. A statement that is still running somewhere can no longer
   * do harm: either it commits first, and the next flush finds its head moved, or it finds the head moved itself.
   */
  private async recover(batch: Batch): Promise<void> {
    const { holder } = batch;
    const { heads, clock } = this.parts;
    let commits = batch.parts.map(({ pending }) => pending);
    for (let attempt = 0; commits.length > 0; attempt++) {
      try {
        const { blocked } = await heads.refresh(holder);
        commits = this.answerFound(commits);
        if (blocked && commits.length > 0 && holder.log.head === batch.expected) await this.handOver(holder);
        break;
      } catch (error) {
        if (error instanceof StoreError && error.code === 'no-such-sandbox') {
          for (const pending of commits) pending.reject(error);
          commits = [];
        }
        commits = this.rejectExpired(commits, error);
        if (commits.length > 0) await clock.sleep(backoffMs(RECOVERY_BACKOFF, attempt));
      }
    }
    // Whatever became of commits that are no longer waited for, memory may be behind.
    if (commits.length < batch.parts.length) holder.leaseUntilMs = Math.min(holder.leaseUntilMs, clock.monotonicMs());
    for (const pending of commits) pending.checked = true;
    commits = this.rejectExpired(commits, undefined);
    this.landed(holder);
    this.requeue(holder, commits);
  }

  private answerFound(commits: readonly PendingCommit[]): PendingCommit[] {
    return commits.filter((pending) => {
      if (pending.found?.length !== pending.writes.length) return true;
      pending.resolve(pending.found satisfies readonly StoredObject[]);
      return false;
    });
  }

  private rejectExpired(commits: readonly PendingCommit[], cause: unknown): PendingCommit[] {
    return commits.filter((pending) => {
      if (!this.expired(pending)) return true;
      const outcome = pending.uncertain ? 'the outcome of the write is unknown' : 'nothing was written';
      const error = new StoreError('unavailable', `the database did not take the write in time; ${outcome}`);
      error.cause = cause;
      pending.reject(error);
      return false;
    });
  }

  private async handOver(holder: Holder): Promise<void> {
    await this.parts.heads.want(holder);
    this.parts.onWanting(holder);
    await this.parts.clock.sleep(HAND_OVER_MS);
  }

  private expired(pending: PendingCommit): boolean {
    return this.parts.clock.monotonicMs() >= pending.deadlineMs;
  }
}
