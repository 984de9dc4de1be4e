import type { RequestAttributes } from '#auth';
import { HOST_SANDBOX_ID, sandboxId, type SandboxId } from '#base';
import { StatusError } from '#apimachinery';

/** Which cluster a URL names, and the rest of the path inside it ('/' at least). */
export interface Address {
  /** undefined: `/sandboxes/{id}` with an id that no sandbox can have. */
  readonly sandbox: SandboxId | undefined;
  /** '' for the host, '/sandboxes/{id}' for a sandbox: what a link must start with. */
  readonly base: string;
  readonly path: string;
  /** After the question mark. */
  readonly search: string;
}

/** `/` is the host, `/sandboxes/{id}` a sandbox. Costs two scans; decodes nothing. */
export function addressOf(url: string): Address {
  const question = url.indexOf('?');
  const whole = question === -1 ? url : url.slice(0, question);
  const search = question === -1 ? '' : url.slice(question + 1);
  if (!whole.startsWith('/sandboxes/')) return { sandbox: HOST_SANDBOX_ID, base: '', path: whole, search };
  const slash = whole.indexOf('/', 11);
  const id = slash === -1 ? whole.slice(11) : whole.slice(11, slash);
  const named = sandboxId(id);
  return {
    // The host has one URL only; under its internal name it does not exist.
    sandbox: named === HOST_SANDBOX_ID ? undefined : named,
    base: `/sandboxes/${id}`,
    path: slash === -1 ? '/' : whole.slice(slash),
    search,
  };
}

/** What a request is about, before it is known whether such a thing exists. Models RequestInfoFactory (1.36). */
export interface ResourceInfo {
  readonly group: string;
  readonly version: string;
  /** undefined: the path names no namespace. */
  readonly namespace: string | undefined;
  readonly resource: string;
  /** '' when the path names a collection. */
  readonly name: string;
  readonly subresource: string;
  /** What follows the subresource (of proxies). */
  readonly tail: readonly string[];
  /** The old `/watch/` prefix, which turns lists into watches. */
  readonly watch: boolean;
}

export type RequestInfo =
  | { readonly kind: 'resource'; readonly resource: ResourceInfo }
  | { readonly kind: 'path'; readonly segments: readonly string[] };

/**
 * The segments of a path, percent-decoded one by one, so that an encoded slash never becomes a border. Fails with 400
 * for broken escapes and NULs, 404 for segments that cannot be names ('.', '..', an encoded slash, nothing).
 */
export function segmentsOf(path: string): string[] {
  const trimmed = path.endsWith('/') ? path.slice(1, -1) : path.slice(1);
  if (trimmed === '') return [];
  const segments = trimmed.split('/');
  for (let i = 0; i < segments.length; i++) {
    let segment = segments[i]!;
    if (segment.includes('%')) segments[i] = segment = decodedSegment(segment);
    if (segment === '' || segment === '.' || segment === '..') throw StatusError.noSuchPath();
  }
  return segments;
}

function decodedSegment(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch {
    throw StatusError.badRequest('the request path holds an invalid URL escape');
  }
  if (decoded.includes('\0')) throw StatusError.badRequest('the request path holds a NUL character');
  if (decoded.includes('/')) throw StatusError.noSuchPath();
  return decoded;
}

/** Parts of a namespace that are its own subresources rather than resources in it. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize']);

export function requestInfoOf(path: string): RequestInfo {
  const segments = segmentsOf(path);
  const core = segments[0] === 'api';
  // /api/v1/… and /apis/apps/v1/…: shorter ones are discovery, hence paths.
  const start = core ? 2 : 3;
  if ((!core && segments[0] !== 'apis') || segments.length <= start) return { kind: 'path', segments };
  const group = core ? '' : segments[1]!;
  const version = segments[start - 1]!;
  let at = start;
  const watch = segments[at] === 'watch' && segments.length > start + 1;
  if (watch) at++;
  let namespace: string | undefined;
  if (segments[at] === 'namespaces' && segments.length > at + 1) {
    namespace = segments[at + 1]!;
    const next = segments[at + 2];
    const insideNamespace = next !== undefined && !NAMESPACE_SUBRESOURCES.has(next);
    if (insideNamespace) at += 2;
  }
  return {
    kind: 'resource',
    resource: {
      group,
      version,
      namespace,
      resource: segments[at]!,
      name: segments[at + 1] ?? '',
      subresource: segments[at + 2] ?? '',
      tail: segments.length > at + 3 ? segments.slice(at + 3) : [],
      watch,
    },
  };
}

/** What the authorizer is asked about a resource that the generic verbs do not reach. */
export function attributesOf(info: ResourceInfo, verb: string): RequestAttributes {
  const { group, version, resource, subresource, name } = info;
  return { kind: 'resource', verb, group, version, resource, subresource, namespace: info.namespace ?? '', name };
}
