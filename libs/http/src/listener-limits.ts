import type { Server } from 'node:http';
import type { Http2SecureServer, ServerHttp2Session } from 'node:http2';
import type { Duplex } from 'node:stream';
import { StatusError } from '#apimachinery';
import { type Clock, entropy } from '#base';

/** The reference server accepts 64 kB of headers; Node's default is 16 KiB. */
export const HEADER_BYTES_MAX = 64 * 1024;
/** As kube-apiserver's --http2-max-streams-per-connection. */
const STREAMS_PER_CONNECTION_MAX = 250;
/** A client that takes longer to say hello, or to send its headers, is not one. */
const HANDSHAKE_MS_MAX = 10_000;
const HEADERS_MS_MAX = 10_000;
/** Headers and body together. */
const REQUEST_MS_MAX = 60_000;
/** Longer than clients of the Go standard library keep idle connections (90 s), so that they close first. */
const IDLE_MS_MAX = 120_000;
const CONNECTIONS_MAX = 20_000;

/** Options of the TLS server. Client certificates are asked for; whether one is any good, the cluster decides. */
export const SECURE_LIMITS = {
  allowHTTP1: true,
  requestCert: true,
  rejectUnauthorized: false,
  minVersion: 'TLSv1.2',
  handshakeTimeout: HANDSHAKE_MS_MAX,
  maxHeaderListPairs: 256,
  settings: { maxConcurrentStreams: STREAMS_PER_CONNECTION_MAX, maxHeaderListSize: HEADER_BYTES_MAX },
  peerMaxConcurrentStreams: STREAMS_PER_CONNECTION_MAX,
} as const;

/** Node reads these of an HTTP/1 server from its properties; the TLS server has the same for its HTTP/1 clients. */
interface Http1Limits {
  headersTimeout: number;
  requestTimeout: number;
  keepAliveTimeout: number;
  maxHeaderSize: number;
  maxHeadersCount: number;
}

export function guardHttp1(server: Server | Http2SecureServer): void {
  const limits: Http1Limits = server as unknown as Http1Limits;
  limits.headersTimeout = HEADERS_MS_MAX;
  limits.requestTimeout = REQUEST_MS_MAX;
  limits.keepAliveTimeout = IDLE_MS_MAX;
  limits.maxHeaderSize = HEADER_BYTES_MAX;
  // Node would leave out what comes after the first thousand, be it whom a proxy says that its client is. Bytes bound them.
  limits.maxHeadersCount = 0;
  server.maxConnections = CONNECTIONS_MAX;
  (server as Server).on('clientError', refuse);
}

export function guardSecure(server: Http2SecureServer, clock: Clock): void {
  guardHttp1(server);
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('sessionError', (_error, session) => session.destroy());
  server.on('session', (session: ServerHttp2Session) => guardResets(session, clock));
}

/** Text of the answers to what is not even a request. */
const REFUSALS: ReadonlyMap<string, StatusError> = new Map([
  [
    'HPE_HEADER_OVERFLOW',
    new StatusError(431, 'RequestHeaderFieldsTooLarge', 'the headers of the request are too large'),
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', new StatusError(408, 'Timeout', 'the request took too long to arrive')],
]);

/** Answers a broken HTTP/1 request with a Status where the line still stands, and closes it. Never throws. */
function refuse(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const status = REFUSALS.get(error.code ?? '') ?? StatusError.badRequest('the request is not valid HTTP');
  const body = JSON.stringify(status.toStatus());
  const head = [
    `HTTP/1.1 ${status.code} ${status.reason}`,
    'Content-Type: application/json',
    'Cache-Control: no-cache, private',
    `Audit-Id: ${entropy(16)}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Streams that a client may break off on one connection at once, and how many a second it gets back (CVE-2023-44487). */
const RESETS_MAX = 500;
const RESETS_PER_SECOND = 30;
const NGHTTP2_ENHANCE_YOUR_CALM = 0xb;
const NGHTTP2_NO_ERROR = 0;

/**
 * Rapid reset: opening streams and breaking them off at once costs the client nothing. Time gives the allowance back,
 * so that an honest client, which cancels a watch now and then, never runs out of it.
 */
function guardResets(session: ServerHttp2Session, clock: Clock): void {
  let left = RESETS_MAX;
  let countedMs = clock.monotonicMs();
  session.on('stream', (stream) => {
    stream.once('close', () => {
      if (stream.rstCode === NGHTTP2_NO_ERROR) return;
      const nowMs = clock.monotonicMs();
      left = Math.min(RESETS_MAX, left + ((nowMs - countedMs) / 1_000) * RESETS_PER_SECOND) - 1;
      countedMs = nowMs;
      if (left < 0 && !session.destroyed) session.destroy(undefined, NGHTTP2_ENHANCE_YOUR_CALM);
    });
  });
}
