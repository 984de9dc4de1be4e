import { type Clock, revision, type SandboxId, type Timer } from '#base';
import type { RingLimits } from '../change-ring.js';
import type { ServerKey } from '../crypto.js';
import { LiveObjects } from '../live-objects.js';
import { noSuchSandbox, SandboxLog } from '../sandbox-log.js';
import type { SnapshotId } from '../store.js';
import { WatchHub } from '../watch-hub.js';
import { sandboxOwner } from './data-keys.js';
import type { Database, Row } from './database.js';
import { Holder } from './holder.js';
import type { Snapshots } from './snapshots.js';
import { LOAD } from './sql.js';
import { storedOf } from './stored-rows.js';

interface LoadRow extends Row {
  readonly incarnation: number;
  readonly head: number;
  readonly compacted: number;
  readonly base: string | null;
  readonly wrapped: string | null;
  /** null: the overlay is empty. */
  readonly key: string | null;
  readonly revision: number;
  /** null: a tombstone over an object of the base. */
  readonly value: string | null;
  readonly facets: string;
}

export interface AwakeParts {
  readonly database: Database;
  readonly snapshots: Snapshots;
  readonly serverKey: ServerKey;
  readonly clock: Clock;
  readonly ringLimits: RingLimits;
  /** A sandbox not used for this long, and not watched, is forgotten. 0: never. */
  readonly idleMs: number;
  readonly onFault: (message: string, error: unknown) => void;
}

/** The sandboxes that this process holds in memory: woken by the first call, forgotten when idle. */
export class AwakeSandboxes {
  private readonly holders = new Map<SandboxId, Holder>();
  private readonly waking = new Map<SandboxId, Promise<Holder>>();
  private sweepTimer: Timer | undefined;
  private stopped = false;

  constructor(private readonly parts: AwakeParts) {}

  all(): Iterable<Holder> {
    return this.holders.values();
  }

  get(sandbox: SandboxId): Holder | undefined {
    return this.holders.get(sandbox);
  }

  /** Reads a sandbox into memory. Rejects with `no-such-sandbox`. */
  async wake(sandbox: SandboxId): Promise<Holder> {
    const awake = this.holders.get(sandbox);
    if (awake !== undefined) return awake;
    let waking = this.waking.get(sandbox);
    if (waking === undefined) {
      waking = this.load(sandbox).finally(() => this.waking.delete(sandbox));
      this.waking.set(sandbox, waking);
    }
    return waking;
  }

  /** Forgets it, whatever it is doing. */
  drop(holder: Holder): void {
    if (this.holders.get(holder.id) !== holder) return;
    this.holders.delete(holder.id);
    holder.dropped = true;
    if (holder.base !== undefined) this.parts.snapshots.release(holder.base);
  }

  stop(): void {
    this.stopped = true;
    this.sweepTimer?.cancel();
  }

  private async load(sandbox: SandboxId): Promise<Holder> {
    const rows = await this.parts.database.read<LoadRow>(LOAD, [sandbox]);
    const first = rows[0];
    if (first === undefined) throw noSuchSandbox(sandbox);
    const base = (first.base as SnapshotId | null) ?? undefined;
    const objects = base === undefined ? undefined : await this.acquire(base);
    const dataKey =
      first.wrapped === null ? undefined : this.parts.serverKey.unwrap(sandboxOwner(sandbox), first.wrapped);
    const live = new LiveObjects(objects);
    for (const row of rows) {
      if (row.key === null) continue;
      if (row.value === null) live.delete(row.key);
      else live.put(storedOf({ ...row, key: row.key, value: row.value }, dataKey));
    }
    const hub = new WatchHub(this.parts.onFault);
    const log = new SandboxLog(revision(first.head), revision(first.compacted), live, hub, this.parts.ringLimits);
    const holder = new Holder(sandbox, first.incarnation, log, base, dataKey);
    this.holders.set(sandbox, holder);
    this.sweepLater();
    return holder;
  }

  private async acquire(base: SnapshotId): Promise<LiveObjects> {
    try {
      return await this.parts.snapshots.acquire(base);
    } catch (error) {
      this.parts.snapshots.release(base);
      throw error;
    }
  }

  /** One timer for all, and none while nothing is awake. Two rounds without a use make a sandbox idle. */
  private sweepLater(): void {
    if (this.sweepTimer !== undefined || this.parts.idleMs === 0 || this.stopped) return;
    this.sweepTimer = this.parts.clock.setTimer(this.parts.idleMs / 2, () => {
      this.sweepTimer = undefined;
      for (const holder of this.holders.values()) {
        if (holder.touched || holder.isBusy) holder.touched = false;
        else this.drop(holder);
      }
      // Watched sandboxes stay awake by themselves: the timer rests when there is nothing else to look at.
      if (this.holders.size > 0) this.sweepLater();
    });
  }
}
