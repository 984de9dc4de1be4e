import { ANONYMOUS } from '#auth';
import type { RequestFacts } from '#audit';
import { isReason, type StatusError } from '#apimachinery';
import type { ServedCluster } from '#registry';
import { attemptOf, credentialsOf } from './authentication.js';
import type { Exchange, RawRequest } from './exchange.js';
import { Query } from './query.js';
import { attributesOfPath, attributesOfRequest } from './request-attributes.js';
import type { Address } from './request-info.js';

/** Proxies that a request came through; more are not believed. */
const SOURCES_MAX = 8;

/** Begins the record of a request whose caller is known. Costs a look at a field where no policy stands. */
export function beginAudit(x: Exchange): void {
  const { auditor } = x.cluster;
  if (!auditor?.on) return;
  x.audit = auditor.begin(x.user, attributesOfRequest(x), factsOf(x.request, x.trace.id));
}

/** The record of a request whose caller could not be found, or may not be whom it wants to be. */
export async function auditRefused(
  request: RawRequest,
  { auditor, authenticator }: ServedCluster,
  { path, search }: Address,
  auditId: string,
  error: unknown,
): Promise<void> {
  if (!auditor?.on) return;
  const query = Query.orEmpty(search);
  const attributes = attributesOfPath(request.method!, path, query);
  const facts = factsOf(request, auditId);
  if (isReason(error, 'Unauthorized')) {
    return auditor.unauthenticated(attributes, facts, attemptOf(request, query));
  }
  const requester = (await authenticator.authenticate(credentialsOf(request))) ?? ANONYMOUS;
  const audit = auditor.begin(requester, attributes, facts);
  audit?.failed(error);
  audit?.complete();
}

/** The record of a request that was turned away at the door, before anybody looked at its credentials. */
export function auditTurnedAway(
  request: RawRequest,
  { auditor }: ServedCluster,
  { path, search }: Address,
  auditId: string,
  error: StatusError,
): void {
  if (!auditor?.on) return;
  const audit = auditor.beginUnknown(
    attributesOfPath(request.method!, path, Query.orEmpty(search)),
    factsOf(request, auditId),
  );
  audit?.failed(error);
  audit?.complete();
}

/** The answer is out, or, of one that lasts, has begun: its record goes on until the connection ends. */
export function endAudit(x: Exchange): void {
  const { audit, response } = x;
  if (!audit) return;
  if (!x.lasts || response.writableEnded || !response.headersSent) return audit.complete(response.statusCode);
  audit.started(response.statusCode);
  response.once('close', () => audit.complete(response.statusCode));
}

function factsOf(request: RawRequest, auditId: string): RequestFacts {
  return {
    auditId,
    requestURI: withoutToken(request.url ?? ''),
    sourceIPs: sourcesOf(request),
    userAgent: request.headers['user-agent'] ?? '',
  };
}

/** Differs: upstream records a token that somebody put into a URL. */
function withoutToken(url: string): string {
  return url.includes('access_token=') ? url.replace(/([?&]access_token=)[^&#]*/g, '$1…') : url;
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
