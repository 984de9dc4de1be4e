import { createServer, type Server, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServerCa, createServerCertificate } from '#auth';

/** What a webhook says. `hang`: nothing, ever; `raw`: these very bytes instead of JSON. */
export interface WebhookReply {
  readonly code?: number;
  readonly json?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
  readonly hang?: boolean;
}

export interface WebhookServer {
  readonly port: number;
  /** Base64 of the authority's PEM, as clientConfig takes it. */
  readonly caBundle: string;
  /** What has come in, oldest first. */
  readonly received: { readonly path: string; readonly headers: Record<string, unknown>; readonly body: unknown }[];
  /** How many were ever opened. */
  connections: number;
  /** May be exchanged at any time. */
  reply: (body: never, path: string) => WebhookReply;
  close(): Promise<void>;
}

/** A real HTTPS server on loopback whose certificate is good for 127.0.0.1, localhost and `names`. */
export async function aWebhookServer(
  reply: WebhookServer['reply'],
  options: ServerOptions & { readonly names?: readonly string[] } = {},
): Promise<WebhookServer> {
  const { names = ['127.0.0.1', 'localhost'], ...tls } = options;
  const ca = await createServerCa(Date.now());
  const certificate = await createServerCertificate(ca, names, Date.now());
  const server = createServer({ key: certificate.privateKey, cert: certificate.certificate, ...tls });
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    webhook.connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const webhook: WebhookServer = {
    port: await listening(server),
    caBundle: Buffer.from(ca.certificate).toString('base64'),
    received: [],
    connections: 0,
    reply,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
      webhook.received.push({ path: request.url ?? '', headers: request.headers, body });
      const said = webhook.reply(body as never, request.url ?? '');
      if (said.hang) return;
      response.writeHead(said.code ?? 200, { 'content-type': 'application/json', ...said.headers });
      response.end(said.raw ?? JSON.stringify(said.json));
    });
  });
  return webhook;
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
