import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { FoundEvent } from '#registry';
import type { RawResponse } from './exchange.js';
import type { FrameEncoder } from './watch-frames.js';
import { EVENTS_BEHIND_MAX, WatchStream } from './watch-stream.js';

/** A client that reads only when told to. */
class SlowResponse extends EventEmitter {
  readonly written: string[] = [];
  headersSent = true;
  destroyed = false;
  ended = false;
  room = true;

  write(frame: Buffer): boolean {
    this.written.push(frame.toString());
    return this.room;
  }
  end(): void {
    this.ended = true;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

const encoder: FrameEncoder = {
  frame: ({ type, resourceVersion }) => Buffer.from(`${type} ${resourceVersion}`),
  bookmark: (resourceVersion) => Buffer.from(`BOOKMARK ${resourceVersion}`),
  error: ({ reason }) => Buffer.from(`ERROR ${reason}`),
};
const event = (n: number): FoundEvent => ({
  type: 'ADDED',
  resourceVersion: String(n),
  found: { text: 'x', object: () => ({ apiVersion: 'v1', kind: 'X', metadata: {} }) },
});

function opened() {
  const response = new SlowResponse();
  let cancelled = 0;
  let over = 0;
  const stream = new WatchStream(response as unknown as RawResponse, encoder, () => over++);
  const handle = { cancel: () => cancelled++, resourceVersion: () => '9' };
  return {
    response,
    stream,
    handle: { ...handle, cancel: () => void handle.cancel() },
    counts: () => ({ cancelled, over }),
  };
}

describe('a watch stream', () => {
  it('holds what comes before its headers are out, then sends it in order', () => {
    const { response, stream, handle } = opened();
    response.headersSent = false;
    stream.events([event(1), event(2)]);
    stream.initialEventsEnd('2');
    expect(response.written).toEqual([]);
    response.headersSent = true;
    stream.start(handle);
    stream.events([event(3)]);
    expect(response.written).toEqual(['ADDED 1', 'ADDED 2', 'BOOKMARK 2', 'ADDED 3']);
  });

  it('stops writing when the socket is full and goes on when it drains', () => {
    const { response, stream, handle } = opened();
    stream.start(handle);
    response.room = false;
    stream.events([event(1), event(2), event(3)]);
    expect(response.written).toEqual(['ADDED 1']);
    response.room = true;
    response.emit('drain');
    expect(response.written).toEqual(['ADDED 1', 'ADDED 2', 'ADDED 3']);
  });

  it('breaks off a client that is too far behind, once', () => {
    const { response, stream, handle, counts } = opened();
    stream.start(handle);
    response.room = false;
    for (let i = 0; i < EVENTS_BEHIND_MAX + 10; i++) stream.events([event(i)]);
    expect(response.destroyed).toBe(true);
    expect(counts().over).toBe(1);
    expect(counts().cancelled).toBeGreaterThan(0);
  });

  it('sends what waits before it ends', () => {
    const { response, stream, handle, counts } = opened();
    stream.start(handle);
    response.room = false;
    stream.events([event(1), event(2)]);
    stream.end();
    expect(response.ended).toBe(false);
    response.room = true;
    response.emit('drain');
    expect([response.written.at(-1), response.ended, counts().over]).toEqual(['ADDED 2', true, 1]);
  });

  it('tells an unexpected end as an error without its cause', () => {
    const { response, stream, handle } = opened();
    stream.start(handle);
    stream.closed(new Error('secret'));
    expect([response.written, response.ended]).toEqual([['ERROR InternalError'], true]);
  });
});
