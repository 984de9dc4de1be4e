import type { IncomingMessage, Server } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { Duplex } from 'node:stream';
import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import { failureBody, failureHeaders } from './answer.js';
import { backendFor, dialFailure } from './connect.js';
import type { FrontDoorOptions, Mount } from './door.js';
import { statusErrorOf } from './failure.js';
import type { FrontDesk } from './front-desk.js';
import type { Exchange } from './exchange.js';
import { addressOf, requestInfoOf, type ResourceInfo } from './request-info.js';

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
  await desk.duringUpgrade(request, address, desk.auditId(request), async (x, gate) => {
    if (socket.destroyed) return;
    if (!handle) return upgradeResource(x);
    const { audit } = x;
    if (audit) {
      audit.started(101);
      socket.once('close', () => audit.complete(101));
    }
    handle(request, socket, head, x.cluster, x, gate);
  });
}

/** Connections to pods and nodes begin as any request about a resource; fails with what that ends with. */
async function upgradeResource(x: Exchange): Promise<never> {
  const info = requestInfoOf(x.path);
  const kind = info.kind === 'resource' ? kindOf(x, info.resource) : undefined;
  if (info.kind !== 'resource' || !kind) throw StatusError.badRequest('this path does not take protocol upgrades');
  throw dialFailure(await backendFor(x, kind, info.resource));
}

function kindOf(x: Exchange, { group, version, resource, subresource }: ResourceInfo): Kind | undefined {
  const kind = x.kinds.byResource(group, version, resource);
  const connects = kind?.subresources.some(({ name, verbs }) => name === subresource && verbs.includes('connect'));
  return connects ? kind : undefined;
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
