import type { ServerResponse } from 'node:http';
import type { Clock, Random, Timer } from '#base';
import { isReason } from '#apimachinery';
import type { RegistryWatch, ServedCluster, Target, WatchRequest } from '#registry';
import { JSON_TYPE, startAnswer } from './answer.js';
import { type Exchange, isGone } from './exchange.js';
import { readOptionsOf } from './options.js';
import { resourceNegotiator } from './representation.js';
import { includeObjectOf } from './table.js';
import { type FrameEncoder, FrameEncoders } from './watch-frames.js';
import type { WatchPlaces } from './watch-places.js';
import { WatchStream } from './watch-stream.js';

/** A watch that names no timeout lasts 30 to 60 minutes. As kube-apiserver's --min-request-timeout. */
const WATCH_MS_MIN = 30 * 60_000;
const BOOKMARK_MS = 60_000;
/** All watches share one timer of this period: the precision of timeouts and bookmarks. */
const SWEEP_MS = 1_000;

/** An answer that lasts. */
interface Lasting {
  bookmark(): void;
  end(): void;
}

interface OpenWatch {
  readonly stream: Lasting;
  readonly leave: () => void;
  readonly bookmarks: boolean;
  readonly endsMs: number;
  nextBookmarkMs: number;
}

/**
 * Every open watch of the process: their deadlines, their bookmarks. One timer for all of them, and none
 * while there is no watch.
 */
export class WatchStreams {
  private readonly open = new Map<Lasting, OpenWatch>();
  private readonly encoders = new WeakMap<ServedCluster, FrameEncoders>();
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly places: WatchPlaces,
  ) {}

  encodersOf(cluster: ServedCluster): FrameEncoders {
    let encoders = this.encoders.get(cluster);
    if (encoders === undefined) {
      encoders = new FrameEncoders(() => cluster.env.clock.nowMs());
      this.encoders.set(cluster, encoders);
    }
    return encoders;
  }

  /** Fails with 429 when there are too many already. */
  newStream(x: Exchange, encoder: FrameEncoder, timeoutMs: number | undefined, bookmarks: boolean): WatchStream {
    const leave = this.places.take(x.env.id, x.user.username);
    const stream = new WatchStream(x.response, encoder, (one) => this.forget(one));
    this.add(stream, leave, timeoutMs, bookmarks);
    return stream;
  }

  /**
   * The same for another answer that lasts: aborts when its time is over, the client has gone or the server stops.
   * Fails with 429 when there are too many already.
   */
  lasting(x: Exchange, timeoutMs: number | undefined): AbortSignal {
    const leave = this.places.take(x.env.id, x.user.username);
    const over = new AbortController();
    const one = { bookmark: () => undefined, end: () => over.abort() };
    this.add(one, leave, timeoutMs, false);
    over.signal.addEventListener('abort', () => this.forget(one), { once: true });
    if (isGone(x.response)) over.abort();
    else x.response.once('close', one.end);
    return over.signal;
  }

  /** The server stops: every watch ends in good order. */
  endAll(): void {
    for (const { stream } of [...this.open.values()]) stream.end();
  }

  private sweep(): void {
    this.timer = undefined;
    const nowMs = this.clock.monotonicMs();
    for (const watch of [...this.open.values()]) {
      const over = nowMs >= watch.endsMs;
      if (watch.bookmarks && (over || nowMs >= watch.nextBookmarkMs)) {
        watch.stream.bookmark();
        watch.nextBookmarkMs = nowMs + BOOKMARK_MS;
      }
      if (over) watch.stream.end();
    }
    if (this.open.size > 0) this.timer ??= this.clock.setTimer(SWEEP_MS, () => this.sweep());
  }

  private add(stream: Lasting, leave: () => void, timeoutMs: number | undefined, bookmarks: boolean): void {
    const nowMs = this.clock.monotonicMs();
    const lastsMs = timeoutMs ?? WATCH_MS_MIN * (1 + this.random.next());
    const times = { endsMs: nowMs + lastsMs, nextBookmarkMs: nowMs + BOOKMARK_MS };
    this.open.set(stream, { stream, leave, bookmarks, ...times });
    this.timer ??= this.clock.setTimer(SWEEP_MS, () => this.sweep());
  }

  private forget(stream: Lasting): void {
    const watch = this.open.get(stream);
    if (!watch) return;
    this.open.delete(stream);
    watch.leave();
    if (this.open.size > 0) return;
    this.timer?.cancel();
    this.timer = undefined;
  }
}

function watchRequestOf(x: Exchange, target: Target): WatchRequest {
  const { query } = x;
  const labelSelector = query.text('labelSelector');
  const named = target.name === undefined ? undefined : `metadata.name=${target.name}`;
  const fieldSelector = [query.text('fieldSelector'), named].filter((part) => part !== undefined).join(',');
  const sendInitialEvents = query.flag('sendInitialEvents');
  return {
    ...readOptionsOf(query),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(fieldSelector === '' ? {} : { fieldSelector }),
    ...(sendInitialEvents === undefined ? {} : { sendInitialEvents }),
  };
}

/**
 * Opens a watch and returns; the stream lives on by itself. A revision that is gone is told inside the stream, as an
 * event, because clients of watches look for it there (models the watch handler of apiserver, 1.36).
 */
export async function serveWatch(x: Exchange, target: Target, watches: WatchStreams): Promise<void> {
  const accepted = resourceNegotiator.choose(x.request.headers.accept);
  const timeoutSeconds = x.query.integer('timeoutSeconds');
  const { name: _name, ...collection } = target;
  const request = watchRequestOf(x, target);
  const encoder = watches.encodersOf(x.cluster).of(target.kind, accepted, includeObjectOf(x.query));
  const bookmarks = x.query.flag('allowWatchBookmarks') === true;
  const stream = watches.newStream(x, encoder, timeoutSeconds ? timeoutSeconds * 1_000 : undefined, bookmarks);
  let handle: RegistryWatch | undefined;
  try {
    handle = await x.cluster.verbs.watch(x, collection, request, stream);
  } catch (error) {
    if (!isReason(error, 'Expired') && !isReason(error, 'Gone')) {
      stream.abandon();
      throw error;
    }
    stream.closed(error);
  }
  x.lasts = true;
  startAnswer(x, 200, JSON_TYPE);
  (x.response as ServerResponse).flushHeaders();
  stream.start(handle);
}
