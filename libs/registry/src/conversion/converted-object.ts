import {
  fieldErrorsText,
  isJsonObject,
  type Json,
  type KubeObject,
  setField,
  validateAnnotations,
  validateLabels,
} from '#apimachinery';

type JsonObject = { [key: string]: Json };

/**
 * What a webhook made of `before`, with the metadata of `before` but for labels and annotations; or upstream's whole
 * message of what is wrong with it. Models validateConvertedObject and restoreObjectMeta (1.36).
 */
export function checkedObject(value: Json, before: KubeObject, apiVersion: string): KubeObject | string {
  if (!isJsonObject(value) || typeof value['kind'] !== 'string' || value['kind'] === '') {
    return `Object 'Kind' is missing in '${JSON.stringify(value)}'`;
  }
  const about = `conversion webhook for ${before.apiVersion}, Kind=${before.kind} returned invalid`;
  const received = textOf(value, 'apiVersion');
  if (received !== apiVersion) {
    return `${about} object at index 0: invalid groupVersion (expected ${apiVersion}, received ${received})`;
  }
  if (value['kind'] !== before.kind) {
    return `${about} object at index 0: invalid kind (expected ${before.kind}, received ${value['kind']})`;
  }
  const identity = otherIdentity(before, isJsonObject(value['metadata'] ?? null) ? value['metadata'] : {});
  if (identity) return `${about} object: ${identity}`;
  const metadata = restoredMetadata(before, value['metadata']);
  if (typeof metadata === 'string') return `${about} metadata: ${metadata}`;
  return { ...value, metadata } as unknown as KubeObject;
}

const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;

function otherIdentity({ metadata }: KubeObject, after: Json | undefined): string | undefined {
  for (const [field, shown] of IDENTITY) {
    const [expected, got] = [metadata[field] ?? '', textOf(after as JsonObject, field)];
    if (expected !== got) return `must have the same ${shown}: ${expected} != ${got}`;
  }
  return undefined;
}

function restoredMetadata(before: KubeObject, after: Json | undefined): KubeObject['metadata'] | string {
  if (after === undefined) return 'missing metadata in converted object';
  if (!isJsonObject(after)) return `invalid metadata of type ${goType(after)} in converted object`;
  const { labels: _labels, annotations: _annotations, ...metadata } = before.metadata;
  for (const field of ['labels', 'annotations'] as const) {
    const sent = after[field];
    if (sent === undefined || sent === null) continue;
    if (!isJsonObject(sent)) return `invalid metadata.${field} of type ${goType(sent)} in converted object`;
    const wrong = mapError(field, sent, before.metadata[field] ?? {});
    if (wrong !== undefined) return wrong;
    setField(metadata as JsonObject, field, sent);
  }
  return metadata;
}

/** What was there before is not looked at again. */
function mapError(
  field: 'labels' | 'annotations',
  sent: JsonObject,
  before: Readonly<Record<string, string>>,
): string | undefined {
  let changed = Object.keys(sent).length !== Object.keys(before).length;
  for (const [key, value] of Object.entries(sent)) {
    if (typeof value !== 'string') {
      return `metadata.${field}[${key}] must be a string, but is ${goType(value)} in converted object`;
    }
    if (!Object.hasOwn(before, key) || before[key] !== value) changed = true;
  }
  if (!changed) return undefined;
  const map = sent as Record<string, string>;
  // Upstream names annotations in the singular here.
  const errors = field === 'labels' ? validateLabels(map, 'metadata.labels') : annotationErrors(map);
  return errors.length === 0 ? undefined : fieldErrorsText(errors);
}

const annotationErrors = (map: Record<string, string>) => validateAnnotations(map, 'metadata.annotation');

function textOf(value: JsonObject, field: string): string {
  const text = value[field];
  return typeof text === 'string' ? text : '';
}

function goType(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'number':
      return Number.isInteger(value) ? 'int64' : 'float64';
    case 'string':
      return 'string';
    default:
      return 'map[string]interface {}';
  }
}
