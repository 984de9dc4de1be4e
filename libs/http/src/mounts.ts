import type { FastifyReply, FastifyRequest } from 'fastify';
import { decodeBody } from '#apimachinery';
import { addFlow, type Headers } from './answer.js';
import { ClientGone, readBody } from './body.js';
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
  const auditId = desk.auditId(request.raw);
  try {
    return await desk.during(request.raw, reply.raw, address, auditId, async (x) => {
      const { audit } = x;
      if (audit) reply.raw.once('close', () => audit.complete(reply.raw.statusCode));
      await receiveBody(request);
      const headers: Headers = { 'audit-id': auditId };
      addFlow(headers, x);
      reply.headers(headers);
      return mount.handle(request, reply, x.cluster, x);
    });
  } catch (error) {
    if (error instanceof ClientGone) return reply.hijack().raw.destroy();
    throw error;
  }
}

async function receiveBody(request: FastifyRequest): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const bytes = await readBody(request.raw);
  if (bytes.length === 0) return;
  const isJson = mediaTypeOf(request.headers['content-type']) === 'application/json';
  request.body = isJson ? decodeBody(bytes, 'json').value : bytes;
}
