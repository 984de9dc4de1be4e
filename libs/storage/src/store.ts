import type { Revision, SandboxId } from '#base';

/** What selectors look at, kept beside the text so that no list or watch parses objects to filter them. */
export interface Facets {
  readonly labels?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** One object at one revision. Immutable and shared; identity is (sandbox, key, revision). */
export interface StoredObject {
  /** 'pods/default/web': groupResource/namespace/name, bytewise ordered. */
  readonly key: string;
  /** The revision that wrote it: its metadata.resourceVersion. */
  readonly revision: Revision;
  /** Canonical JSON with the resourceVersion in place. */
  readonly text: string;
  readonly facets: Facets;
  /** It was written encrypted, and is wherever it is written down. Absent: it was not. */
  readonly encrypted?: boolean;
}

/** One change of one key. All writes of one `commit` happen, in order, or none does. */
export interface Write {
  readonly key: string;
  /** 0: the key must not exist; n: the object must be at revision n. */
  readonly expected: Revision | 0;
  readonly op: 'put' | 'delete';
  /** Canonical JSON with an empty resourceVersion slot; of a delete, the last state (watchers see it). */
  readonly text: string;
  readonly facets: Facets;
  /** Encrypted wherever it is written down. */
  readonly encrypted?: boolean;
}

export type StoreEventType = 'ADDED' | 'MODIFIED' | 'DELETED';

export interface StoreEvent {
  readonly type: StoreEventType;
  /** Of DELETED: the last state, at the revision of the deletion. */
  readonly object: StoredObject;
  /** Facets before the change (absent for ADDED), so that a selector's edge can be told. */
  readonly previous?: Facets;
}

export interface ListQuery {
  /** 'pods/' or 'pods/default/'. */
  readonly prefix: string;
  /** Keys bytewise after this one. */
  readonly after?: string;
  readonly limit?: number;
  /** The past: the state at that revision; compacted ones fail. Absent: now. */
  readonly at?: Revision;
  readonly matches?: (object: StoredObject) => boolean;
}

export interface Page {
  /** The revision at which the list is true. */
  readonly revision: Revision;
  readonly items: readonly StoredObject[];
  /** More keys follow; undefined when the page is the last. Counts matching objects only when `matches` is absent. */
  readonly remaining?: number;
}

/** Called synchronously after COMMIT, in revision order, each event once. Must not throw, must not block. */
export interface WatchSink {
  events(batch: readonly StoreEvent[]): void;
  /** The watch ends: `error` undefined after cancel or server stop. No call follows. */
  closed(error?: StoreError): void;
}

export interface StoreWatch {
  cancel(): void;
}

export interface ReadView {
  head(sandbox: SandboxId): Promise<Revision>;
  /** Never what is not durable; at least as new as any write acknowledged before the call. */
  get(sandbox: SandboxId, key: string, at?: Revision): Promise<StoredObject | undefined>;
  list(sandbox: SandboxId, query: ListQuery): Promise<Page>;
  /** Oldest revision that `at` and `watch` still answer for. */
  compacted(sandbox: SandboxId): Promise<Revision>;
}

export interface WriteView {
  /**
   * Resolves after COMMIT with what was written, one per write (of a delete: the last state at its revision).
   * Fails with `conflict` (the first unmet expectation), `unavailable` (nothing written; when the database was lost
   * during COMMIT and did not come back in time, the message says that the outcome is unknown), or `too-large`.
   */
  commit(sandbox: SandboxId, writes: readonly Write[]): Promise<readonly StoredObject[]>;
}

export interface WatchView {
  /**
   * Every change of keys under `prefix` with revision > `after`, ordered, unique, without gap. Events of the past come
   * first, some maybe before the promise resolves. `after` may lie in the future. Fails with `compacted` when it is too
   * old.
   */
  watch(sandbox: SandboxId, prefix: string, after: Revision, sink: WatchSink): Promise<StoreWatch>;
}

declare const snapshotIdBrand: unique symbol;
export type SnapshotId = string & { readonly [snapshotIdBrand]: true };

/** Life of the logs themselves. */
export interface SandboxLogs {
  /** A new log over `base` (or empty); its head starts at the base's revision (at least 1). Fails with `exists`. */
  createSandbox(sandbox: SandboxId, base?: SnapshotId): Promise<Revision>;
  /** Removes everything of it. Idempotent. Watches end. */
  deleteSandbox(sandbox: SandboxId): Promise<void>;
  /** An immutable, flattened set of the objects at `at` (default: now). */
  snapshot(sandbox: SandboxId, at?: Revision): Promise<SnapshotId>;
  /** No sandbox can be made on it any more; those that stand on it keep it. Idempotent. */
  deleteSnapshot(snapshot: SnapshotId): Promise<void>;
  /** Puts the state back to `at` as new revisions (watchers see ordinary events). */
  rewind(sandbox: SandboxId, at: Revision): Promise<Revision>;
  /** Forgets the memory of a sandbox; the next call reads it anew. Watches keep it awake: then nothing happens. */
  evict(sandbox: SandboxId): Promise<void>;
  /** Drops history up to `upTo`: older `at` and `watch` fail with `compacted`. */
  compact(sandbox: SandboxId, upTo: Revision): Promise<void>;
}

export interface Store extends ReadView, WriteView, WatchView, SandboxLogs {
  /** Resolves when the database answers, rejects with `unavailable`. */
  ping(): Promise<void>;
  /** Finishes what is under way, ends watches, closes connections. */
  close(): Promise<void>;
}

export type StoreErrorCode =
  | 'conflict'
  | 'compacted'
  | 'future-revision'
  | 'unavailable'
  | 'too-large'
  | 'exists'
  | 'no-such-sandbox'
  | 'no-such-snapshot';

/** The closed set of what can go wrong below; the registry translates it, once, to StatusError. */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(
    readonly code: StoreErrorCode,
    message: string,
    /** conflict: what is there now (undefined: nothing). compacted: the oldest revision left. */
    readonly found?: { current?: StoredObject; oldest?: Revision },
  ) {
    super(message);
  }
}
