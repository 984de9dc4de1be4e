import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import type { StatusError } from '#apimachinery';
import { type Exchange, isGone, type RawRequest, type RawResponse, warningHeader } from './exchange.js';
import { Overloaded } from './in-flight.js';
import { Negotiator } from './media-type.js';

/** What `writeHead` of both HTTP versions takes. Names are lower-case, as HTTP/2 wants them. */
export type Headers = Record<string, string | number | string[]>;

export const JSON_TYPE = 'application/json';
const YAML_TYPE = 'application/yaml';
const TEXT_TYPE = 'text/plain; charset=utf-8';

/** Smaller answers are cheaper sent than packed. Models apiserver's defaultGzipThresholdBytes and level (1.36). */
export const GZIP_BYTES_MIN = 128 * 1024;
const GZIP_LEVEL = 1;
const gzipAsync = promisify(gzip);

/** What every answer says. Nothing of an API may be kept by a cache on the way. */
export function baseHeaders(auditId: string, contentType: string): Headers {
  return { 'audit-id': auditId, 'cache-control': 'no-cache, private', 'content-type': contentType };
}

function headersOf(x: Exchange, contentType: string): Headers {
  const headers = baseHeaders(x.trace.id, contentType);
  if (x.warnings) headers['warning'] = x.warnings.map(warningHeader);
  addFlow(headers, x);
  return headers;
}

/** By UID, so that nobody learns by which names others are served better. Models setResponseHeaders (1.36). */
export function addFlow(headers: Headers, { flow }: Exchange): void {
  if (!flow) return;
  headers['x-kubernetes-pf-flowschema-uid'] = flow.schemaUid;
  headers['x-kubernetes-pf-prioritylevel-uid'] = flow.levelUid;
}

/** Heads a streamed answer: the caller writes the body. */
export function startAnswer(x: Exchange, status: number, contentType: string, more?: Headers): void {
  const headers = headersOf(x, contentType);
  x.response.writeHead(status, more ? Object.assign(headers, more) : headers);
}

/** Does the client unpack gzip? Only an explicit wish counts: on a local line packing is a waste. */
export function acceptsGzip(request: RawRequest): boolean {
  const encoding = request.headers['accept-encoding'];
  return typeof encoding === 'string' && /(^|[\s,])gzip($|[\s,;])(?!\s*q=0(\.0*)?($|[\s,]))/.test(encoding);
}

/** People look at answers with these; for them JSON is indented. Models isPrettyPrint (1.36). */
function wantsPretty(x: Exchange): boolean {
  const asked = x.query.flag('pretty');
  if (asked !== undefined) return asked;
  const agent = x.request.headers['user-agent'];
  return agent !== undefined && /^(curl|Wget|Mozilla\/5\.0)/.test(agent);
}

export type AnswerFormat = 'json' | 'yaml';

/** One JSON text in the format that was asked for. */
export async function sendJson(
  x: Exchange,
  status: number,
  json: string,
  format: AnswerFormat = 'json',
): Promise<void> {
  if (format === 'yaml') return sendBody(x, status, toYaml(json), YAML_TYPE);
  if (wantsPretty(x)) return sendBody(x, status, indented(json), JSON_TYPE);
  return sendBody(x, status, json, JSON_TYPE);
}

function indented(json: string): string {
  return `${JSON.stringify(JSON.parse(json), null, 2)}\n`;
}

function toYaml(json: string): string {
  return stringify(JSON.parse(json), { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** A whole body; packs it when it is large and the client wants that. */
export async function sendBody(
  x: Exchange,
  status: number,
  body: string | Buffer,
  contentType: string,
  more?: Headers,
): Promise<void> {
  const headers = headersOf(x, contentType);
  if (more) Object.assign(headers, more);
  if (body.length >= GZIP_BYTES_MIN && headers['content-encoding'] === undefined && acceptsGzip(x.request)) {
    body = await gzipAsync(body, { level: GZIP_LEVEL });
    headers['content-encoding'] = 'gzip';
    headers['vary'] = 'Accept-Encoding';
  }
  headers['content-length'] = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  if (x.audit?.blocking) await x.audit.settle(status);
  finish(x.response, status, headers, x.method === 'HEAD' ? undefined : body);
}

function finish(response: RawResponse, status: number, headers: Headers, body: string | Buffer | undefined): void {
  if (isGone(response) || response.writableEnded) return;
  response.writeHead(status, headers);
  if (body === undefined) response.end();
  else response.end(body);
}

/** Headers beyond the usual that a failure carries. */
export function failureHeaders(error: StatusError): Headers {
  const seconds = error.details?.retryAfterSeconds;
  return {
    ...(seconds ? { 'retry-after': String(seconds) } : {}),
    ...(error instanceof Overloaded ? { 'x-content-type-options': 'nosniff' } : {}),
  };
}

const statusNegotiator = new Negotiator(new Set());

/**
 * How a failure is written: as the answer would have been, and indented where that is impossible, because no trouble
 * with formats may hide it. Models WriteObjectNegotiated and WriteRawJSON of apiserver's responsewriters (1.36).
 */
export function failureBody(x: Exchange | undefined, error: StatusError): { body: string; contentType: string } {
  // The filter that refuses knows nothing of formats.
  if (error instanceof Overloaded) return { body: `${error.message}\n`, contentType: TEXT_TYPE };
  const status = JSON.stringify(error.toStatus());
  if (!x) return { body: status, contentType: JSON_TYPE };
  let pretty = wantsPretty(x);
  try {
    const { format } = statusNegotiator.choose(x.request.headers.accept);
    if (format === 'yaml') return { body: toYaml(status), contentType: YAML_TYPE };
  } catch {
    pretty = true;
  }
  return { body: pretty ? indented(status) : status, contentType: JSON_TYPE };
}

/** A failure as Status, also where there is no Exchange yet (unknown sandbox, bad credentials). */
export function sendStatus(response: RawResponse, auditId: string, error: StatusError, x?: Exchange): void {
  // Half an answer cannot be taken back: break it off, so that the client does not take it for whole.
  if (response.headersSent) return void response.destroy();
  const { body, contentType } = failureBody(x, error);
  const headers = Object.assign(baseHeaders(auditId, contentType), failureHeaders(error));
  if (x?.warnings) headers['warning'] = x.warnings.map(warningHeader);
  if (x) addFlow(headers, x);
  headers['content-length'] = Buffer.byteLength(body);
  finish(response, error.code, headers, body);
}
