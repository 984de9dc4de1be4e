import { type Clock, type SandboxEnv, systemClock } from '#base';
import type { KubeObject, LabelSelector } from '#apimachinery';
import type { ClusterApi, ResourceRef } from './api.js';
import { Reflector } from './reflector.js';

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

/** One informer per resource per sandbox, started at first use, shared by all of the sandbox's actors. */
export interface Informers {
  of<T extends KubeObject>(ref: ResourceRef<T>): Informer<T>;
  /**
   * The same for those who look at metadata only (garbage collection, namespace deletion): objects without spec,
   * status or data, unless someone asked for the whole ones before. So big payloads are not held for their sake.
   */
  metadataOf(ref: ResourceRef): Informer<KubeObject>;
  /** Resolves when all informers asked for so far have synced. */
  untilSynced(): Promise<void>;
  stop(): void;
}

export interface InformersOptions {
  /** For back-off when the server cannot answer. Default: the process's; never the sandbox's, which may be paused. */
  readonly clock?: Clock;
  /** Told of handlers that throw and of lists that fail; the informer goes on. */
  readonly report?: (error: unknown) => void;
}

const metadataOnly = ({ apiVersion, kind, metadata }: KubeObject): KubeObject => ({ apiVersion, kind, metadata });

/** Informers over `api`; its identity needs list and watch of whatever is asked for. They run until `stop`. */
export function newInformers(api: ClusterApi, env: SandboxEnv, options: InformersOptions = {}): Informers {
  const whole = new Map<string, Reflector<KubeObject>>();
  const slim = new Map<string, Reflector<KubeObject>>();
  const world = {
    api,
    clock: options.clock ?? systemClock,
    report:
      options.report ?? ((error: unknown) => process.emitWarning(`informer of sandbox ${env.id}: ${String(error)}`)),
  };
  let stopped = false;
  const idOf = ({ group, resource }: ResourceRef) => `${resource}.${group}`;
  const started = (map: Map<string, Reflector<KubeObject>>, ref: ResourceRef, trim?: (o: KubeObject) => KubeObject) => {
    let reflector = map.get(idOf(ref));
    if (!reflector) {
      map.set(idOf(ref), (reflector = new Reflector<KubeObject>(world, ref, trim)));
      if (!stopped) reflector.start();
    }
    return reflector;
  };
  return {
    of: <T extends KubeObject>(ref: ResourceRef<T>) => started(whole, ref as ResourceRef) as unknown as Informer<T>,
    metadataOf: (ref) => whole.get(idOf(ref)) ?? started(slim, ref, metadataOnly),
    async untilSynced() {
      await Promise.all([...whole.values(), ...slim.values()].map((reflector) => reflector.untilSynced()));
    },
    stop() {
      stopped = true;
      for (const reflector of [...whole.values(), ...slim.values()]) reflector.stop();
    },
  };
}
