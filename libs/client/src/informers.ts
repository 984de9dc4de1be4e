import { type Clock, type SandboxEnv, systemClock } from '#base';
import type { KubeObject } from '#apimachinery';
import type { ClusterApi, ResourceRef } from './api.js';
import type { Informer } from './informer.js';
import { Reflector } from './reflector.js';

/** One informer per resource per sandbox, started at first use, shared by all of the sandbox's actors. */
export interface Informers {
  of<T extends KubeObject>(ref: ResourceRef<T>): Informer<T>;
  /**
   * The same for those who look at metadata only (garbage collection, namespace deletion): objects without spec,
   * status or data, unless someone asked for the whole ones before. So big payloads are not held for their sake.
   */
  metadataOf(ref: ResourceRef): Informer<KubeObject>;
  /** The resource is served no more, or in another version: its informers end, and the next who asks gets new ones. */
  forget(ref: ResourceRef): void;
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
    forget(ref) {
      for (const map of [whole, slim]) {
        map.get(idOf(ref))?.stop();
        map.delete(idOf(ref));
      }
    },
    async untilSynced() {
      await Promise.all([...whole.values(), ...slim.values()].map((reflector) => reflector.untilSynced()));
    },
    stop() {
      stopped = true;
      for (const reflector of [...whole.values(), ...slim.values()]) reflector.stop();
    },
  };
}
