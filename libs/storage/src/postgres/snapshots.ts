import { entropy, type Revision, revision, type SandboxId } from '#base';
import type { DataKey, ServerKey } from '../crypto.js';
import { LiveObjects } from '../live-objects.js';
import { compactedError, noSuchSandbox } from '../sandbox-log.js';
import { type SnapshotId, StoreError } from '../store.js';
import { textArray } from './binary-arrays.js';
import { sandboxOwner, snapshotOwner } from './data-keys.js';
import type { Database, Row, Run } from './database.js';
import {
  DROP_SNAPSHOT,
  LOAD_SNAPSHOT,
  REMOVE_SNAPSHOT,
  RESEAL,
  SNAPSHOT_HEAD,
  SNAPSHOT_KEYS,
  SNAPSHOT_OBJECTS,
  SNAPSHOT_SEALED,
} from './snapshot-sql.js';
import { rowOf, storedOf } from './stored-rows.js';

/**
 * One moment for all statements. The lock comes before that moment is fixed: a partition of history that is dropped later
 * must not vanish from under it.
 */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ; LOCK TABLE event IN ACCESS SHARE MODE';

interface HeadRow extends Row {
  readonly revision: number;
  readonly head: number;
  readonly compacted: number;
}

interface SealedRow extends Row {
  readonly key: string;
  readonly value: string;
  readonly facets: string;
  readonly from_base: boolean;
}

interface KeysRow extends Row {
  readonly own: string | null;
  readonly base: string | null;
  readonly of_base: string | null;
}

interface ObjectRow extends Row {
  readonly wrapped: string | null;
  /** null: the snapshot is empty. */
  readonly key: string | null;
  readonly revision: number;
  readonly value: string;
  readonly facets: string;
}

interface SharedBase {
  readonly objects: Promise<LiveObjects>;
  users: number;
}

/** Snapshots in the database, and those that awake sandboxes stand on, each once in memory. */
export class Snapshots {
  private readonly bases = new Map<SnapshotId, SharedBase>();

  constructor(
    private readonly database: Database,
    private readonly server: ServerKey,
  ) {}

  /** The objects of a base. Every call is answered by one `release`, also when it rejects. */
  acquire(id: SnapshotId): Promise<LiveObjects> {
    let base = this.bases.get(id);
    if (base === undefined) this.bases.set(id, (base = { objects: this.load(id), users: 0 }));
    base.users++;
    return base.objects;
  }

  release(id: SnapshotId): void {
    const base = this.bases.get(id);
    if (base !== undefined && --base.users === 0) this.bases.delete(id);
  }

  /** Flattened and independent: sealed objects are sealed anew with a key of the snapshot's own. */
  take(sandbox: SandboxId, at: Revision | undefined): Promise<SnapshotId> {
    const id = entropy(12) as SnapshotId;
    return this.database.transaction(BEGIN, async (run) => {
      const [head] = await run<HeadRow>(SNAPSHOT_HEAD, [sandbox, id, at ?? null]);
      if (head === undefined) throw noSuchSandbox(sandbox);
      if (head.revision < head.compacted) throw compactedError(revision(head.revision), revision(head.compacted));
      if (head.revision > head.head) {
        throw new StoreError('future-revision', `revision ${head.revision} is not written yet`);
      }
      await run(SNAPSHOT_OBJECTS, [sandbox, id, head.revision]);
      await this.reseal(run, sandbox, id);
      return id;
    });
  }

  async drop(id: SnapshotId): Promise<void> {
    await this.database.read(DROP_SNAPSHOT, [id]);
    await this.removeUnused(id);
  }

  /** Removes `id` when it was dropped and nothing stands on it. */
  async removeUnused(id: SnapshotId): Promise<void> {
    await this.database.read(REMOVE_SNAPSHOT, [id]);
  }

  private async load(id: SnapshotId): Promise<LiveObjects> {
    const rows = await this.database.read<ObjectRow>(LOAD_SNAPSHOT, [id]);
    const wrapped = rows[0]?.wrapped ?? null;
    const dataKey = wrapped === null ? undefined : this.server.unwrap(snapshotOwner(id), wrapped);
    const objects = new LiveObjects();
    for (const row of rows) {
      if (row.key !== null) objects.put(storedOf({ ...row, key: row.key }, dataKey));
    }
    return objects;
  }

  private async reseal(run: Run, sandbox: SandboxId, id: SnapshotId): Promise<void> {
    const sealed = await run<SealedRow>(SNAPSHOT_SEALED, [sandbox, id]);
    if (sealed.length === 0) return;
    const [keys] = await run<KeysRow>(SNAPSHOT_KEYS, [sandbox]);
    const { own, base, of_base } = keys!;
    const ownKey = own === null ? undefined : this.server.unwrap(sandboxOwner(sandbox), own);
    const baseKey = of_base === null ? undefined : this.server.unwrap(snapshotOwner(base!), of_base);
    const { wrapped, key } = this.server.newDataKey(snapshotOwner(id));
    const rows = sealed.map((row) => sealedAnew(row, row.from_base ? baseKey : ownKey, key));
    const columns = [rows.map((row) => row.key), rows.map((row) => row.value), rows.map((row) => row.facets)];
    await run(RESEAL, [id, wrapped, ...columns.map(textArray)]);
  }
}

function sealedAnew(row: SealedRow, from: DataKey | undefined, to: DataKey) {
  return rowOf(storedOf({ ...row, revision: 0 }, from), to);
}
