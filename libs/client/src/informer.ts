import type { KubeObject, LabelSelector } from '#apimachinery';

export interface InformerHandlers<T> {
  added?(object: T): void;
  updated?(object: T, old: T): void;
  deleted?(object: T): void;
}

/** Reads of what has been seen; shared objects, never mutate. Indexes are kept up, so none of these walks all objects. */
export interface Lister<T extends KubeObject> {
  get(namespace: string, name: string): T | undefined;
  /** undefined: all namespaces. */
  list(namespace?: string): readonly T[];
  /** Those in `namespace` that the selector matches; a nil or empty selector follows meta/v1 rules. */
  select(namespace: string, selector: LabelSelector | undefined): readonly T[];
  /** By metadata.ownerReferences uid. */
  ownedBy(uid: string): readonly T[];
  byUid(uid: string): T | undefined;
  /** How many there are, without listing them. */
  count(namespace?: string): number;
}

export interface Informer<T extends KubeObject> extends Lister<T> {
  /** Handlers see everything that is there as `added`, then every change. The result removes them. */
  handle(handlers: InformerHandlers<T>): () => void;
  synced(): boolean;
  /**
   * The newest revision of this resource that has been seen: at least that of an object that a write gave back, once
   * the cache holds that write. So who wrote can tell whether to trust the cache yet.
   */
  revision(): number;
  /** Resolves when the first list has arrived. */
  untilSynced(): Promise<void>;
}
