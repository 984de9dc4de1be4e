import type { Clock, Revision, SandboxId } from '#base';
import { compactedError, noSuchSandbox, type Undo } from '../sandbox-log.js';
import {
  type ListQuery,
  type Page,
  type SnapshotId,
  type Store,
  type StoredObject,
  StoreError,
  type StoreWatch,
  type WatchSink,
  type Write,
} from '../store.js';
import { checkWrites, writesBetween } from '../write-plan.js';
import type { AwakeSandboxes } from './awake-sandboxes.js';
import { type Database, type Row } from './database.js';
import type { Flusher } from './flusher.js';
import type { Heads } from './heads.js';
import type { Holder, PendingCommit } from './holder.js';
import type { LogReader } from './log-reader.js';
import type { Maintenance } from './maintenance.js';
import type { Snapshots } from './snapshots.js';
import { COMPACT, CREATE, DELETE_HEAD, DELETE_REST, RELEASE_ALL } from './sql.js';
import type { Wakeups } from './wakeups.js';

export interface StoreParts {
  readonly database: Database;
  readonly awake: AwakeSandboxes;
  readonly heads: Heads;
  readonly reader: LogReader;
  readonly flusher: Flusher;
  readonly snapshots: Snapshots;
  readonly maintenance: Maintenance;
  /** undefined: no other process uses the database. */
  readonly wakeups: Wakeups | undefined;
  readonly clock: Clock;
  readonly writeMsMax: number;
  readonly holderNumber: number;
}

/** Commits that may wait in one sandbox; more means that the database is far behind. */
const QUEUE_MAX = 20_000;

/** Attempts of a rewind against writers that change what it looks at. */
const REWINDS_MAX = 20;

/** Commit ids of one process before they start again; with 31 bits of the process before them they stay below 2^53. */
const COMMIT_IDS = 2 ** 22;

const PING = { name: 'ping', text: 'SELECT 1' };

/** See `Store` for the contract and docs/design for how the parts keep it. */
export class PostgresStore implements Store {
  private commitCount = 0;
  private closed: Promise<void> | undefined;

  constructor(private readonly parts: StoreParts) {}

  async head(sandbox: SandboxId): Promise<Revision> {
    return (await this.fresh(sandbox)).log.head;
  }

  async compacted(sandbox: SandboxId): Promise<Revision> {
    return (await this.fresh(sandbox)).log.compacted;
  }

  async get(sandbox: SandboxId, key: string, at?: Revision): Promise<StoredObject | undefined> {
    const holder = await this.fresh(sandbox);
    if (at === undefined || at === holder.log.head) return holder.log.get(key);
    const { undo, holder: current } = await this.past(holder, at, key);
    return current.log.get(key, undo);
  }

  async list(sandbox: SandboxId, query: ListQuery): Promise<Page> {
    const holder = await this.fresh(sandbox);
    const { log } = holder;
    if (query.at === undefined || query.at === log.head) return log.list(query, log.head);
    const { undo, holder: current } = await this.past(holder, query.at, query.prefix);
    return current.log.list(query, query.at, undo);
  }

  async commit(sandbox: SandboxId, writes: readonly Write[]): Promise<readonly StoredObject[]> {
    this.checkOpen();
    checkWrites(writes);
    if (writes.length === 0) return [];
    const holder = this.touch(sandbox) ?? (await this.awaken(sandbox));
    if (holder.queue.length >= QUEUE_MAX) {
      throw new StoreError('unavailable', `${sandbox} has ${QUEUE_MAX} writes waiting; try again later`);
    }
    return new Promise((resolve, reject) => {
      holder.queue.push(this.pending(writes, resolve, reject));
      this.parts.flusher.schedule(holder);
    });
  }

  async watch(sandbox: SandboxId, prefix: string, after: Revision, sink: WatchSink): Promise<StoreWatch> {
    let passed = after;
    for (;;) {
      const holder = await this.fresh(sandbox);
      const { log } = holder;
      if (after < log.compacted && passed === after) throw compactedError(after, log.compacted);
      const past = passed >= log.head ? [] : log.ring.since(passed);
      if (past !== undefined) {
        // From here to the end nothing else runs: no change falls between the past and the watch.
        const watch = log.hub.add(prefix, passed > log.head ? passed : log.head, sink);
        const events = past.map(({ event }) => event).filter((event) => event.object.key.startsWith(prefix));
        if (events.length > 0) sink.events(events);
        this.parts.wakeups?.watched();
        return watch;
      }
      const part = await this.parts.reader.changes(holder, passed, prefix);
      const events = part.entries.map((entry) => entry.change.event);
      if (events.length > 0) sink.events(events);
      passed = part.upTo;
    }
  }

  async createSandbox(sandbox: SandboxId, base?: SnapshotId): Promise<Revision> {
    this.checkOpen();
    const rows = await this.parts.database.change<Row & { head: Revision }>(CREATE, [sandbox, base ?? null]);
    if (rows[0] !== undefined) return rows[0].head;
    const exists = await this.parts.awake.wake(sandbox).then(
      () => true,
      (error: unknown) => {
        if (error instanceof StoreError && error.code === 'no-such-sandbox') return false;
        throw error;
      },
    );
    if (exists || base === undefined) throw new StoreError('exists', `sandbox ${sandbox} exists`);
    throw new StoreError('no-such-snapshot', `there is no snapshot ${base}`);
  }

