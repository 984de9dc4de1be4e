import type { StoredObject, StoreEvent } from './store.js';

/** One revision of a log: what watchers see, and what was there before (for reads of the past). */
export interface Change {
  readonly event: StoreEvent;
  readonly before: StoredObject | undefined;
}

/** The change that brings `key` from `before` to `object` (of a delete: the last state, at the delete's revision). */
export function changeOf(before: StoredObject | undefined, object: StoredObject, op: 'put' | 'delete'): Change {
  if (before === undefined) return { event: { type: 'ADDED', object }, before };
  const type = op === 'delete' ? 'DELETED' : 'MODIFIED';
  return { event: { type, object, previous: before.facets }, before };
}
