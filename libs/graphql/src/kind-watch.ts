import { backoffMs, BoundedQueue, type Timer } from '#base';
import { isReason, type KubeObject, StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { FoundEvent, RegistryWatch, WatchReceiver } from '#registry';
import { Item, type Scope } from './source.js';

/** What a subscription sends. */
export interface KindEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: Item | null;
  /** Where to resume after this event; null while the initial state is still coming, as its order means nothing. */
  readonly resourceVersion: string | null;
}

export interface KindWatchRequest {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Resume after this; absent: begin with all that exists. */
  readonly resourceVersion?: string;
  /** 'namespace/name' → resourceVersion of what the subscriber still holds; used when resourceVersion is too old. */
  readonly known?: ReadonlyMap<string, string>;
}

/** Live events that may wait for a slow subscriber; then the watch is given up until it has caught up. */
const WAITING_EVENTS_MAX = 1_000;
/** As a Kubernetes watch: so that a quiet subscription can be resumed within the history that is kept. */
const BOOKMARK_MS = 60_000;
const RETRY = { baseMs: 200, maxMs: 5_000 };
const RETRIES_MAX = 15;

const keyOf = ({ metadata: { namespace = '', name = '' } }: KubeObject) => `${namespace}/${name}`;

/**
 * One subscription's events, as an async iterator that survives what a watch does not.
 *
 *   first ──list──> ADDED … ADDED BOOKMARK ──live──> ADDED MODIFIED DELETED …
 *                                             │ the watch ends (server's limit, database away, subscriber slow)
 *                                             ├─ watch again after the last event sent: nothing lost, nothing twice
 *                                             └─ Expired: list again, send only the differences to what was sent
 *                                                (DELETED for what vanished meanwhile), BOOKMARK, go on
 *
 * For the differences it keeps key and revision of what the subscriber holds, never objects.
 */
export class KindWatch implements AsyncIterableIterator<KindEvent> {
  private readonly live = new BoundedQueue<KindEvent>(WAITING_EVENTS_MAX);
  /** The initial state or the differences after a gap; as long as the list, gone once sent. */
  private readonly backlog = new BoundedQueue<KindEvent>(Infinity);
  private wake: (() => void) | undefined;
  private failure: Error | undefined;
  private ended = false;

  private watch: RegistryWatch | undefined;
  /** Calls of a watch that was given up are known by an older number. */
  private epoch = 0;
  private position: string | undefined;
  private readonly held: Map<string, string>;
  /** False while resuming for a subscriber of whom we do not know what it holds. */
  private holdsAll: boolean;
  private overflowed = false;
  private retries = 0;
  private watchedSinceMs = Infinity;
  private bookmarkTimer: Timer | undefined;
  private bookmarked = '';

  constructor(
    private readonly scope: Scope,
    private readonly request: KindWatchRequest,
    /** Called once, when it has ended. */
    private leave?: (() => void) | undefined,
  ) {
    this.position = request.resourceVersion;
    this.held = new Map(request.known ?? []);
    this.holdsAll = request.resourceVersion === undefined || request.known !== undefined;
  }

