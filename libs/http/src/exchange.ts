import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { SandboxEnv, Trace } from '#base';
import type { AuditedRequest } from '#audit';
import type { FlowMatch, UserInfo } from '#auth';
import type { KindCatalog } from '#kinds';
import type { RequestContext, ServedCluster } from '#registry';
import type { Query } from './query.js';
import { type RequestInfo, requestInfoOf } from './request-info.js';

export type RawRequest = IncomingMessage | Http2ServerRequest;
export type RawResponse = ServerResponse | Http2ServerResponse;

/** Has the client gone? Its 'close' event may be long past, so nobody may wait for it without asking first. */
export function isGone(response: RawResponse): boolean {
  return 'stream' in response ? response.stream.destroyed : response.destroyed;
}

/** Warnings beyond this many are dropped: a header block has a limit. Models the recorder of apiserver/pkg/warning (1.36). */
const WARNINGS_MAX = 64;
/** Together longer, each is cut to the length below. Characters; upstream counts runes. */
const WARNINGS_LENGTH_MAX = 4 * 1024;
const WARNING_LENGTH_MAX = 256;

/**
 * One request under way: what came in, who asked, and what the answer's headers must say. It is also the RequestContext
 * that the verbs receive, so that a request costs one object, not two.
 */
export class Exchange implements RequestContext {
  readonly env: SandboxEnv;
  readonly kinds: KindCatalog;
  warnings: string[] | undefined;
  /** The record of it, where a policy wants one. */
  audit: AuditedRequest | undefined;
  /** The FlowSchema that it belongs to, where there are any and it is not one that lasts. */
  flow: FlowMatch | undefined;
  private parsedPath: RequestInfo | undefined;
  /** The answer goes on when the request has been served: a watch, a log that is followed. */
  lasts = false;
  /** What metrics call it; set as soon as it is known. Only names from the catalog, so that cardinality is bounded. */
  verb = '';
  groupResource = '';
  receivedMs = 0;
  endMs: number | undefined;

  constructor(
    readonly request: RawRequest,
    readonly response: RawResponse,
    readonly cluster: ServedCluster,
    /** '' or '/sandboxes/{id}'. */
    readonly base: string,
    readonly path: string,
    readonly query: Query,
    readonly user: UserInfo,
    readonly trace: Trace,
  ) {
    this.env = cluster.env;
    this.kinds = cluster.kinds;
  }

  /** What the path names. Fails with 400 or 404 when nothing can be at such a path. */
  get info(): RequestInfo {
    return (this.parsedPath ??= requestInfoOf(this.path));
  }

  get method(): string {
    return this.request.method!;
  }

  get userAgent(): string {
    return this.request.headers['user-agent'] ?? '';
  }

  /** Absent where nothing is recorded: whoever would annotate does not begin to. */
  get annotate(): RequestContext['annotate'] {
    const { audit } = this;
    return audit && ((key, value) => audit.annotate(key, value));
  }

  warn(message: string): void {
    this.warnings = withWarning(this.warnings ?? [], message);
  }
}

/** The warnings and one more: each once, whole while all of them fit. */
export function withWarning(warnings: string[], message: string): string[] {
  const isSaid = warnings.includes(message) || warnings.includes(message.slice(0, WARNING_LENGTH_MAX));
  if (isSaid || warnings.length >= WARNINGS_MAX) return warnings;
  const all = [...warnings, message];
  const length = all.reduce((sum, text) => sum + text.length, 0);
  if (length <= WARNINGS_LENGTH_MAX) return all;
  const cut = all.map((text) => text.slice(0, WARNING_LENGTH_MAX));
  // Cut already, and still too long: nothing more is said.
  return cut.reduce((sum, text) => sum + text.length, 0) <= WARNINGS_LENGTH_MAX ? cut : warnings;
}

/** The text of a `Warning` header: code 299, no agent, the message quoted. Control characters cannot be in a header. */
export function warningHeader(message: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  const printable = message.replace(/[\u0000-\u001f\u007f]/g, ' ').replace(/[\\"]/g, '\\$&');
  return `299 - "${Buffer.from(printable, 'utf8').toString('latin1')}"`;
}