  async deleteSandbox(sandbox: SandboxId): Promise<void> {
    this.checkOpen();
    const { database, awake, snapshots } = this.parts;
    const base = await database.transaction('BEGIN', async (run) => {
      const [row] = await run<Row & { base: SnapshotId | null }>(DELETE_HEAD, [sandbox]);
      await run(DELETE_REST, [sandbox]);
      return row?.base ?? undefined;
    });
    const holder = awake.get(sandbox);
    if (holder !== undefined) {
      awake.drop(holder);
      holder.end();
      this.parts.wakeups?.committed([holder]);
    }
    if (base !== undefined) await snapshots.removeUnused(base);
  }

  async snapshot(sandbox: SandboxId, at?: Revision): Promise<SnapshotId> {
    this.checkOpen();
    return this.parts.snapshots.take(sandbox, at);
  }

  async deleteSnapshot(snapshot: SnapshotId): Promise<void> {
    this.checkOpen();
    await this.parts.snapshots.drop(snapshot);
  }

  async rewind(sandbox: SandboxId, at: Revision): Promise<Revision> {
    for (let attempt = 1; ; attempt++) {
      const then = await this.list(sandbox, { prefix: '', at });
      const now = await this.list(sandbox, { prefix: '' });
      const writes = writesBetween(now.items, then.items);
      if (writes.length === 0) return now.revision;
      try {
        const written = await this.commit(sandbox, writes);
        return written[written.length - 1]!.revision;
      } catch (error) {
        const isRace = error instanceof StoreError && error.code === 'conflict';
        if (!isRace || attempt === REWINDS_MAX) throw error;
      }
    }
  }

  async evict(sandbox: SandboxId): Promise<void> {
    const holder = this.parts.awake.get(sandbox);
    if (holder !== undefined && !holder.isBusy) this.parts.awake.drop(holder);
  }

  async compact(sandbox: SandboxId, upTo: Revision): Promise<void> {
    const holder = await this.fresh(sandbox);
    if (upTo > holder.log.head) holder.log.check(upTo);
    const rows = await this.parts.database.read<Row & { compacted: Revision }>(COMPACT, [sandbox, upTo]);
    if (rows[0] === undefined) throw noSuchSandbox(sandbox);
    holder.log.compact(rows[0].compacted);
  }

  async ping(): Promise<void> {
    this.checkOpen();
    await this.parts.database.read(PING, []);
  }

  close(): Promise<void> {
    return (this.closed ??= this.shutDown());
  }

  private async shutDown(): Promise<void> {
    const { awake, database, flusher, maintenance, wakeups } = this.parts;
    maintenance.stop();
    awake.stop();
    await wakeups?.stop();
    await flusher.settled();
    for (const holder of [...awake.all()]) {
      holder.log.hub.closeAll();
      awake.drop(holder);
    }
    await database.read(RELEASE_ALL, [this.parts.holderNumber]).catch(() => undefined);
    await database.close();
  }

  /** Undo of the changes after `at`, for a holder that is (still) awake. Throws `compacted` or `future-revision`. */
  private async past(first: Holder, at: Revision, prefix: string): Promise<{ undo: Undo; holder: Holder }> {
    for (let holder = first; ; holder = await this.fresh(first.id)) {
      holder.log.check(at);
      const undo = holder.log.undoSince(at);
      if (undo !== undefined) return { undo, holder };
      const { head } = holder.log;
      const read = await this.parts.reader.undo(holder, at, prefix);
      if (holder.dropped) continue;
      // Changes that came meanwhile are undone as well; the ring has them unless there were very many.
      const since = holder.log.undoSince(head);
      if (since !== undefined) return { undo: new Map([...since, ...read]), holder };
    }
  }

  /** The sandbox in memory, at least as new as this call. */
  private async fresh(sandbox: SandboxId): Promise<Holder> {
    this.checkOpen();
    for (;;) {
      const holder = this.touch(sandbox) ?? (await this.awaken(sandbox));
      if (this.parts.heads.isFresh(holder)) return holder;
      holder.pins++;
      try {
        await this.parts.heads.refresh(holder);
      } finally {
        holder.pins--;
      }
      if (!holder.dropped) return holder;
    }
  }

  private touch(sandbox: SandboxId): Holder | undefined {
    const holder = this.parts.awake.get(sandbox);
    if (holder !== undefined) holder.touched = true;
    return holder;
  }

  private async awaken(sandbox: SandboxId): Promise<Holder> {
    for (;;) {
      const holder = await this.parts.awake.wake(sandbox);
      if (!holder.dropped) return holder;
    }
  }

  private pending(
    writes: readonly Write[],
    resolve: PendingCommit['resolve'],
    reject: PendingCommit['reject'],
  ): PendingCommit {
    this.commitCount = (this.commitCount + 1) % COMMIT_IDS;
    let characters = 0;
    for (const write of writes) characters += write.text.length;
    return {
      id: (this.parts.holderNumber % 2 ** 31) * COMMIT_IDS + this.commitCount,
      writes,
      characters,
      deadlineMs: this.parts.clock.monotonicMs() + this.parts.writeMsMax,
      resolve,
      reject,
      found: undefined,
      checked: false,
      uncertain: false,
    };
  }

  private checkOpen(): void {
    if (this.closed !== undefined) throw new StoreError('unavailable', 'the store is closed');
  }
}
