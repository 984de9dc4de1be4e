import { decodeBody, type Json } from '#apimachinery';
import { decodeProtobuf } from '#kinds';
import type { Body } from '#registry';
import { readBody } from './body.js';
import type { RawRequest } from './exchange.js';
import { bodyFormatOf, mediaTypeOf } from './media-type.js';

/** What client-go prefers for built-in kinds; kubectl sends it from 1.32 on. */
const PROTOBUF_TYPE = 'application/vnd.kubernetes.protobuf';

/**
 * How to read an object of that content type: JSON and YAML stay bytes (the registry decodes them), a protocol buffer is
 * decoded here. Fails with 415, before the body is read.
 */
export function objectReaderOf(contentType: string | undefined): (request: RawRequest) => Promise<Body> {
  if (mediaTypeOf(contentType) === PROTOBUF_TYPE) {
    return async (request) => ({ object: await decodeProtobuf(await readBody(request)) });
  }
  const format = bodyFormatOf(contentType);
  return async (request) => ({ bytes: await readBody(request), format });
}

/** The same as a value, for bodies that are no resource (DeleteOptions). undefined: there is none. */
export async function readValue(request: RawRequest): Promise<Json | undefined> {
  const contentType = request.headers['content-type'];
  const bytes = await readBody(request);
  if (bytes.length === 0) return undefined;
  if (mediaTypeOf(contentType) === PROTOBUF_TYPE) return decodeProtobuf(bytes);
  return decodeBody(bytes, bodyFormatOf(contentType)).value;
}
