import * as http2 from 'node:http2';
import * as https from 'node:https';
import type { Endpoint } from './kubeconfig.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** A few kept connections to one cluster, used in turn. */
export interface Connection {
  send(method: string, path: string, body?: string, contentType?: string): Promise<Answer>;
  /** Lines of a watch, as they come; resolves when it is open. Call the result to end it. */
  watch(path: string, line: (text: string) => void): Promise<() => void>;
  close(): void;
}

const REQUEST_MS_MAX = 60_000;

function headersFor(endpoint: Endpoint, body: string | undefined, contentType: string): Record<string, string> {
  return {
    accept: 'application/json',
    ...(endpoint.token ? { authorization: `Bearer ${endpoint.token}` } : {}),
    ...(body === undefined ? {} : { 'content-type': contentType, 'content-length': String(Buffer.byteLength(body)) }),
  };
}

const secrets = ({ ca, cert, key }: Endpoint) => ({
  ...(ca ? { ca } : { rejectUnauthorized: false }),
  ...(cert ? { cert } : {}),
  ...(key ? { key } : {}),
});

/** Splits a stream of chunks into lines. */
function lines(give: (line: string) => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop()!;
    for (const part of parts) if (part !== '') give(part);
  };
}

export async function connectHttp2(endpoint: Endpoint, connections: number): Promise<Connection> {
  const sessions = await Promise.all(
    Array.from({ length: connections }, async () => {
      const session = http2.connect(endpoint.origin, secrets(endpoint));
      await new Promise<void>((resolve, reject) => session.once('connect', () => resolve()).once('error', reject));
      session.on('error', () => undefined);
      return session;
    }),
  );
  let turn = 0;
  const open = (method: string, path: string, body: string | undefined, contentType: string) =>
    sessions[turn++ % sessions.length]!.request(
      { ':method': method, ':path': endpoint.base + path, ...headersFor(endpoint, body, contentType) },
      { endStream: body === undefined },
    );
  return {
    send: (method, path, body, contentType = 'application/json') =>
      new Promise((resolve, reject) => {
        const stream = open(method, path, body, contentType);
        let status = 0;
        let text = '';
        stream.setEncoding('utf8');
        stream.setTimeout(REQUEST_MS_MAX, () => stream.destroy(new Error(`${method} ${path} took too long`)));
        stream.once('response', (headers) => (status = headers[':status'] ?? 0));
        stream.on('data', (chunk: string) => (text += chunk));
        stream.once('end', () => resolve({ status, text }));
        stream.once('error', reject);
        if (body !== undefined) stream.end(body);
      }),
    watch: (path, line) =>
      new Promise((resolve, reject) => {
        const stream = open('GET', path, undefined, '');
        stream.setEncoding('utf8');
        stream.once('response', (headers) => {
          if (headers[':status'] !== 200) reject(new Error(`watch ${path}: ${headers[':status']}`));
          else resolve(() => stream.close(http2.constants.NGHTTP2_CANCEL));
        });
        stream.on('data', lines(line));
        stream.on('error', reject);
      }),
    close: () => sessions.forEach((session) => session.destroy()),
  };
}

export function connectHttp1(endpoint: Endpoint, connections: number): Connection {
  const agent = new https.Agent({ keepAlive: true, maxSockets: connections, ...secrets(endpoint) });
  const { hostname, port } = new URL(endpoint.origin);
  const open = (method: string, path: string, body: string | undefined, contentType: string) =>
    https.request({
      agent,
      hostname,
      port,
      method,
      path: endpoint.base + path,
      headers: headersFor(endpoint, body, contentType),
      timeout: REQUEST_MS_MAX,
    });
  return {
    send: (method, path, body, contentType = 'application/json') =>
      new Promise((resolve, reject) => {
        const request = open(method, path, body, contentType);
        request.once('error', reject);
        request.once('response', (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
        });
        request.end(body);
      }),
    watch: (path, line) =>
      new Promise((resolve, reject) => {
        const request = open('GET', path, undefined, '');
        request.on('error', reject);
        request.once('response', (response) => {
          if (response.statusCode !== 200) return reject(new Error(`watch ${path}: ${response.statusCode}`));
          response.setEncoding('utf8');
          response.on('data', lines(line));
          response.on('error', () => undefined);
          resolve(() => request.destroy());
        });
        request.end();
      }),
    close: () => agent.destroy(),
  };
}
