import type { ServerResponse } from 'node:http';
import type { Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { StatusError } from '#apimachinery';
import type { AuditLog, AuditRead } from '#audit';
import { acceptsGzip, startAnswer } from './answer.js';
import { drained } from './drained.js';
import { type Exchange, isGone } from './exchange.js';

const TYPE = 'text/plain; charset=utf-8';
const GZIP_LEVEL = 1;

/** Where a control plane made by kubeadm has it below /var/log, which kube-apiserver serves as /logs. */
export function isAuditLogPath(segments: readonly string[]): boolean {
  return segments.length === 3 && segments.join('/') === 'logs/kube-apiserver/audit.log';
}

/** Begins an answer that lasts so long (undefined: as a watch does); aborts when it is over. Fails with 429. */
export type LastingAnswers = (x: Exchange, timeoutMs: number | undefined) => AbortSignal;

/**
 * The sandbox's audit log as JSON lines, oldest first: `?since=` an RFC 3339 time of the sandbox's clock, `?limit=` the
 * last so many, `?follow=true` on and on, as the log of a pod, for at most `?timeoutSeconds=`. The right to read it is one
 * on the path (nonResourceURLs).
 */
export async function serveAuditLog(x: Exchange, lasting: LastingAnswers): Promise<void> {
  const { auditor } = x.cluster;
  if (!auditor) throw StatusError.noSuchPath();
  const read = readOf(x);
  if (x.query.flag('follow') && x.method === 'GET') return follow(x, auditor.log, read, lasting);
  const lines = auditor.log.read(x.env.id, read);
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

function readOf({ query }: Exchange): AuditRead {
  const limit = query.integer('limit');
  if (limit !== undefined && limit < 1) throw StatusError.badRequest('limit must be greater than 0');
  const since = query.text('since');
  const sinceMs = since === undefined ? undefined : Date.parse(since);
  if (sinceMs !== undefined && Number.isNaN(sinceMs)) {
    throw StatusError.badRequest(`invalid time ${JSON.stringify(since!.slice(0, 64))}: expected RFC 3339`);
  }
  return { ...(sinceMs === undefined ? {} : { sinceMs }), ...(limit === undefined ? {} : { limit }) };
}

/** Returns with the head; lines go out by themselves, as fast as the client takes them. */
function follow(x: Exchange, log: AuditLog, read: AuditRead, lasting: LastingAnswers): void {
  const timeoutSeconds = x.query.integer('timeoutSeconds');
  const over = lasting(x, timeoutSeconds ? timeoutSeconds * 1_000 : undefined);
  x.lasts = true;
  startAnswer(x, 200, TYPE);
  (x.response as ServerResponse).flushHeaders();
  const out = x.response as Writable;
  // At once: a server that stops ends its connections in the same breath.
  over.addEventListener('abort', () => out.end(), { once: true });
  const send = async () => {
    for await (const lines of log.follow(x.env.id, read, over)) {
      if (over.aborted) return;
      if (!out.write(lines)) await drained(out, x.response);
    }
  };
  // Half a log must not look like a whole one.
  send().catch(() => out.destroy());
}
