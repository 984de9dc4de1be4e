import type { Revision, SandboxId } from '#base';
import { LiveObjects } from './live-objects.js';
import { compactedError, FIRST_REVISION, noSuchSandbox, SandboxLog } from './sandbox-log.js';
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
} from './store.js';
import { WatchHub } from './watch-hub.js';
import { checkWrites, planWrites, writesBetween } from './write-plan.js';

export interface MemoryStoreOptions {
  /** Changes kept per sandbox before the oldest are compacted away. */
  readonly historyMax?: number;
  /** Told when a watcher's sink throws. */
  readonly onFault?: (message: string, error: unknown) => void;
}

interface Snapshot {
  readonly revision: Revision;
  readonly objects: LiveObjects;
}

/** A store that forgets everything with the process: for tests, and the model of what the contract means. */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  private readonly logs = new Map<SandboxId, SandboxLog>();
  private readonly snapshots = new Map<SnapshotId, Snapshot>();
  private snapshotCount = 0;

  constructor(private readonly options: MemoryStoreOptions) {}

  async head(sandbox: SandboxId): Promise<Revision> {
    return this.log(sandbox).head;
  }

  async compacted(sandbox: SandboxId): Promise<Revision> {
    return this.log(sandbox).compacted;
  }

  async get(sandbox: SandboxId, key: string, at?: Revision): Promise<StoredObject | undefined> {
    const log = this.log(sandbox);
    if (at === undefined) return log.get(key);
    log.check(at);
    return log.get(key, log.undoSince(at));
  }

  async list(sandbox: SandboxId, query: ListQuery): Promise<Page> {
    const log = this.log(sandbox);
    if (query.at === undefined) return log.list(query, log.head);
    log.check(query.at);
    return log.list(query, query.at, log.undoSince(query.at));
  }

  async commit(sandbox: SandboxId, writes: readonly Write[]): Promise<readonly StoredObject[]> {
    checkWrites(writes);
    const log = this.log(sandbox);
    const changes = planWrites(log.head, writes, (key) => log.get(key));
    log.apply(changes);
    if (log.ring.after > log.compacted) log.compact(log.ring.after);
    return changes.map((change) => change.event.object);
  }

  async watch(sandbox: SandboxId, prefix: string, after: Revision, sink: WatchSink): Promise<StoreWatch> {
    const log = this.log(sandbox);
    if (after < log.compacted) throw compactedError(after, log.compacted);
    const past = after < log.head ? log.ring.since(after)! : [];
    const watch = log.hub.add(prefix, after < log.head ? log.head : after, sink);
    const events = past.map((change) => change.event).filter((event) => event.object.key.startsWith(prefix));
    if (events.length > 0) sink.events(events);
    return watch;
  }

  async createSandbox(sandbox: SandboxId, base?: SnapshotId): Promise<Revision> {
    if (this.logs.has(sandbox)) throw new StoreError('exists', `sandbox ${sandbox} exists`);
    const snapshot = base === undefined ? undefined : this.snapshots.get(base);
    if (base !== undefined && snapshot === undefined) {
      throw new StoreError('no-such-snapshot', `there is no snapshot ${base}`);
    }
    const head = snapshot?.revision ?? FIRST_REVISION;
    const hub = new WatchHub(this.options.onFault ?? ((_message, error) => Promise.reject(error)));
    const limits = { changesMax: this.options.historyMax ?? 100_000, charactersMax: Infinity };
    this.logs.set(sandbox, new SandboxLog(head, head, new LiveObjects(snapshot?.objects), hub, limits));
    return head;
  }

  async deleteSandbox(sandbox: SandboxId): Promise<void> {
    const log = this.logs.get(sandbox);
    this.logs.delete(sandbox);
    log?.hub.closeAll(noSuchSandbox(sandbox));
  }

  async snapshot(sandbox: SandboxId, at?: Revision): Promise<SnapshotId> {
    const log = this.log(sandbox);
    const { items, revision: taken } = await this.list(sandbox, { prefix: '', at: at ?? log.head });
    const objects = new LiveObjects();
    for (const object of items) objects.put(object);
    const id = `snapshot-${++this.snapshotCount}` as SnapshotId;
    this.snapshots.set(id, { revision: taken, objects });
    return id;
  }

  async deleteSnapshot(snapshot: SnapshotId): Promise<void> {
    this.snapshots.delete(snapshot);
  }

  async rewind(sandbox: SandboxId, at: Revision): Promise<Revision> {
    const log = this.log(sandbox);
    const now = await this.list(sandbox, { prefix: '' });
    const then = await this.list(sandbox, { prefix: '', at });
    await this.commit(sandbox, writesBetween(now.items, then.items));
    return log.head;
  }

  /** There is nothing but memory to read it anew from. */
  async evict(): Promise<void> {}

  async compact(sandbox: SandboxId, upTo: Revision): Promise<void> {
    const log = this.log(sandbox);
    if (upTo > log.head) log.check(upTo);
    log.compact(upTo);
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    for (const log of this.logs.values()) log.hub.closeAll();
  }

  private log(sandbox: SandboxId): SandboxLog {
    const log = this.logs.get(sandbox);
    if (log === undefined) throw noSuchSandbox(sandbox);
    return log;
  }
}
