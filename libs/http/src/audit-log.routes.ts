import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { StatusError } from '#apimachinery';
import { acceptsGzip, startAnswer } from './answer.js';
import { drained } from './drained.js';
import { type Exchange, isGone } from './exchange.js';

const TYPE = 'text/plain; charset=utf-8';
const GZIP_LEVEL = 1;

/** Where a control plane made by kubeadm has it below /var/log, which kube-apiserver serves as /logs. */
export function isAuditLogPath(segments: readonly string[]): boolean {
  return segments.length === 3 && segments.join('/') === 'logs/kube-apiserver/audit.log';
}

/**
 * The sandbox's audit log as JSON lines, oldest first: `?since=` an RFC 3339 time of the sandbox's clock, `?limit=` the
 * last so many. The right to read it is one on the path (nonResourceURLs).
 */
export async function serveAuditLog(x: Exchange): Promise<void> {
  const { auditor } = x.cluster;
  if (!auditor) throw StatusError.noSuchPath();
  const limit = x.query.integer('limit');
  if (limit !== undefined && limit < 1) throw StatusError.badRequest('limit must be greater than 0');
  const since = x.query.text('since');
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  if (sinceMs !== undefined && Number.isNaN(sinceMs)) {
    throw StatusError.badRequest(`invalid time ${JSON.stringify(since!.slice(0, 64))}: expected RFC 3339`);
  }
  const lines = auditor.log.read(x.env.id, {
    ...(sinceMs === undefined ? {} : { sinceMs }),
    ...(limit === undefined ? {} : { limit }),
  });
  const packed = acceptsGzip(x.request);
  // The first piece is read before the head goes out: a database that does not answer is a 503, not half an answer.
  const first = x.method === 'HEAD' ? undefined : await lines.next();
  startAnswer(x, 200, TYPE, packed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : undefined);
  if (!first) return void x.response.end();
  const gzip = packed ? createGzip({ level: GZIP_LEVEL }) : undefined;
  gzip?.pipe(x.response as Writable);
  const out = gzip ?? (x.response as Writable);
  for (let piece = first; !piece.done; piece = await lines.next()) {
    if (!out.write(piece.value)) await drained(out, x.response);
    if (isGone(x.response)) return void out.destroy();
  }
  out.end();
}
