import type { Writable } from 'node:stream';
import { isGone, type RawResponse } from './exchange.js';

/** Resolves when there is room in `out` again, or nobody listens any more. */
export function drained(out: Writable, response: RawResponse): Promise<void> {
  if (isGone(response)) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      out.off('drain', done);
      response.off('close', done);
      resolve();
    };
    out.on('drain', done);
    response.on('close', done);
  });
}
