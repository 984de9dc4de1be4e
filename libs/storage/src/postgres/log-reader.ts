import { revision, type Revision } from '#base';
import type { Change } from '../change.js';
import type { ServerKey } from '../crypto.js';
import { endOfPrefix } from '../key-order.js';
import { compactedError, noSuchSandbox, type Undo } from '../sandbox-log.js';
import type { StoredObject, StoreEvent, StoreEventType } from '../store.js';
import { sandboxOwner } from './data-keys.js';
import type { Database, Row } from './database.js';
import type { Holder } from './holder.js';
import { LOG, UNDO } from './sql.js';
import { facetsOf, storedOf } from './stored-rows.js';

interface LogHead extends Row {
  readonly incarnation: number;
  readonly compacted: number;
  /** The data key, which another process may have made since this one woke the sandbox. */
  readonly wrapped: string | null;
}

interface LogRow extends LogHead {
  readonly head: number;
  /** The rest is null when the log has nothing to say. */
  readonly revision: number | null;
  readonly type: number;
  readonly key: string;
  readonly commit_id: number;
  readonly previous_revision: number;
  readonly previous_facets: string | null;
  readonly value: string;
  readonly facets: string;
}

interface UndoRow extends LogHead {
  readonly key: string | null;
  readonly previous_revision: number;
  readonly previous: string | null;
  readonly previous_facets: string | null;
}

const EVENT_TYPES: readonly StoreEventType[] = ['ADDED', 'MODIFIED', 'DELETED'];

/** Changes read at once: bounds memory, and how long one statement takes. */
const CHANGES_MAX = 2000;

export interface LogPart {
  readonly entries: readonly { readonly commitId: number; readonly change: Change }[];
  /** The log is known up to here: the last entry when there may be more, else the head of the statement's moment. */
  readonly upTo: Revision;
}

/** Reads the logs of sandboxes from the database. */
export class LogReader {
  constructor(
    private readonly database: Database,
    private readonly server: ServerKey,
  ) {}

  /**
   * Changes of keys under `prefix` after `after`. Throws `compacted`, or `no-such-sandbox` when the sandbox has gone (or
   * another one has its id).
   */
  async changes(holder: Holder, after: Revision, prefix: string): Promise<LogPart> {
    const values = [holder.id, after, prefix, endOfPrefix(prefix), CHANGES_MAX];
    const rows = await this.database.read<LogRow>(LOG, values);
    const first = this.check(rows[0], holder);
    if (first.compacted > after) throw compactedError(after, revision(first.compacted));
    return this.partOf(rows, first, holder);
  }

  /**
   * All changes after `after`, the head of `holder`. Compaction does not cut a process off that is a little behind: only
   * when history is really gone, which a gap shows, is this `compacted`.
   */
  async next(holder: Holder, after: Revision): Promise<LogPart> {
    const rows = await this.database.read<LogRow>(LOG, [holder.id, after, '', endOfPrefix(''), CHANGES_MAX]);
    const first = this.check(rows[0], holder);
    if (first.head > after && first.revision !== after + 1) throw compactedError(after, revision(first.compacted));
    return this.partOf(rows, first, holder);
  }

  private partOf(rows: readonly LogRow[], first: LogRow, holder: Holder): LogPart {
    const live = new Map<string, StoredObject | undefined>();
    const entries = first.revision === null ? [] : rows.map((row) => entryOf(row, holder, live));
    const isLast = entries.length < CHANGES_MAX;
    const upTo = isLast ? first.head : rows[rows.length - 1]!.revision!;
    return { entries, upTo: revision(upTo) };
  }

  /** What was before the changes after `at`, for a holder whose memory is at its head. Throws `compacted`. */
  async undo(holder: Holder, at: Revision, prefix: string): Promise<Undo> {
    const values = [holder.id, at, prefix, endOfPrefix(prefix), holder.log.head];
    const rows = await this.database.read<UndoRow>(UNDO, values);
    const first = this.check(rows[0], holder);
    if (first.compacted > at) throw compactedError(at, revision(first.compacted));
    const undo = new Map<string, StoredObject | undefined>();
    if (first.key === null) return undo;
    for (const row of rows) undo.set(row.key!, previousOf(row, holder));
    return undo;
  }

  private check<T extends LogHead>(first: T | undefined, holder: Holder): T {
    if (first === undefined || first.incarnation !== holder.incarnation) throw noSuchSandbox(holder.id);
    if (first.wrapped !== null) holder.dataKey ??= this.server.unwrap(sandboxOwner(holder.id), first.wrapped);
    return first;
  }
}

function previousOf(row: UndoRow, holder: Holder): StoredObject | undefined {
  const key = row.key!;
  if (row.previous_revision === 0) return undefined;
  if (row.previous === null) return holder.log.live.base?.get(key);
  const { previous: value, previous_facets: facets, previous_revision } = row;
  return storedOf({ key, revision: previous_revision, value, facets: facets! }, holder.dataKey);
}

/**
 * `before` is right for holders that read on from their own head; for reads of the past (watches only) it is not used.
 * `known` holds what earlier rows of the same read led to.
 */
function entryOf(row: LogRow, holder: Holder, known: Map<string, StoredObject | undefined>) {
  const { key } = row;
  const type = EVENT_TYPES[row.type]!;
  const object = storedOf({ key, revision: row.revision!, value: row.value, facets: row.facets }, holder.dataKey);
  const before = known.has(key) ? known.get(key) : holder.log.live.get(key);
  known.set(key, type === 'DELETED' ? undefined : object);
  return { commitId: row.commit_id, change: { event: eventOf(row, type, object, holder), before } };
}

function eventOf(row: LogRow, type: StoreEventType, object: StoredObject, holder: Holder): StoreEvent {
  if (type === 'ADDED') return { type, object };
  const previous =
    row.previous_facets === null
      ? (holder.log.live.base?.get(row.key)?.facets ?? {})
      : facetsOf(row.key, row.previous_facets, holder.dataKey);
  return { type, object, previous };
}
