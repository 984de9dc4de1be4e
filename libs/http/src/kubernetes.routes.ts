import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendStatus } from './answer.js';
import type { FrontDoorOptions, Mount } from './door.js';
import { statusErrorOf } from './failure.js';
import type { FrontDesk } from './front-desk.js';
import { serveMount } from './mounts.js';
import { addressOf } from './request-info.js';

function mountAt(mounts: readonly Mount[], path: string): Mount | undefined {
  for (const mount of mounts) {
    if (path.startsWith(mount.path) && (path.length === mount.path.length || path[mount.path.length] === '/'))
      return mount;
  }
  return undefined;
}

/**
 * One route for everything, because the paths are data (kinds, sandboxes), not code. Kubernetes requests leave Fastify
 * right here and are answered on the raw response; mounts get Fastify's request and reply.
 */
export function registerRoutes(fastify: FastifyInstance, desk: FrontDesk, options: FrontDoorOptions): void {
  fastify.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers();
    // Bodies are read by the verbs that want one, after the caller is known: a stranger's costs nothing.
    scope.addContentTypeParser('*', (_request, _payload, parsed) => parsed(null));
    scope.setErrorHandler((error, request, reply) => {
      const unexpected = options.unexpected ?? (() => {});
      reply.hijack();
      const auditId = desk.auditId(request.raw);
      sendStatus(reply.raw, auditId, statusErrorOf(error, auditId, unexpected));
    });
    scope.all('/*', (request: FastifyRequest, reply: FastifyReply) => {
      const address = addressOf(request.raw.url!);
      const mount = mountAt(options.mounts, address.path);
      if (mount) return serveMount(mount, request, reply, address, desk);
      reply.hijack();
      void desk.serve(request.raw, reply.raw, address);
      return undefined;
    });
    registered();
  });
}
