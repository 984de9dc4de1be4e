import { CelType } from '../typing/cel-type.js';
import type { OverloadRow } from '../typing/signature.js';
import { CelMap, CelList, CelFault, CelOpaque, type Value } from '../value/value.js';

const URL_TYPE = CelType.opaque('kubernetes.URL');
const FORM = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?]*))?([^?]*)(?:\?(.*))?$/s;

class UrlValue extends CelOpaque {
  readonly celType = URL_TYPE;

  constructor(
    readonly text: string,
    readonly scheme: string,
    /** Without user and password. */
    readonly host: string,
    readonly path: string,
    readonly query: string,
  ) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof UrlValue && other.text === this.text;
  }

  get hostname(): string {
    return this.host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
  }

  get port(): string {
    return /:(\d*)$/.exec(this.host.replace(/^\[.*\]/, ''))?.[1] ?? '';
  }
}

const U = URL_TYPE.name;

/** Models apiserver's cel/library/urls.go (1.36): absolute URLs and absolute paths, as Go parses a request's. */
export const URLS: readonly OverloadRow[] = [
  ['string_to_url', `url(string) -> ${U}`, (text: string) => parseUrl(text)],
  ['is_url_string', 'isURL(string) -> bool', (text: string) => parseUrl(text) instanceof UrlValue],
  ['url_get_scheme', `<${U}>.getScheme() -> string`, (url: UrlValue) => url.scheme],
  ['url_get_host', `<${U}>.getHost() -> string`, (url: UrlValue) => url.host],
  ['url_get_hostname', `<${U}>.getHostname() -> string`, (url: UrlValue) => url.hostname],
  ['url_get_port', `<${U}>.getPort() -> string`, (url: UrlValue) => url.port],
  ['url_get_escaped_path', `<${U}>.getEscapedPath() -> string`, (url: UrlValue) => escapedPath(url.path)],
  ['url_get_query', `<${U}>.getQuery() -> map(string, list(string))`, (url: UrlValue) => queryOf(url.query)],
];

/** What Go's parser says of a request's URL; undefined: nothing. */
export function urlProblem(text: string): string | undefined {
  const url = parseUrl(text);
  return url instanceof CelFault
    ? url.message.replace('URL parse error during conversion from string: ', '')
    : undefined;
}

function parseUrl(text: string): UrlValue | CelFault {
  const failed = (why: string): CelFault =>
    new CelFault(`URL parse error during conversion from string: parse ${JSON.stringify(text)}: ${why}`);
  if (text === '') return failed('empty url');
  if (/[\x00-\x1f\x7f]/.test(text)) return failed('net/url: invalid control character in URL');
  const match = FORM.exec(text);
  const [, scheme = '', authority, path = '', query = ''] = match ?? [];
  if (scheme === '' && text.startsWith(':')) return failed('missing protocol scheme');
  if (scheme === '' && !text.startsWith('/')) return failed('invalid URI for request');
  if (scheme !== '' && authority === undefined && !path.startsWith('/')) return failed('invalid URI for request');
  const escape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(path)?.[0];
  if (escape !== undefined) return failed(`invalid URL escape ${JSON.stringify(escape)}`);
  const host = (authority ?? '').replace(/^.*@/s, '');
  const wrong = /[ <>"{}|\\^`]/.exec(host)?.[0];
  if (wrong !== undefined) return failed(`invalid character ${JSON.stringify(wrong)} in host name`);
  const port = /:([^\]]*)$/.exec(host.startsWith('[') ? host.replace(/^\[.*\]/, '') : host)?.[1];
  if (port !== undefined && !/^\d*$/.test(port)) return failed(`invalid port ${JSON.stringify(`:${port}`)} after host`);
  if (host.startsWith('[') && !host.includes(']')) return failed("missing ']' in host");
  return new UrlValue(text, scheme.toLowerCase(), host, path, query);
}

function escapedPath(path: string): string {
  return path.replace(/[^A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

/** Values by name, in order; parts that are not well escaped are left out, as Go leaves them out. */
function queryOf(query: string): Value {
  const values = new Map<string, string[]>();
  for (const part of query.split('&')) {
    if (part === '' || part.includes(';')) continue;
    const at = part.indexOf('=');
    const name = unescaped(at < 0 ? part : part.slice(0, at));
    const value = unescaped(at < 0 ? '' : part.slice(at + 1));
    if (name === undefined || value === undefined) continue;
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return CelMap.of([...values].map(([name, all]) => [name, CelList.of(all)]));
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
