import { revision, type Revision, type SandboxId } from '#base';
import type { Change } from './change.js';
import { ChangeRing, type RingLimits } from './change-ring.js';
import { compareKeys } from './key-order.js';
import type { LiveObjects } from './live-objects.js';
import { type ListQuery, type Page, type StoredObject, StoreError, type StoreEvent } from './store.js';
import type { WatchHub } from './watch-hub.js';

/** What was there before, by key, for keys that changed since a revision. undefined: nothing was. */
export type Undo = ReadonlyMap<string, StoredObject | undefined>;

/** The committed state of one sandbox in memory, at `head`: live objects, newest changes, watches. No I/O. */
export class SandboxLog {
  readonly ring: ChangeRing;

  constructor(
    public head: Revision,
    public compacted: Revision,
    readonly live: LiveObjects,
    readonly hub: WatchHub,
    limits: RingLimits,
  ) {
    this.ring = new ChangeRing(head, limits);
  }

  /** Takes committed changes in, in revision order, and tells watchers. Changes already here are skipped. */
  apply(changes: readonly Change[]): void {
    const events: StoreEvent[] = [];
    for (const change of changes) {
      const { object, type } = change.event;
      if (object.revision !== this.head + 1) continue;
      this.head = object.revision;
      if (type === 'DELETED') this.live.delete(object.key);
      else this.live.put(object);
      this.ring.push(change);
      events.push(change.event);
    }
    if (events.length > 0) this.hub.publish(events);
  }

  compact(upTo: Revision): void {
    if (upTo <= this.compacted) return;
    this.compacted = upTo;
    this.ring.trim(upTo);
  }

  /** Throws `compacted` or `future-revision` unless the past at `at` can be told. */
  check(at: Revision): void {
    if (at < this.compacted) throw compactedError(at, this.compacted);
    if (at > this.head) {
      throw new StoreError('future-revision', `revision ${at} is not written yet; the newest is ${this.head}`);
    }
  }

  /** What was before the changes after `at`, as far as the ring knows them; undefined: ask the database. */
  undoSince(at: Revision): Undo | undefined {
    const changes = this.ring.since(at);
    if (changes === undefined) return undefined;
    const undo = new Map<string, StoredObject | undefined>();
    for (const { event, before } of changes) {
      if (!undo.has(event.object.key)) undo.set(event.object.key, before);
    }
    return undo;
  }

  get(key: string, undo?: Undo): StoredObject | undefined {
    return undo?.has(key) ? undo.get(key) : this.live.get(key);
  }

  /** A page of now, or of the past that `undo` describes. */
  list(query: ListQuery, at: Revision, undo?: Undo): Page {
    if (undo !== undefined && undo.size > 0) return this.listPast(query, at, undo);
    const items: StoredObject[] = [];
    const limit = limitOf(query);
    let last: string | undefined;
    this.live.scan(query.prefix, query.after, (object) => {
      last = object.key;
      if (query.matches === undefined || query.matches(object)) items.push(object);
      return items.length < limit;
    });
    const remaining = items.length < limit || last === undefined ? 0 : this.live.countAfter(query.prefix, last);
    return remaining > 0 ? { revision: at, items, remaining } : { revision: at, items };
  }

  private listPast(query: ListQuery, at: Revision, undo: Undo): Page {
    const { prefix, after, matches } = query;
    const past: StoredObject[] = [];
    this.live.scan(prefix, after, (object) => {
      if (!undo.has(object.key)) past.push(object);
      return true;
    });
    for (const [key, object] of undo) {
      if (object !== undefined && key.startsWith(prefix) && (after === undefined || compareKeys(key, after) > 0)) {
        past.push(object);
      }
    }
    past.sort((a, b) => compareKeys(a.key, b.key));
    const items: StoredObject[] = [];
    const limit = limitOf(query);
    let scanned = 0;
    for (; scanned < past.length && items.length < limit; scanned++) {
      const object = past[scanned]!;
      if (matches === undefined || matches(object)) items.push(object);
    }
    const remaining = past.length - scanned;
    return remaining > 0 ? { revision: at, items, remaining } : { revision: at, items };
  }
}

function limitOf(query: ListQuery): number {
  return query.limit !== undefined && query.limit > 0 ? query.limit : Infinity;
}

export function compactedError(at: Revision, oldest: Revision): StoreError {
  return new StoreError('compacted', `revision ${at} has been compacted; the oldest left is ${oldest}`, { oldest });
}

/** Revisions are dense from 1: what an empty log starts with. */
export const FIRST_REVISION = revision(1);

export function noSuchSandbox(sandbox: SandboxId): StoreError {
  return new StoreError('no-such-sandbox', `there is no sandbox ${sandbox}`);
}
