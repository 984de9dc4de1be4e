import { setField } from '../deep.js';
import { isJsonObject } from '../merge-patch.js';
import type { Json, KubeObject } from '../meta.js';
import { compare } from './compare.js';
import { difference, EMPTY_SET, type FieldSet, hasPath } from './field-set.js';
import { compareText } from './path-element.js';
import type { TypeSchema } from './type-schema.js';
import { typingErrors } from './typed.js';
import { fieldSetOf } from './named-fields.js';
import type { Conflict } from './updater.js';

/** Where kubectl's client-side apply keeps what it applied last. */
export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
/** Models TotalAnnotationSizeLimitB of apimachinery validation (1.36), bytes. */
const ANNOTATIONS_BYTES_MAX = 256 * 1024;
/** Only kubectl's default manager is helped over from client-side apply. */
export const KUBECTL = 'kubectl';

export function lastAppliedOf(object: KubeObject): string {
  return object.metadata.annotations?.[LAST_APPLIED] ?? '';
}

/**
 * Conflicts that are none, because kubectl applied those fields by itself before and they are still as it left them.
 * Models lastAppliedManager (1.36).
 */
export function conflictsBeyondLastApplied(
  conflicts: readonly Conflict[],
  live: KubeObject,
  apiVersion: string,
  schema: TypeSchema,
): readonly Conflict[] {
  const allowed = stillAsApplied(live, apiVersion, schema);
  return conflicts.filter(({ path }) => !hasPath(allowed, path));
}

function stillAsApplied(live: KubeObject, apiVersion: string, schema: TypeSchema): FieldSet {
  const applied = parsed(lastAppliedOf(live));
  if (!isJsonObject(applied) || applied['apiVersion'] !== apiVersion) return EMPTY_SET;
  if (typingErrors(applied as Json, schema) !== undefined) return EMPTY_SET;
  const { removed, changed } = compare(applied as Json, live as unknown as Json, schema);
  return difference(difference(fieldSetOf(applied as Json, schema), changed), removed);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Keeps kubectl's annotation true when kubectl applies through the server. Models lastAppliedUpdater (1.36). In place. */
export function renewLastApplied(object: KubeObject, config: KubeObject): void {
  const { [LAST_APPLIED]: _old, ...annotations } = object.metadata.annotations ?? {};
  const text = lastAppliedText(config);
  const all = { ...annotations };
  setField(all, LAST_APPLIED, text);
  let bytes = 0;
  for (const [key, value] of Object.entries(all)) bytes += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  object.metadata = { ...object.metadata, annotations: bytes > ANNOTATIONS_BYTES_MAX ? annotations : all };
}

/** JSON as Go writes it: keys in order, a new line at the end. */
function lastAppliedText(config: KubeObject): string {
  const { annotations, ...metadata } = config.metadata ?? {};
  const { [LAST_APPLIED]: _old, ...others } = annotations ?? {};
  const kept = { ...config, metadata: annotations === undefined ? metadata : { ...metadata, annotations: others } };
  const text = JSON.stringify(sorted(kept as unknown as Json));
  return `${text.replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isJsonObject(value)) return value;
  const result: { [key: string]: Json } = {};
  for (const key of Object.keys(value).sort(compareText)) setField(result, key, sorted(value[key] as Json));
  return result;
}
