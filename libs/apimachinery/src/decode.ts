import { duplicateFields } from './duplicate-fields.js';
import { goSyntaxError, jsonDepthExceeds } from './json-syntax.js';
import { isJsonObject } from './merge-patch.js';
import type { Json } from './meta.js';
import { StatusError } from './status-error.js';
import { parseYaml, YamlError } from './yaml-body.js';

export interface DecodedBody {
  readonly value: Json;
  /** Paths of keys that an object has twice: 'spec.replicas'. Looked for when first asked: that is one more pass over the text. */
  readonly duplicates: readonly string[];
}

/** Models sigs.k8s.io/json: deeper bodies answer 400. */
const DEPTH_MAX = 10_000;
const JSON_META =
  'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }';

/**
 * A request's body. With `into` (the Kind's name that the URL expects) it must be an object, and a refusal is worded as
 * for one. Throws 400 with upstream's texts. Keys such as `__proto__` come out as ordinary own fields.
 */
export function decodeBody(bytes: Uint8Array, format: 'json' | 'yaml', into?: string): DecodedBody {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  const refuse = (why: string) => StatusError.badRequest(into === undefined ? why : unrecognized(into, why, buffer));
  const body = format === 'json' || looksLikeJson(text) ? fromJson(text, format, refuse) : fromYaml(text, refuse);
  if (into !== undefined && !isJsonObject(body.value)) {
    const shape = body.value === null ? 'null' : Array.isArray(body.value) ? 'array' : typeof body.value;
    throw refuse(
      `couldn't get version/kind; json parse error: json: cannot unmarshal ${shape} into Go value of type ${JSON_META}`,
    );
  }
  return body;
}

/** Clients send JSON under YAML's name (kubectl apply --server-side), and JSON is parsed a hundred times faster. */
function looksLikeJson(text: string): boolean {
  return /^\s*\{\s*["}]/.test(text.slice(0, 200));
}

function fromJson(text: string, format: 'json' | 'yaml', refuse: (why: string) => StatusError): DecodedBody {
  if (jsonDepthExceeds(text, DEPTH_MAX))
    throw refuse("couldn't get version/kind; json parse error: exceeded max depth");
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // A flow mapping is YAML too.
    if (format === 'yaml') return fromYaml(text, refuse);
    throw refuse(`couldn't get version/kind; json parse error: ${goSyntaxError(text)}`);
  }
  let duplicates: readonly string[] | undefined;
  return {
    value,
    get duplicates() {
      return (duplicates ??= duplicateFields(text));
    },
  };
}

function fromYaml(text: string, refuse: (why: string) => StatusError): DecodedBody {
  try {
    return parseYaml(text);
  } catch (error) {
    if (error instanceof YamlError) throw refuse(`error converting YAML to JSON: ${error.message}`);
    throw error;
  }
}

/** How many bytes of a body a refusal shows. */
const SHOWN_BYTES = 30;

function unrecognized(into: string, why: string, body: Buffer): string {
  const head = body.subarray(0, SHOWN_BYTES);
  const text = body[0] === 0x7b ? head.toString('utf8') : head.toString('hex');
  const summary = body.length === 0 ? '<empty>' : body.length > SHOWN_BYTES ? `${text} ...` : text;
  return `the object provided is unrecognized (must be of type ${into}): ${why} (${summary})`;
}
