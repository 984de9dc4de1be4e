import type { IncomingMessage, Server } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Duplex } from 'node:stream';
import { StatusError } from '#apimachinery';
import { failureBody, failureHeaders } from './answer.js';
import type { FrontDoorOptions, Mount } from './door.js';
import { statusErrorOf } from './failure.js';
import type { FrontDesk } from './front-desk.js';
import { addressOf } from './request-info.js';

/**
 * WebSocket upgrades go to the mount at their path, after the same limits and authentication as any request. What is refused is
 * answered and closed: a connection is never left half upgraded (CVE-2018-1002105).
 */
export function acceptUpgrades(server: Server | Http2SecureServer, desk: FrontDesk, options: FrontDoorOptions): void {
  (server as Server).on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head, desk, options.mounts).catch((error: unknown) => {
      const auditId = desk.auditId(request);
      refuseUpgrade(socket, statusErrorOf(error, auditId, options.unexpected ?? (() => {})), auditId);
    });
  });
}

async function upgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  desk: FrontDesk,
  mounts: readonly Mount[],
): Promise<void> {
  const address = addressOf(request.url!);
  const mount = mounts.find((one) => one.path === address.path);
  const handle = mount?.upgrade?.bind(mount);
  if (!handle) throw StatusError.badRequest('this path does not take protocol upgrades');
  await desk.duringUpgrade(request, address, desk.auditId(request), (x, gate) => {
    if (socket.destroyed) return;
    const { audit } = x;
    if (audit) {
      audit.started(101);
      socket.once('close', () => audit.complete(101));
    }
    handle(request, socket, head, x.cluster, x, gate);
  });
}

function refuseUpgrade(socket: Duplex, error: StatusError, auditId: string): void {
  if (!socket.writable) return void socket.destroy();
  const { body, contentType } = failureBody(undefined, error);
  const head = [
    `HTTP/1.1 ${error.code} ${error.reason}`,
    `Content-Type: ${contentType}`,
    ...Object.entries(failureHeaders(error)).map(([name, value]) => `${name}: ${String(value)}`),
    `Audit-Id: ${auditId}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
