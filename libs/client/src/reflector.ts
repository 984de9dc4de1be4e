import { backoffMs, type Clock, type Timer } from '#base';
import { isReason, type KubeObject, type LabelSelector } from '#apimachinery';
import type { ClusterApi, ResourceRef, WatchEvent, WatchHandle, WatchHandlers } from './api.js';
import type { Informer, InformerHandlers } from './informer.js';
import { cacheKeyOf, ObjectCache } from './object-cache.js';

interface World {
  readonly api: ClusterApi;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
}

/** One watch of a reflector: an object, not functions, since every awake cluster holds dozens of them for its life. */
class Attempt<T extends KubeObject> implements WatchHandlers<T> {
  constructor(
    private readonly reflector: Reflector<T>,
    private readonly number: number,
  ) {}

  events(batch: readonly WatchEvent<T>[]): void {
    if (this.reflector.isCurrent(this.number)) this.reflector.take(batch);
  }

  closed(error?: Error): void {
    if (this.reflector.isCurrent(this.number)) this.reflector.again(error);
  }
}

/** client-go's reflector waits 0.8 to 30 s; its server is far away, ours is in the process. */
const RETRY = { baseMs: 50, maxMs: 30_000 };

/**
 * Follows one resource: list, watch from the list's revision, and after an end
 *   closed, or failed in any other way → watch again from the last revision seen (no gap: the store replays)
 *   Expired                            → list again; what vanished meanwhile is told as deleted
 * with growing pauses while the server cannot answer. While nothing fails it holds no timer.
 * Models client-go tools/cache Reflector and SharedInformer (1.36).
 */
export class Reflector<T extends KubeObject> implements Informer<T> {
  private readonly cache = new ObjectCache<T>();
  private handlers: readonly InformerHandlers<T>[] = [];
  /** Where to go on from; undefined: list first. */
  private from: string | undefined;
  private seen = 0;
  private hasSynced = false;
  private stopped = false;
  private failures = 0;
  private watching: WatchHandle | undefined;
  /** Counts attempts, so that calls of a watch given up are told apart and ignored. */
  private attempt = 0;
  private retry: Timer | undefined;
  private syncedNow: () => void = () => {};
  private readonly sync = new Promise<void>((resolve) => (this.syncedNow = resolve));

  constructor(
    private readonly world: World,
    private readonly ref: ResourceRef<T>,
    private readonly trim?: (object: T) => T,
  ) {}

  start(): void {
    void this.follow();
  }

  stop(): void {
    this.stopped = true;
    this.attempt++;
    this.retry?.cancel();
    this.watching?.cancel();
    this.watching = undefined;
    this.handlers = [];
    // Nobody may wait for ever on something that will not come.
    this.syncedNow();
  }

  handle(handlers: InformerHandlers<T>): () => void {
    this.handlers = [...this.handlers, handlers];
    if (handlers.added) for (const object of this.cache.list()) this.call(() => handlers.added?.(object));
    return () => {
      this.handlers = this.handlers.filter((other) => other !== handlers);
    };
  }

  synced(): boolean {
    return this.hasSynced;
  }

  revision(): number {
    return this.seen;
  }

  untilSynced(): Promise<void> {
    return this.sync;
  }

  get(namespace: string, name: string): T | undefined {
    return this.cache.get(namespace, name);
  }

  list(namespace?: string): readonly T[] {
    return this.cache.list(namespace);
  }

  select(namespace: string, selector: LabelSelector | undefined): readonly T[] {
    return this.cache.select(namespace, selector);
  }

  ownedBy(uid: string): readonly T[] {
    return this.cache.ownedBy(uid);
  }

  byUid(uid: string): T | undefined {
    return this.cache.byUid(uid);
  }

  count(namespace?: string): number {
    return this.cache.count(namespace);
  }

  private async follow(): Promise<void> {
    const attempt = ++this.attempt;
    const current = () => this.isCurrent(attempt);
    try {
      if (this.from === undefined) {
        const { items, metadata } = await this.world.api.list(this.ref, undefined);
        if (!current()) return;
        this.replace(items);
        this.from = metadata.resourceVersion ?? '0';
        this.seen = Number(this.from);
        this.hasSynced = true;
        this.syncedNow();
      }
      const watch = await this.world.api.watch<T>(
        this.ref,
        undefined,
        { resourceVersion: this.from },
        new Attempt<T>(this, attempt),
      );
      if (!current()) return watch.cancel();
      this.watching = watch;
      this.failures = 0;
    } catch (error) {
      if (current()) this.again(error);
    }
  }

  /** For its watches: false once it has stopped or begun another. */
  isCurrent(attempt: number): boolean {
    return !this.stopped && attempt === this.attempt;
  }

  /** For its watches. */
  again(error: unknown): void {
    this.watching = undefined;
    if (isReason(error, 'Expired') || isReason(error, 'Gone')) this.from = undefined;
    else if (error !== undefined) this.world.report(error);
    // Even an orderly end waits a little, so that a server which ends every watch is not asked in a tight loop.
    const delayMs = backoffMs(RETRY, this.failures++);
    this.attempt++;
    this.retry = this.world.clock.setTimer(delayMs, () => {
      this.retry = undefined;
      void this.follow();
    });
  }

  /** For its watches. */
  take(batch: readonly WatchEvent<T>[]): void {
    for (const { type, object } of batch) {
      if (object.metadata.resourceVersion) this.seen = Number((this.from = object.metadata.resourceVersion));
      this.put(cacheKeyOf(object), type === 'DELETED' ? undefined : this.kept(object), object);
    }
  }

  private replace(items: readonly T[]): void {
    const gone = new Set(this.cache.keys());
    for (const object of items) {
      const key = cacheKeyOf(object);
      gone.delete(key);
      const old = this.cache.at(key);
      if (old && old.metadata.resourceVersion === object.metadata.resourceVersion) continue;
      // Deleted and made again in the gap: two objects, so two facts.
      if (old && old.metadata.uid !== object.metadata.uid) this.put(key, undefined, old);
      this.put(key, this.kept(object), object);
    }
    for (const key of gone) this.put(key, undefined, this.cache.at(key)!);
  }

  private kept(object: T): T {
    return this.trim ? this.trim(object) : object;
  }

  /** `last` is the final state when `object` is undefined. */
  private put(key: string, object: T | undefined, last: T): void {
    const old = this.cache.set(key, object);
    for (const handler of this.handlers) {
      if (object === undefined) this.call(() => old && handler.deleted?.(last));
      else if (old === undefined) this.call(() => handler.added?.(object));
      else this.call(() => handler.updated?.(object, old));
    }
  }

  private call(handler: () => void): void {
    try {
      handler();
    } catch (error) {
      this.world.report(error);
    }
  }
}
