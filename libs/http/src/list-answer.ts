import type { Writable } from 'node:stream';
import { createGzip, type Gzip } from 'node:zlib';
import type { Found, FoundList } from '#registry';
import { acceptsGzip, GZIP_BYTES_MIN, JSON_TYPE, sendJson, startAnswer } from './answer.js';
import { type Exchange, isGone, type RawResponse } from './exchange.js';
import { drained } from './drained.js';
import type { AnswerFormat } from './answer.js';
import type { ListPieces } from './representation.js';

/** Text gathered before it is handed to the socket: large enough to be cheap, small enough not to stall others. */
const CHUNK_CHARS = 64 * 1024;
const GZIP_LEVEL = 1;

/** Lists up to this size are sent in one piece, with a length. */
const WHOLE_CHARS_MAX = 256 * 1024;

/** Sends a list. Never holds more than a chunk of it beyond the texts that the registry shares anyway. */
export async function sendList(x: Exchange, list: FoundList, pieces: ListPieces, format: AnswerFormat): Promise<void> {
  const chars = list.items.reduce((sum, found) => sum + found.text.length, 0);
  // Formats that need the whole document, and lists for which streaming is not worth it.
  if (format !== 'json' || x.query.first('pretty') !== undefined || chars <= WHOLE_CHARS_MAX || x.method === 'HEAD') {
    let text = pieces.head;
    for (let i = 0; i < list.items.length; i++) text += `${i === 0 ? '' : ','}${pieces.piece(list.items[i]!)}`;
    return sendJson(x, 200, text + pieces.tail, format);
  }
  const packed = chars >= GZIP_BYTES_MIN && acceptsGzip(x.request);
  if (x.audit?.blocking) await x.audit.settle(200);
  startAnswer(x, 200, JSON_TYPE, packed ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : undefined);
  if (!packed) return writePieces(x.response as Writable, list.items, pieces, x.response);
  const gzip = createGzip({ level: GZIP_LEVEL });
  gzip.pipe(x.response as Writable);
  await writePieces(gzip, list.items, pieces, x.response);
}

async function writePieces(
  out: Writable | Gzip,
  items: readonly Found[],
  pieces: ListPieces,
  response: RawResponse,
): Promise<void> {
  let chunk = pieces.head;
  for (let i = 0; i < items.length; i++) {
    if (i > 0) chunk += ',';
    chunk += pieces.piece(items[i]!);
    if (chunk.length < CHUNK_CHARS) continue;
    const room = out.write(chunk);
    chunk = '';
    if (!room) await drained(out, response);
    if (isGone(response)) return void out.destroy();
  }
  out.end(chunk + pieces.tail);
}
