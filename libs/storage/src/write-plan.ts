import { invariant, revision, type Revision } from '#base';
import { withRevision } from '#apimachinery';
import { type Change, changeOf } from './change.js';
import { type StoredObject, StoreError, type Write } from './store.js';

/** What etcd takes in one request, and so what clients of Kubernetes know as the limit of one object. */
const OBJECT_BYTES_MAX = 1.5 * 1024 * 1024;

/** PostgreSQL's index rows end near 2.7 kB; names are far shorter. */
const KEY_BYTES_MAX = 1024;

/** A NUL cannot be stored as text; a lone surrogate would come back as another character. */
const UNSTORABLE_KEY = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/;

/** Checks what does not depend on state. Throws `too-large`; a key that no name can give is a programmer's error. */
export function checkWrites(writes: readonly Write[]): void {
  for (const { key, text } of writes) {
    invariant(key.includes('/') && !UNSTORABLE_KEY.test(key), `${JSON.stringify(key)} is not a storable key`);
    if (Buffer.byteLength(key) > KEY_BYTES_MAX) {
      throw new StoreError('too-large', `the key ${key.slice(0, 64)}... is longer than ${KEY_BYTES_MAX} bytes`);
    }
    // No character takes more than three bytes of UTF-8 per UTF-16 unit: count exactly only when it may matter.
    if (text.length * 3 <= OBJECT_BYTES_MAX) continue;
    const bytes = text.length > OBJECT_BYTES_MAX ? text.length : Buffer.byteLength(text);
    if (bytes > OBJECT_BYTES_MAX) {
      throw new StoreError('too-large', `${key} has ${bytes} bytes; the limit is ${OBJECT_BYTES_MAX}`);
    }
  }
}

/**
 * The changes that `writes` make after revision `head`, one revision each, in order. Throws `conflict` at the first
 * unmet expectation. Reads through `live`, changes nothing.
 */
export function planWrites(
  head: Revision,
  writes: readonly Write[],
  live: (key: string) => StoredObject | undefined,
): Change[] {
  const changes: Change[] = [];
  const pending = new Map<string, StoredObject | undefined>();
  for (const write of writes) {
    const before = pending.has(write.key) ? pending.get(write.key) : live(write.key);
    if ((before?.revision ?? 0) !== write.expected || (write.op === 'delete' && before === undefined)) {
      throw conflictOf(write, before);
    }
    const next = revision(head + changes.length + 1);
    const object = storedAt(write, next);
    changes.push(changeOf(before, object, write.op));
    pending.set(write.key, write.op === 'delete' ? undefined : object);
  }
  return changes;
}

function storedAt(write: Write, at: Revision): StoredObject {
  const object = { key: write.key, revision: at, text: withRevision(write.text, at), facets: write.facets };
  return write.encrypted ? { ...object, encrypted: true } : object;
}

function conflictOf(write: Write, current: StoredObject | undefined): StoreError {
  const found = current === undefined ? 'it does not exist' : `it is at revision ${current.revision}`;
  const expected = write.expected === 0 ? 'it should not exist' : `it should be at revision ${write.expected}`;
  return new StoreError(
    'conflict',
    `${write.key}: ${expected}, but ${found}`,
    current === undefined ? {} : { current },
  );
}

const FILLED_SLOT = /"resourceVersion":"\d*"/;

/** The text with its slot emptied again, so that an old state can be written as a new revision. */
export function withoutRevision(text: string): string {
  return text.replace(FILLED_SLOT, '"resourceVersion":""');
}

/** The writes that turn `now` into `then`: nothing for keys whose revision is the same. */
export function writesBetween(now: readonly StoredObject[], then: readonly StoredObject[]): Write[] {
  const current = new Map(now.map((object) => [object.key, object]));
  const writes: Write[] = [];
  for (const object of then) {
    const present = current.get(object.key);
    current.delete(object.key);
    if (present?.revision === object.revision) continue;
    writes.push(writeOf(object, 'put', present?.revision ?? 0));
  }
  for (const object of current.values()) writes.push(writeOf(object, 'delete', object.revision));
  return writes;
}

function writeOf(object: StoredObject, op: Write['op'], expected: Revision | 0): Write {
  const { key, facets, encrypted } = object;
  const write = { key, expected, op, text: withoutRevision(object.text), facets };
  return encrypted ? { ...write, encrypted } : write;
}
