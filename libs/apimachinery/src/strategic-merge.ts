import { setField } from './deep.js';
import { isJsonObject } from './merge-patch.js';
import type { MergeSchema } from './merge-schema.js';
import type { Json } from './meta.js';
import { mergeLists, orderList } from './strategic-list.js';
import { withinStack } from './within-stack.js';
import { badPatch, badPatchType, withoutDirectives } from './strategic-directives.js';

type JsonObject = { [key: string]: Json };

const DIRECTIVE = '$patch';
const RETAIN_KEYS = '$retainKeys';
const DELETE_PREFIX = '$deleteFromPrimitiveList/';
const ORDER_PREFIX = '$setElementOrder/';

/**
 * Strategic merge patch: maps merge by key, lists as the schema says (merged by key, as sets, or replaced), with all
 * directives. Neither `doc` nor `patch` is changed; the result shares parts with both, so copy before mutating it.
 * Models k8s.io/apimachinery/pkg/util/strategicpatch (1.36). Throws 400 where the patch contradicts itself or the schema
 * (Differs: some of these are 500 upstream).
 *
 *   doc    containers: [{name: a, image: 1}, {name: b}]
 *   patch  containers: [{name: a, image: 2}, {name: b, $patch: delete}, {name: c}]     merge key: name
 *   →      containers: [{name: a, image: 2}, {name: c}]
 */
export function applyStrategicMerge(doc: Json, patch: Json, schema: MergeSchema | undefined): Json {
  if (!isJsonObject(patch) || !isJsonObject(doc)) throw badPatch('invalid JSON document');
  return withinStack(() => mergeMaps(doc, patch, schema));
}

function mergeMaps(doc: JsonObject, patch: JsonObject, schema: MergeSchema | undefined): JsonObject {
  if (Object.hasOwn(patch, DIRECTIVE)) return replacedMap(patch);
  const result: JsonObject = { ...doc };
  retainKeys(result, patch);
  const ordered = new Set<string>();
  for (const key of Object.keys(patch)) {
    if (key.startsWith(ORDER_PREFIX)) ordered.add(applyOrder(result, patch, key, schema));
  }
  for (const key of Object.keys(patch)) {
    if (key === RETAIN_KEYS || key.startsWith(ORDER_PREFIX) || ordered.has(key)) continue;
    if (key.startsWith(DELETE_PREFIX)) deleteFromList(result, key.slice(DELETE_PREFIX.length), patch[key]!);
    else mergeField(result, key, patch[key]!, fieldOf(schema, key));
  }
  return result;
}

function fieldOf(schema: MergeSchema | undefined, key: string): MergeSchema | undefined {
  return schema?.field(key) ?? schema?.item();
}

function mergeField(result: JsonObject, key: string, value: Json, schema: MergeSchema | undefined): void {
  if (value === null) {
    delete result[key];
    return;
  }
  const current = Object.hasOwn(result, key) ? result[key]! : undefined;
  const merged = current === undefined ? withoutDirectives(value) : mergeValues(current, value, schema);
  if (merged === undefined) delete result[key];
  else setField(result, key, merged);
}

function mergeValues(current: Json, value: Json, schema: MergeSchema | undefined): Json | undefined {
  const strategies = strategiesOf(schema);
  if (isJsonObject(current) && isJsonObject(value)) {
    return strategies.includes('replace') ? withoutDirectives(value) : mergeMaps(current, value, schema);
  }
  if (Array.isArray(current) && Array.isArray(value) && strategies.includes('merge')) {
    return mergeLists(current, value, schema?.mergeKey, (a, b) => mergeMaps(a, b, schema?.item()));
  }
  return withoutDirectives(value);
}

function strategiesOf(schema: MergeSchema | undefined): readonly string[] {
  return schema?.patchStrategy?.split(',') ?? [];
}

/** A map patch with `$patch`: replace takes the rest as it is, delete leaves nothing. */
function replacedMap(patch: JsonObject): JsonObject {
  const { [DIRECTIVE]: directive, ...rest } = patch;
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw badPatchType(directive!, patch);
}

/** `$retainKeys` lists every key that may stay; a patch that sets one outside the list contradicts itself. */
function retainKeys(result: JsonObject, patch: JsonObject): void {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
  const list = patch[RETAIN_KEYS];
  if (!Array.isArray(list)) throw badPatch('invalid patch format of retainKeys');
  const retained = new Set<Json>(list);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || key === RETAIN_KEYS || key.startsWith(DELETE_PREFIX) || key.startsWith(ORDER_PREFIX))
      continue;
    if (!retained.has(key)) throw badPatch('invalid patch format of retainKeys');
  }
  for (const key of Object.keys(result)) if (!retained.has(key)) delete result[key];
}

function deleteFromList(result: JsonObject, key: string, values: Json): void {
  if (!Array.isArray(values)) throw badPatch('invalid patch format of primitive list');
  const current = Object.hasOwn(result, key) ? result[key] : undefined;
  if (!Array.isArray(current)) return;
  const deleted = new Set<Json>(values);
  setField(
    result,
    key,
    current.filter((item) => !deleted.has(item)),
  );
}

/** `$setElementOrder/x`: merges list x, if the patch has it, and puts it in that order. Returns the list's key. */
function applyOrder(result: JsonObject, patch: JsonObject, directive: string, schema: MergeSchema | undefined): string {
  const key = directive.slice(ORDER_PREFIX.length);
  const order = patch[directive];
  const current = Object.hasOwn(result, key) ? result[key] : undefined;
  const changes = Object.hasOwn(patch, key) ? patch[key] : undefined;
  if (!Array.isArray(order)) throw badPatch('invalid patch format of setElementOrder list');
  for (const list of [current, changes]) {
    if (list !== undefined && !Array.isArray(list)) throw badPatch('invalid patch format of setElementOrder list');
  }
  const mergeKey = fieldOf(schema, key)?.mergeKey;
  if (changes !== undefined) mergeField(result, key, changes, fieldOf(schema, key));
  if (current !== undefined || changes !== undefined) {
    const [before, merged] = [(current ?? []) as Json[], result[key] as Json[]];
    setField(result, key, orderList(merged, before, order, (changes ?? []) as Json[], mergeKey));
  }
  return key;
}
