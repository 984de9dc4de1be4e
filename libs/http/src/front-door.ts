import 'reflect-metadata';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Http2SecureServer } from 'node:http2';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { NestFactory } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, entropy } from '#base';
import { sendStatus } from './answer.js';
import type { FrontDoorOptions } from './door.js';
import { statusErrorOf } from './failure.js';
import { FrontDesk } from './front-desk.js';
import { HttpModule } from './http.module.js';
import { guardHttp1, guardSecure, HEADER_BYTES_MAX, SECURE_LIMITS } from './listener-limits.js';
import { type OpenSockets, trackSockets } from './open-sockets.js';
import { acceptUpgrades } from './upgrades.js';

/** A server that listens. */
export interface FrontDoor {
  readonly httpsPort: number;
  /** undefined when there is no plain listener. */
  readonly httpPort: number | undefined;
  /** Fastify's own way in without a socket, for tests and probes. */
  readonly app: NestFastifyApplication;
  /** Takes no more, ends watches, lets what is under way finish (up to `drainMs`), then closes. */
  close(drainMs?: number): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const DRAIN_MS = 10_000;

/** Opens both listeners over one Nest application. Rejects with the listen error (EADDRINUSE and the like). */
export async function createFrontDoor(options: FrontDoorOptions): Promise<FrontDoor> {
  let address = '';
  const app = await makeApplication(options, () => address);
  const secure = app.getHttpServer() as unknown as Http2SecureServer;
  const desk = app.get(FrontDesk);
  guardSecure(secure, options.clock);
  acceptUpgrades(secure, desk, options);
  const sockets = [trackSockets(secure)];
  try {
    await app.listen({ port: options.httpsPort, host: options.bind });
    const plain = options.httpPort === undefined ? undefined : makePlain(app, desk, options);
    if (plain) {
      sockets.push(trackSockets(plain));
      await listening(plain, options.httpPort!);
    }
    const httpsPort = portOf(secure);
    address = `${options.bind}:${httpsPort}`;
    return {
      httpsPort,
      httpPort: plain && portOf(plain),
      app,
      close: (drainMs = DRAIN_MS) => drain(app, plain, sockets, desk, options.clock, drainMs),
    };
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function makeApplication(
  options: FrontDoorOptions,
  serverAddress: () => string,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    http2: true,
    https: { ...SECURE_LIMITS, ...tlsOf(options) },
    logger: false,
    exposeHeadRoutes: false,
    forceCloseConnections: false,
    skipMiddie: true,
    // What the router refuses before any route (broken escapes) answers like everything else.
    frameworkErrors: (error: Error, _request: unknown, reply: FastifyReply) => {
      reply.hijack();
      const auditId = entropy();
      sendStatus(reply.raw, auditId, statusErrorOf(error, auditId, options.unexpected ?? (() => {})));
    },
    routerOptions: { maxParamLength: HEADER_BYTES_MAX },
  });
  const root = HttpModule.register(options, serverAddress);
  return NestFactory.create<NestFastifyApplication>(root, adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
}

function tlsOf({ tls }: FrontDoorOptions) {
  const ca = tls.ca === undefined ? {} : { ca: typeof tls.ca === 'string' ? tls.ca : [...tls.ca] };
  return { key: tls.key, cert: tls.cert, ...ca };
}

/** The listener for browsers: loopback only, no TLS, the same routes. */
function makePlain(app: NestFastifyApplication, desk: FrontDesk, options: FrontDoorOptions): Server {
  const fastify = app.getHttpAdapter().getInstance();
  const plain = createServer(
    { maxHeaderSize: HEADER_BYTES_MAX },
    (request: IncomingMessage, response: ServerResponse) => fastify.routing(request, response),
  );
  guardHttp1(plain);
  acceptUpgrades(plain, desk, options);
  return plain;
}

function listening(server: NetServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}

async function drain(
  app: NestFastifyApplication,
  plain: Server | undefined,
  sockets: readonly OpenSockets[],
  desk: FrontDesk,
  clock: Clock,
  drainMs: number,
): Promise<void> {
  const plainClosed = new Promise<unknown>((resolve) => (plain ? plain.close(resolve) : resolve(undefined)));
  const appClosed = app.close();
  const late = clock.setTimer(drainMs, () => sockets.forEach((open) => open.destroyAll()));
  desk.watches.endAll();
  void desk.untilIdle().then(() => sockets.forEach((open) => open.endAll()));
  await Promise.all([plainClosed, appClosed]);
  late.cancel();
}