  /** Opens the first watch; fails as the API does (no right, bad selector). */
  async start(): Promise<this> {
    try {
      await this.connect();
    } catch (error) {
      if (!this.mayListAgain(error)) throw this.end(error);
      this.position = undefined;
      await this.connect().catch((second: unknown) => {
        throw this.end(second);
      });
    }
    this.armBookmark();
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<KindEvent>> {
    for (;;) {
      const event = this.backlog.shift() ?? this.live.shift();
      if (event) return { value: event, done: false };
      if (this.failure) throw this.end(this.failure);
      if (this.ended) return { value: undefined, done: true };
      if (this.overflowed) this.catchUp();
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  return(): Promise<IteratorResult<KindEvent>> {
    this.end();
    return Promise.resolve({ value: undefined, done: true });
  }

  throw(error: unknown): Promise<IteratorResult<KindEvent>> {
    this.end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  private end<E>(error?: E): E {
    this.ended = true;
    this.failure = undefined;
    this.giveUpWatch();
    this.leave?.();
    this.leave = undefined;
    this.bookmarkTimer?.cancel();
    this.backlog.clear();
    this.live.clear();
    this.wakeUp();
    return error as E;
  }

  private wakeUp(): void {
    this.wake?.();
    this.wake = undefined;
  }

  private giveUpWatch(): void {
    this.epoch++;
    this.watch?.cancel();
    this.watch = undefined;
  }

  /** Watches after `position`, or from the whole state when there is none. */
  private async connect(): Promise<void> {
    this.giveUpWatch();
    const epoch = this.epoch;
    const { kind, namespace, labelSelector, fieldSelector } = this.request;
    const selectors = { ...(labelSelector ? { labelSelector } : {}), ...(fieldSelector ? { fieldSelector } : {}) };
    const from =
      this.position === undefined
        ? ({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion: '' } as const)
        : { resourceVersion: this.position };
    const receiver = this.receiver(epoch, this.position === undefined);
    const { cluster, request } = this.scope;
    const watch = await cluster.verbs.watch(request, { kind, namespace }, { ...selectors, ...from }, receiver);
    if (epoch !== this.epoch || this.ended) return watch.cancel();
    this.watch = watch;
    this.watchedSinceMs = this.scope.operation.clock.monotonicMs();
  }

  private receiver(epoch: number, fromList: boolean): WatchReceiver {
    let initial: FoundEvent[] | undefined = fromList ? [] : undefined;
    return {
      events: (batch) => {
        if (epoch !== this.epoch) return;
        if (initial) initial.push(...batch);
        else this.pushLive(batch);
      },
      initialEventsEnd: (resourceVersion) => {
        if (epoch !== this.epoch || !initial) return;
        this.pushDifferences(initial, resourceVersion);
        initial = undefined;
      },
      closed: (error) => {
        this.recover(epoch, error);
      },
    };
  }

  private pushLive(batch: readonly FoundEvent[]): void {
    for (const event of batch) {
      const object = new Item(this.scope, this.request.kind, event.found);
      const { type, resourceVersion } = event;
      if (!this.live.push({ type, object, resourceVersion })) {
        // Nothing of what comes now is kept: it is watched again from `position` once the subscriber has caught up.
        this.overflowed = true;
        this.giveUpWatch();
        return;
      }
      if (type === 'DELETED') this.held.delete(keyOf(object.object()));
      else this.held.set(keyOf(object.object()), object.object().metadata.resourceVersion ?? resourceVersion);
      this.position = resourceVersion;
      this.retries = 0;
    }
    this.wakeUp();
  }

  private pushDifferences(current: readonly FoundEvent[], resourceVersion: string): void {
    const gone = new Set(this.held.keys());
    const changes: KindEvent[] = [];
    const bookmark: KindEvent = { type: 'BOOKMARK', object: null, resourceVersion };
    for (const { found } of current) {
      const object = new Item(this.scope, this.request.kind, found);
      const key = keyOf(object.object());
      const revision = object.object().metadata.resourceVersion ?? '';
      const before = this.held.get(key);
      gone.delete(key);
      this.held.set(key, revision);
      if (before === revision) continue;
      changes.push({ type: before === undefined ? 'ADDED' : 'MODIFIED', object, resourceVersion: null });
    }
    const deletions = [...gone].map((key) => this.vanished(key));
    for (const key of gone) this.held.delete(key);
    for (const event of [...deletions, ...changes, bookmark]) this.backlog.push(event);
    this.position = resourceVersion;
    this.bookmarked = resourceVersion;
    this.holdsAll = true;
    this.retries = 0;
    this.wakeUp();
  }

  /** What went while nobody watched: its last state is gone too, only what it was called is known. */
  private vanished(key: string): KindEvent {
    const slash = key.indexOf('/');
    const namespace = key.slice(0, slash);
    const { kind } = this.request;
    const object: KubeObject = {
      apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
      kind: kind.kind,
      metadata: { name: key.slice(slash + 1), ...(namespace === '' ? {} : { namespace }) },
    };
    const found = { text: JSON.stringify(object), object: () => object };
    return { type: 'DELETED', object: new Item(this.scope, kind, found), resourceVersion: null };
  }

  private mayListAgain(error: unknown): boolean {
    const tooOld = isReason(error, 'Expired') || isReason(error, 'Gone');
    return tooOld && this.holdsAll && this.position !== undefined;
  }

  private catchUp(): void {
    this.overflowed = false;
    this.reconnect();
  }

  private reconnect(): void {
    const connecting = this.connect();
    const epoch = this.epoch;
    connecting.catch((error: unknown) => this.recover(epoch, error));
  }

  /** The watch ended, or could not be opened again. */
  private recover(epochOfWatch: number, error: unknown): void {
    if (this.ended || epochOfWatch !== this.epoch) return;
    this.giveUpWatch();
    const { clock } = this.scope.operation;
    // A watch that held for a while ended for a new reason.
    if (clock.monotonicMs() - this.watchedSinceMs > RETRY.maxMs) this.retries = 0;
    this.watchedSinceMs = Infinity;
    const passes = error === undefined || isReason(error, 'ServiceUnavailable') || isReason(error, 'Timeout');
    if (this.mayListAgain(error)) this.position = undefined;
    else if (!passes || this.retries >= RETRIES_MAX) return this.fail(error);
    const delayMs = backoffMs(RETRY, this.retries++);
    const epoch = this.epoch;
    clock.setTimer(delayMs, () => {
      if (epoch === this.epoch && !this.ended) this.reconnect();
    });
  }

  private fail(error: unknown): void {
    this.failure = error instanceof Error ? error : StatusError.unavailable('the watch ended and could not be resumed');
    this.wakeUp();
  }

  private armBookmark(): void {
    this.bookmarkTimer = this.scope.operation.clock.setTimer(BOOKMARK_MS, () => {
      // With events waiting, the next of them says more than a bookmark would.
      const passed = this.watch && this.backlog.size === 0 && this.live.size === 0 ? this.watch.resourceVersion() : '';
      if (passed !== '' && passed !== this.bookmarked && passed !== this.position) {
        this.position = this.bookmarked = passed;
        this.live.push({ type: 'BOOKMARK', object: null, resourceVersion: passed });
        this.wakeUp();
      }
      this.armBookmark();
    });
  }
}
