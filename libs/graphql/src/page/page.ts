import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { HOST_QUERY, SANDBOX_QUERY } from './default-queries.js';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-script.js';

export interface Asset {
  readonly contentType: string;
  readonly bytes: Buffer;
  readonly etag: string;
}

const JAVASCRIPT = 'text/javascript; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** Everything that the page loads, out of installed packages: nothing comes from elsewhere. */
const PACKAGED: ReadonlyMap<string, { package: string; file: string; contentType: string }> = new Map([
  ['react.js', { package: 'react', file: 'umd/react.production.min.js', contentType: JAVASCRIPT }],
  ['react-dom.js', { package: 'react-dom', file: 'umd/react-dom.production.min.js', contentType: JAVASCRIPT }],
  ['graphiql.js', { package: 'graphiql', file: 'graphiql.min.js', contentType: JAVASCRIPT }],
  ['graphiql.css', { package: 'graphiql', file: 'graphiql.min.css', contentType: CSS }],
  ['graphql-ws.js', { package: 'graphql-ws', file: 'umd/graphql-ws.min.js', contentType: JAVASCRIPT }],
]);

const OWN: ReadonlyMap<string, { text: string; contentType: string }> = new Map([
  ['page.js', { text: PAGE_SCRIPT, contentType: JAVASCRIPT }],
  ['page.css', { text: PAGE_STYLE, contentType: CSS }],
]);

const loaded = new Map<string, Promise<Asset>>();

/** undefined: there is no such asset. Read once, then kept. */
export async function pageAsset(name: string): Promise<Asset | undefined> {
  if (!PACKAGED.has(name) && !OWN.has(name)) return undefined;
  let asset = loaded.get(name);
  if (!asset) {
    asset = load(name);
    loaded.set(name, asset);
    asset.catch(() => loaded.delete(name));
  }
  return asset;
}

async function load(name: string): Promise<Asset> {
  const own = OWN.get(name);
  const packaged = PACKAGED.get(name);
  const bytes = own ? Buffer.from(own.text) : await readFile(fileOf(packaged!.package, packaged!.file));
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  return { contentType: (own ?? packaged)!.contentType, bytes, etag };
}

/** By way of its package.json, as some packages do not export their scripts for browsers. */
function fileOf(packageName: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${packageName}/package.json`)), file);
}

const escapeHtml = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');

/** All addresses are relative to the page's own, `…/graphql`, so that it works wherever it is mounted. */
export function pageHtml(isHost: boolean): string {
  const scripts = ['react.js', 'react-dom.js', 'graphql-ws.js', 'graphiql.js', 'page.js'];
  const styles = ['graphiql.css', 'page.css'];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Sandkube GraphQL</title>
<link rel="icon" href="data:,">
${styles.map((name) => `<link rel="stylesheet" href="graphql/assets/${name}">`).join('\n')}
</head>
<body>
<div id="graphiql" data-query="${escapeHtml(isHost ? HOST_QUERY : SANDBOX_QUERY)}"><p>Loading…</p></div>
${scripts.map((name) => `<script src="graphql/assets/${name}"></script>`).join('\n')}
</body>
</html>
`;
}

/**
 * Nothing but the page's own files runs, and it talks to nobody but its own server. 'self' means http(s) only in some
 * browsers, so the sockets' addresses are named; a Host that does not look like one is left out.
 * Styles may be inline, as the editor sizes itself so. No style can fetch from elsewhere either.
 */
export function pageHeaders(host: string | undefined): Record<string, string> {
  const sockets = host !== undefined && /^[\w.:[\]-]{1,255}$/.test(host) ? ` ws://${host} wss://${host}` : '';
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "font-src 'self' data:",
    "img-src 'self' data:",
    `connect-src 'self'${sockets}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
}
