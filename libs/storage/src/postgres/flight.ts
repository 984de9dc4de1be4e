import { revision } from '#base';
import type { Change } from '../change.js';
import type { StoredObject } from '../store.js';
import { StoreError } from '../store.js';
import { planWrites } from '../write-plan.js';
import { int2Array, int8Array, textArray } from './binary-arrays.js';
import type { Holder, PendingCommit } from './holder.js';
import { rowOf } from './stored-rows.js';

/** A flush larger than this is two: one statement holds its heads' locks, and one long answer delays all in it. */
const ROWS_MAX = 1000;
const CHARACTERS_MAX = 4 * 1024 * 1024;

/** The commits of one sandbox in one flight, no key in two of them. */
export interface Batch {
  readonly holder: Holder;
  /** The head that they were validated against. */
  readonly expected: number;
  readonly parts: readonly { readonly pending: PendingCommit; readonly changes: readonly Change[] }[];
}

/** What is left of a flight's limits. */
export class Room {
  private rows = ROWS_MAX;
  private characters = CHARACTERS_MAX;

  get isFull(): boolean {
    return this.rows <= 0 || this.characters <= 0;
  }

  take(pending: PendingCommit): void {
    this.rows -= pending.writes.length;
    this.characters -= pending.characters;
  }
}

/**
 * Takes from the queue what can fly together, leaves the rest in its order. `refuse` gets each commit that does not fit
 * what is there, with the conflict.
 */
export function takeBatch(
  holder: Holder,
  room: Room,
  refuse: (pending: PendingCommit, error: StoreError) => void,
): Batch {
  const { log } = holder;
  const expected = log.head;
  const parts: { pending: PendingCommit; changes: Change[] }[] = [];
  const busy = new Set<string>();
  let next: number = expected;
  for (const pending of holder.queue.splice(0)) {
    const isAlone = holder.oneByOne && parts.length > 0;
    if (isAlone || room.isFull || pending.writes.some((write) => busy.has(write.key))) {
      // Also what it would touch has to wait, or a later commit would overtake it.
      for (const write of pending.writes) busy.add(write.key);
      holder.queue.push(pending);
      continue;
    }
    try {
      const changes = planWrites(revision(next), pending.writes, (key) => log.live.get(key));
      for (const write of pending.writes) busy.add(write.key);
      next += changes.length;
      room.take(pending);
      parts.push({ pending, changes });
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      refuse(pending, error);
    }
  }
  return { holder, expected, parts };
}

export function changesOf(batch: Batch): Change[] {
  return batch.parts.flatMap((part) => part.changes);
}

const EVENT_TYPES = { ADDED: 0, MODIFIED: 1, DELETED: 2 } as const;

/** What becomes of the live row, see FLUSH. */
const LIVE = { superseded: 0, put: 1, tombstone: 2, gone: 3 } as const;

/** The columns of a flight's writes, $7-$17 of FLUSH. */
class WriteColumns {
  readonly sandboxes: string[] = [];
  readonly revisions: number[] = [];
  readonly keys: string[] = [];
  readonly types: number[] = [];
  readonly commits: number[] = [];
  readonly values: string[] = [];
  readonly facets: string[] = [];
  readonly previousRevisions: number[] = [];
  readonly previousValues: (string | null)[] = [];
  readonly previousFacets: (string | null)[] = [];
  readonly live: number[] = [];

  /** The writes of one commit, which may touch a key more than once: only the last decides the live row. */
  add(holder: Holder, commitId: number, changes: readonly Change[]): void {
    const indexByKey = new Map<string, number>();
    for (const { event, before } of changes) {
      const { object, type } = event;
      const index = this.keys.length;
      const earlier = changes.length > 1 ? indexByKey.get(object.key) : undefined;
      indexByKey.set(object.key, index);
      this.addRow(holder, object);
      this.types.push(EVENT_TYPES[type]);
      this.commits.push(commitId);
      this.previousRevisions.push(before?.revision ?? 0);
      this.previousValues.push(earlier !== undefined && before !== undefined ? this.values[earlier]! : null);
      this.previousFacets.push(earlier !== undefined && before !== undefined ? this.facets[earlier]! : null);
      this.live.push(type !== 'DELETED' ? LIVE.put : holder.isInBase(object.key) ? LIVE.tombstone : LIVE.gone);
      if (earlier !== undefined) this.live[earlier] = LIVE.superseded;
    }
  }

  private addRow(holder: Holder, object: StoredObject): void {
    const row = rowOf(object, holder.dataKey);
    this.sandboxes.push(holder.id);
    this.revisions.push(row.revision);
    this.keys.push(row.key);
    this.values.push(row.value);
    this.facets.push(row.facets);
  }
}

/** The parameters of FLUSH for batches in id order. */
export function flushValues(batches: readonly Batch[], holderNumber: number, leaseMs: number): unknown[] {
  const columns = new WriteColumns();
  for (const { holder, parts } of batches) {
    for (const { pending, changes } of parts) columns.add(holder, pending.id, changes);
  }
  return [
    textArray(batches.map(({ holder }) => holder.id)),
    int8Array(batches.map(({ holder }) => holder.incarnation)),
    int8Array(batches.map(({ expected }) => expected)),
    int8Array(batches.map((batch) => batch.parts.reduce((sum, part) => sum + part.changes.length, batch.expected))),
    holderNumber,
    leaseMs,
    textArray(columns.sandboxes),
    int8Array(columns.revisions),
    textArray(columns.keys),
    int2Array(columns.types),
    int8Array(columns.commits),
    textArray(columns.values),
    textArray(columns.facets),
    int8Array(columns.previousRevisions),
    textArray(columns.previousValues),
    textArray(columns.previousFacets),
    int2Array(columns.live),
  ];
}
