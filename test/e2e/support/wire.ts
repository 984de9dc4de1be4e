import * as http from 'node:http';
import * as http2 from 'node:http2';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { parse } from 'yaml';
import type { ServerProcess } from './server-process.js';

export interface Sent {
  readonly method?: string;
  /** From the root of the server, sent as it is: no client has cleaned it. */
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** The admin's token of one context of the server's own kubeconfig. */
export function tokenOf(server: ServerProcess, context = 'default'): string {
  const config = parse(readFileSync(server.kubeconfig, 'utf8')) as {
    users: { name: string; user: { token: string } }[];
    contexts: { name: string; context: { user: string } }[];
  };
  const user = config.contexts.find(({ name }) => name === context)!.context.user;
  return config.users.find(({ name }) => name === user)!.user.token;
}

/** One HTTP/1.1 request on a connection of its own. */
export function sendHttp1(server: ServerProcess, { method = 'GET', path, headers = {}, body }: Sent): Promise<Answer> {
  // Node leaves the length of a DELETE's body unsaid.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: '127.0.0.1', port: server.httpPort, method, path, headers: { ...headers, ...length }, agent: false },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.once('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        response.once('error', reject);
      },
    );
    // A refusal may come, and the connection end, before all of a body that is too large is out.
    request.once('error', reject);
    request.end(body);
  });
}

export function openHttp2(server: ServerProcess): Promise<http2.ClientHttp2Session> {
  return new Promise((resolve, reject) => {
    const session = http2.connect(server.url, { rejectUnauthorized: false, maxSessionMemory: 256 });
    session.once('connect', () => resolve(session)).once('error', reject);
    session.on('error', () => undefined);
  });
}

export function sendHttp2(session: http2.ClientHttp2Session, sent: Sent): Promise<Answer> {
  const { method = 'GET', path, headers = {}, body } = sent;
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':method': method, ':path': path, ...headers }, { endStream: body === undefined });
    let answered: Answer['headers'] & { ':status'?: number } = {};
    let text = '';
    stream.setEncoding('utf8');
    stream.once('response', (head) => (answered = head as typeof answered));
    stream.on('data', (chunk: string) => (text += chunk));
    stream.once('close', () => {
      const status = Number(answered[':status'] ?? 0);
      if (status === 0) reject(new Error(`the stream ended without an answer: ${stream.rstCode}`));
      else resolve({ status, headers: answered, text });
    });
    // Once the answer has come, what becomes of the rest of the body is of no interest.
    stream.on('error', () => undefined);
    if (body !== undefined) stream.end(body);
  });
}

/** Bytes on the plain port, and what came back until the server, or `untilMs`, ended it. */
export function sendBytes(
  server: ServerProcess,
  bytes: string,
  untilMs: number,
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve) => {
    const socket: Socket = connect(server.httpPort, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    const limit = setTimeout(() => {
      socket.destroy();
      resolve({ text, closed: false });
    }, untilMs);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', () => undefined);
    socket.once('end', () => {
      clearTimeout(limit);
      socket.destroy();
      resolve({ text, closed: true });
    });
  });
}
