import type { KubeObject, LabelSelector } from '#apimachinery';
import type { ResourceRef } from './api.js';

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
}

export interface Informer<T extends KubeObject> extends Lister<T> {
  /** Handlers see everything that is there as `added`, then every change. The result removes them. */
  handle(handlers: InformerHandlers<T>): () => void;
  synced(): boolean;
  /** Resolves when the first list has arrived. */
  untilSynced(): Promise<void>;
}

/** One informer per resource per sandbox, started at first use, shared by all of the sandbox's actors. */
export interface Informers {
  of<T extends KubeObject>(ref: ResourceRef<T>): Informer<T>;
  /** Resolves when all informers asked for so far have synced. */
  untilSynced(): Promise<void>;
  stop(): void;
}
