import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
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

/**
 * Bytes of documents remembered, unpacked: all sandboxes without CRDs share theirs, and so do sandboxes with the same
 * CRDs; the documents of built-in group versions belong to everybody. An OpenAPI v2 document has some megabytes.
 */
const KEPT_BYTES_MAX = 96 * 1024 * 1024;
/** While it is being made nobody knows how large it will be. */
const BYTES_GUESSED = 256 * 1024;

/** Documents by what they are made of and a key. The least recently used go first when there are too many. */
export class Documents {
  private readonly kept = new LRUCache<string, Promise<Document>>({ maxSize: KEPT_BYTES_MAX });

  /**
   * `version` names what it is made of (a catalog's, or a group version's in it). Made by the first who asks; the others
   * wait for that. A failure is not kept.
   */
  get(
    version: string,
    key: string,
    contentType: string,
    make: () => Buffer | string | Promise<Buffer | string>,
  ): Promise<Document> {
    const name = `${version} ${key}`;
    const known = this.kept.get(name);
    if (known) return known;
    const document = documentOf(contentType, make);
    this.kept.set(name, document, { size: BYTES_GUESSED });
    document.then(
      // Packed, it is held a second time.
      ({ bytes }) => this.kept.set(name, document, { size: Math.ceil(bytes.length * 1.2) + 1 }),
      () => this.kept.delete(name),
    );
    return document;
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
