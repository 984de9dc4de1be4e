import type { Writable } from 'node:stream';
import { BoundedQueue } from '#base';
import { StatusError } from '#apimachinery';
import type { FoundEvent, RegistryWatch, WatchReceiver } from '#registry';
import { isGone, type RawResponse } from './exchange.js';
import type { FrameEncoder } from './watch-frames.js';

/** Events that a watcher may be behind before it is closed: it lists again, at less cost than holding them. */
export const EVENTS_BEHIND_MAX = 10_000;
/** The same as text, shared with the store as long as it holds them too. */
export const CHARS_BEHIND_MAX = 64 * 1024 * 1024;
/** The initial state comes in one burst before the first byte can go out; it does not count as being behind. */
const INITIAL_EVENTS_MAX = 1_000_000;

/** What waits to be sent: an event, to be encoded when its turn comes, or bytes made already. */
type Pending = FoundEvent | Buffer;

/**
 * One watcher: events in, frames out. Writes straight through while the socket takes it; when it does not, keeps the
 * events (not their bytes) in a bounded queue; when that overflows, breaks the connection off.
 */
export class WatchStream implements WatchReceiver {
  private readonly queue = new BoundedQueue<Pending>(INITIAL_EVENTS_MAX);
  private charsBehind = 0;
  private blocked = true;
  private ending = false;
  private live = false;
  private over = false;
  private eventsOut = 0;
  private handle: RegistryWatch | undefined;

  constructor(
    private readonly response: RawResponse,
    private readonly encoder: FrameEncoder,
    private readonly onOver: (stream: WatchStream) => void,
  ) {
    response.on('drain', () => this.unblock());
    response.on('close', () => this.finish());
    response.on('error', () => this.finish());
  }

  /** Headers are out: what has gathered may follow. From here on the watcher must keep up. */
  start(handle: RegistryWatch | undefined): void {
    // The client may have gone, or the watch ended, while it was being opened.
    this.handle = handle;
    if (isGone(this.response)) this.finish();
    if (this.over || this.ending) handle?.cancel();
    this.unblock();
    this.live = true;
  }

  /** The watch could not be opened; somebody else answers the request. */
  abandon(): void {
    this.finish();
  }

  events(batch: readonly FoundEvent[]): void {
    if (this.over || this.ending) return;
    for (const event of batch) this.push(event, event.found.text.length);
  }

  initialEventsEnd(resourceVersion: string): void {
    this.push(this.encoder.bookmark(resourceVersion, true), 0);
  }

  /** The watch below ended: with an error event when there is a reason that the client should know. */
  closed(error?: Error): void {
    if (this.over || this.ending) return;
    if (error) this.push(this.encoder.error(statusOf(error).toStatus()), 0);
    this.end();
  }

  bookmark(): void {
    if (this.handle && !this.blocked) this.push(this.encoder.bookmark(this.handle.resourceVersion(), false), 0);
  }

  /** Ends in good order: what is queued goes out, then the stream closes. */
  end(): void {
    if (this.over || this.ending) return;
    this.ending = true;
    this.handle?.cancel();
    this.pump();
  }

  private push(pending: Pending, chars: number): void {
    if (this.over) return;
    if (!this.blocked && this.queue.size === 0) return this.write(pending);
    this.charsBehind += chars;
    const behind = this.live && (this.queue.size >= EVENTS_BEHIND_MAX || this.charsBehind > CHARS_BEHIND_MAX);
    if (behind || !this.queue.push(pending)) {
      this.response.destroy();
      this.finish();
    }
  }

  private write(pending: Pending): void {
    const frame = Buffer.isBuffer(pending) ? pending : this.encoder.frame(pending, this.eventsOut++ === 0);
    if (!(this.response as Writable).write(frame)) this.blocked = true;
  }

  private unblock(): void {
    this.blocked = false;
    this.pump();
  }

  private pump(): void {
    if (this.over || this.blocked) return;
    while (!this.blocked && this.queue.size > 0) {
      const pending = this.queue.shift()!;
      if (!Buffer.isBuffer(pending)) this.charsBehind -= pending.found.text.length;
      this.write(pending);
    }
    if (this.ending && !this.blocked && this.queue.size === 0) {
      this.response.end();
      this.finish();
    }
  }

  private finish(): void {
    if (this.over) return;
    this.over = true;
    this.queue.clear();
    this.handle?.cancel();
    this.onOver(this);
  }
}

function statusOf(error: Error): StatusError {
  return error instanceof StatusError ? error : StatusError.internal('the watch ended unexpectedly');
}
