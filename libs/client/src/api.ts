import type { Revision, SandboxId } from '#base';
import type { Json, KubeObject, ListMeta } from '#apimachinery';
import type { Kind } from '#kinds';

/** A resource as actors name it; every Kind is one. The optional hook is there only to tell the compiler what T is. */
export type ResourceRef<T extends KubeObject = KubeObject> = Pick<
  Kind<T>,
  'group' | 'version' | 'resource' | 'kind' | 'namespaced' | 'applyDefaults'
>;

export interface ListOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

export interface PatchBody {
  readonly type: 'json' | 'merge' | 'strategic';
  readonly patch: Json;
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Orphan' | 'Background' | 'Foreground';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: T;
}

export interface WatchHandlers<T> {
  events(batch: readonly WatchEvent<T>[]): void;
  /** The watch ended; list again (error.reason 'Expired') or watch again from the last revision. */
  closed(error?: Error): void;
}

export interface WatchHandle {
  cancel(): void;
}

/**
 * One cluster, seen by one component under its own identity. Every call goes the whole way: authorization, admission,
 * registry, store. Failures are StatusErrors. Objects returned are shared and frozen by convention: copy before change.
 * Objects given are read only; they may share parts with returned ones.
 */
export interface ClusterApi {
  readonly sandbox: SandboxId;
  get<T extends KubeObject>(ref: ResourceRef<T>, namespace: string, name: string): Promise<T>;
  /** `namespace` undefined: all. */
  list<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string | undefined,
    options?: ListOptions,
  ): Promise<{ items: readonly T[]; metadata: ListMeta }>;
  create<T extends KubeObject>(ref: ResourceRef<T>, object: T): Promise<T>;
  /** With resourceVersion set in the object: fails with Conflict when stale. */
  update<T extends KubeObject>(ref: ResourceRef<T>, object: T, subresource?: string): Promise<T>;
  patch<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string,
    name: string,
    body: PatchBody,
    subresource?: string,
  ): Promise<T>;
  delete(ref: ResourceRef, namespace: string, name: string, options?: DeleteOptions): Promise<void>;
  deleteCollection(ref: ResourceRef, namespace: string, options?: DeleteOptions & ListOptions): Promise<void>;
  /** POST to a subresource: pods/binding, pods/eviction. */
  createSubresource(
    ref: ResourceRef,
    namespace: string,
    name: string,
    subresource: string,
    body: KubeObject,
  ): Promise<void>;
  /** Changes after `resourceVersion` (as a list gave it). */
  watch<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string | undefined,
    options: ListOptions & { readonly resourceVersion: string },
    handlers: WatchHandlers<T>,
  ): Promise<WatchHandle>;
  /**
   * Says that the object (a node, a lease) beats from now on every `periodMs`, or has stopped. Nothing is written while
   * it beats: its times are made on read. A stop freezes them at the last beat.
   */
  heartbeat(ref: ResourceRef, namespace: string, name: string, beat: { periodMs: number } | 'stopped'): void;
  /**
   * Tells when one of `ref` begins to beat or stops: nothing is written then, so no watch says it. Optional, because not
   * every view of a cluster can know; who needs it must also look by itself once.
   */
  heartbeats?(ref: ResourceRef, changed: (namespace: string, name: string, beating: boolean) => void): WatchHandle;
  head(): Promise<Revision>;
}

/** Gives a component its own view of a cluster: authorized, audited and traced as `username`. */
export type ApiFor = (sandbox: SandboxId, identity: ComponentIdentity) => ClusterApi;

export interface ComponentIdentity {
  /** 'system:serviceaccount:kube-system:deployment-controller', 'system:kube-scheduler', 'system:node:node01'. */
  readonly username: string;
  readonly groups: readonly string[];
}
