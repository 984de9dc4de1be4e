import { StatusError } from '#apimachinery';
import type { RawRequest } from './exchange.js';

/** As kube-apiserver's --max-request-bytes. */
export const BODY_BYTES_MAX = 3_145_728;

const NOTHING = Buffer.alloc(0);

function tooLarge(): StatusError {
  return StatusError.tooLarge(`Request entity too large: limit is ${BODY_BYTES_MAX}`);
}

/** The client went away in the middle of its own request; nobody is left to answer. */
export class ClientGone extends Error {}

/**
 * The body's bytes, in one piece when they came in one piece. Fails with 413 at the first byte too many, 415 for packed
 * bodies. What is left unread of a refused body is drained by Node when the answer has been sent.
 */
export function readBody(request: RawRequest): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    return Promise.reject(StatusError.unsupportedMediaType(['identity']));
  }
  const length = request.headers['content-length'];
  if (length === '0') return Promise.resolve(NOTHING);
  if (length !== undefined && Number(length) > BODY_BYTES_MAX) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined;
    let more: Buffer[] | undefined;
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > BODY_BYTES_MAX) {
        more = undefined;
        request.pause();
        return reject(tooLarge());
      }
      if (first === undefined) first = chunk;
      else (more ??= [first]).push(chunk);
    });
    let whole = false;
    request.once('end', () => {
      whole = true;
      resolve(more ? Buffer.concat(more, bytes) : (first ?? NOTHING));
    });
    // Every request closes some time; only for one that was cut short is an error worth its stack trace.
    const cutShort = () => {
      if (!whole) reject(new ClientGone());
    };
    request.once('error', cutShort);
    request.once('close', cutShort);
  });
}
