import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeBody } from '#apimachinery';
import { addFlow, type Headers } from './answer.js';
import { readBody } from './body.js';
import type { Mount } from './door.js';
import type { FrontDesk } from './front-desk.js';
import { mediaTypeOf } from './media-type.js';
import type { Address } from './request-info.js';

/** Hands a request to a mount: cluster and caller found, body read, failures turned to Status by the error handler. */
export async function serveMount(
  mount: Mount,
  request: FastifyRequest,
  reply: FastifyReply,
  address: Address,
  desk: FrontDesk,
): Promise<unknown> {
  return desk.during(request.raw, reply.raw, address, desk.auditId(request.raw), async (x) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      const bytes = await readBody(request.raw);
      if (bytes.length > 0) {
        const isJson = mediaTypeOf(request.headers['content-type']) === 'application/json';
        request.body = isJson ? decodeBody(bytes, 'json').value : bytes;
      }
    }
    const { audit } = x;
    if (audit) reply.raw.once('close', () => audit.complete(reply.raw.statusCode));
    const headers: Headers = { 'audit-id': x.trace.id };
    addFlow(headers, x);
    reply.headers(headers);
    return mount.handle(request, reply, x.cluster, x);
  });
}
