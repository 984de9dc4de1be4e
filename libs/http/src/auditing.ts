import type { UserInfo } from '#auth';
import type { RequestFacts } from '#audit';
import { isReason } from '#apimachinery';
import type { ServedCluster } from '#registry';
import { requesterOf } from './authentication.js';
import type { Exchange, RawRequest } from './exchange.js';
import { Query } from './query.js';
import { attributesOfPath, attributesOfRequest } from './request-attributes.js';

/** Proxies that a request came through; more are not believed. */
const SOURCES_MAX = 8;

/** Begins the record of a request whose caller is known. Costs a look at a field where no policy stands. */
export async function beginAudit(x: Exchange): Promise<void> {
  const { auditor } = x.cluster;
  if (!auditor?.on) return;
  const attributes = attributesOfRequest(x);
  const requester = await requesterOf(x.request, x.cluster, x.user);
  const facts = factsOf(x.request, x.trace.id, requester === x.user ? undefined : x.user);
  x.audit = auditor.begin(requester, attributes, facts);
}

/** The record of a request whose caller could not be found, or may not be whom it wants to be. */
export async function auditRefused(
  request: RawRequest,
  cluster: ServedCluster,
  path: string,
  search: string,
  auditId: string,
  error: unknown,
): Promise<void> {
  const { auditor } = cluster;
  if (!auditor?.on) return;
  const attributes = attributesOfPath(request.method!, path, queryOf(search));
  const unknown = isReason(error, 'Unauthorized');
  const requester = unknown ? undefined : await requesterOf(request, cluster, undefined);
  const audit = auditor.begin(requester, attributes, factsOf(request, auditId, undefined));
  audit?.failed(error);
  audit?.complete();
}

/** The answer is out, or, of a watch, has begun: its record goes on until the connection ends. */
export function endAudit(x: Exchange, isLong: boolean): void {
  const { audit, response } = x;
  if (!audit) return;
  if (!isLong || response.writableEnded || !response.headersSent) return audit.complete(response.statusCode);
  audit.started(response.statusCode);
  response.once('close', () => audit.complete(response.statusCode));
}

function queryOf(search: string): Query {
  try {
    return Query.parse(search);
  } catch {
    return Query.EMPTY;
  }
}

function factsOf(request: RawRequest, auditId: string, impersonated: UserInfo | undefined): RequestFacts {
  return {
    auditId,
    requestURI: request.url ?? '',
    sourceIPs: sourcesOf(request),
    userAgent: request.headers['user-agent'] ?? '',
    impersonated,
  };
}

/** Models utilnet.SourceIPs (1.36): what proxies say, then who is connected. */
function sourcesOf(request: RawRequest): string[] {
  const forwarded = request.headers['x-forwarded-for'];
  const named = typeof forwarded === 'string' ? forwarded.split(',').map((one) => one.trim()) : [];
  const peer = request.socket?.remoteAddress ?? '';
  const all = [...named.filter((one) => /^[\d.:a-fA-F]{2,45}$/.test(one)).slice(0, SOURCES_MAX), bare(peer)];
  return [...new Set(all.filter((one) => one !== ''))];
}

/** '127.0.0.1' of '::ffff:127.0.0.1'. */
function bare(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
