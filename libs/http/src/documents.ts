import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { KindCatalog } from '#kinds';
import { acceptsGzip, GZIP_BYTES_MIN, sendBody } from './answer.js';
import type { Exchange } from './exchange.js';

const gzipAsync = promisify(gzip);

/** Something large that changes only with the set of kinds: made once, packed once, named by its hash. */
export interface Document {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly contentType: string;
  /** The same packed, made when somebody wants that. */
  packed(): Promise<Buffer>;
}

async function documentOf(
  contentType: string,
  make: () => Buffer | string | Promise<Buffer | string>,
): Promise<Document> {
  const made = await make();
  const bytes = typeof made === 'string' ? Buffer.from(made) : made;
  const etag = createHash('sha512').update(bytes).digest('hex').toUpperCase();
  let packed: Promise<Buffer> | undefined;
  return { bytes, etag, contentType, packed: () => (packed ??= gzipAsync(bytes)) };
}

/** Sets of kinds remembered: all sandboxes without CRDs share one. */
const CATALOGS_MAX = 64;

/**
 * Documents made of a catalog, by its version and a key. The least recently used catalog goes first when there are too many.
 */
export class Documents {
  private readonly byCatalog = new Map<string, Map<string, Promise<Document>>>();

  /** Made by the first who asks; the others wait for that. A failure is not kept. */
  get(
    kinds: KindCatalog,
    key: string,
    contentType: string,
    make: () => Buffer | string | Promise<Buffer | string>,
  ): Promise<Document> {
    const documents = this.of(kinds.version);
    let document = documents.get(key);
    if (document === undefined) {
      document = documentOf(contentType, make);
      document.catch(() => documents.delete(key));
      documents.set(key, document);
    }
    return document;
  }

  private of(version: string): Map<string, Promise<Document>> {
    const known = this.byCatalog.get(version) ?? new Map<string, Promise<Document>>();
    this.byCatalog.delete(version);
    this.byCatalog.set(version, known);
    if (this.byCatalog.size > CATALOGS_MAX) this.byCatalog.delete(this.byCatalog.keys().next().value!);
    return known;
  }
}

/** Sends a document, or 304 to those who have it. */
export async function sendDocument(x: Exchange, document: Document, more: Record<string, string> = {}): Promise<void> {
  const quoted = `"${document.etag}"`;
  const headers = { etag: quoted, vary: 'Accept', ...more };
  const held = x.request.headers['if-none-match'];
  if (held !== undefined && held.split(',').some((one) => one.trim().replace(/^W\//, '') === quoted)) {
    x.response.writeHead(304, { 'audit-id': x.trace.id, ...headers });
    x.response.end();
    return;
  }
  if (document.bytes.length < GZIP_BYTES_MIN || !acceptsGzip(x.request)) {
    return sendBody(x, 200, document.bytes, document.contentType, headers);
  }
  const packed = await document.packed();
  const packing = { 'content-encoding': 'gzip', vary: 'Accept, Accept-Encoding' };
  return sendBody(x, 200, packed, document.contentType, { ...headers, ...packing });
}
