import { type IncomingMessage } from 'node:http';
import { type Agent, request } from 'node:https';
import { isIP } from 'node:net';

export interface PostTarget {
  /** Connected to, without another look at the name. */
  readonly address: string;
  readonly port: number;
  /** The URL's host without brackets: verified against the certificate, asked for by SNI. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** PEM; undefined: the platform's authorities. */
  readonly ca: string | undefined;
}

export interface Answer {
  readonly code: number;
  readonly contentType: string;
  readonly body: Buffer;
}

/** More than this is not read. As large as the largest body that the API itself takes. */
const ANSWER_BYTES_MAX = 3 * 1024 * 1024;

export class AnswerTooLarge extends Error {
  constructor() {
    super(`the answer is larger than ${ANSWER_BYTES_MAX} bytes`);
  }
}

const USER_AGENT = 'kube-apiserver-admission';

/** One POST of JSON over verified TLS. Rejects with Node's errors, AnswerTooLarge, or the signal's reason. */
export function post(target: PostTarget, body: Buffer, agent: Agent, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const hostHeader = isIP(target.host) === 6 ? `[${target.host}]` : target.host;
    const sent = request({
      agent,
      method: 'POST',
      host: target.address,
      port: target.port,
      path: target.path,
      // Names only: an address has no SNI, and Node compares the certificate with the address connected to.
      ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
      ...(target.ca === undefined ? {} : { ca: target.ca }),
      rejectUnauthorized: true,
      headers: {
        host: target.port === 443 ? hostHeader : `${hostHeader}:${target.port}`,
        'content-type': 'application/json',
        accept: 'application/json, */*',
        'user-agent': USER_AGENT,
        'content-length': body.length,
      },
    });
    const onAbort = () => {
      reject(signal.reason as Error);
      sent.destroy();
    };
    const done = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    sent.on('error', (error) => (done(), reject(error)));
    sent.on('response', (response) => {
      read(response).then(resolve, reject).finally(done);
    });
    sent.end(body);
  });
}

function read(response: IncomingMessage): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > ANSWER_BYTES_MAX) response.destroy(new AnswerTooLarge());
      else chunks.push(chunk);
    });
    response.on('error', reject);
    response.on('end', () =>
      resolve({
        code: response.statusCode ?? 0,
        contentType: response.headers['content-type'] ?? '',
        body: Buffer.concat(chunks),
      }),
    );
  });
}
