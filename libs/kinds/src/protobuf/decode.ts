import { type Json, rfc3339, rfc3339Micro, StatusError } from '#apimachinery';
import { type WireValue, WireError, WireReader } from './wire.js';

/** 'core.v1.PodSpec' → field → '<number> <type>'; types: i b s d y (bytes), a message's name, 'list T', 'map T'. */
type FieldFacts = Readonly<Record<string, Readonly<Record<string, string>>>>;

interface Field {
  readonly name: string;
  readonly shape: 'one' | 'list' | 'map' | 'embedded';
  readonly type: string;
}

type Message = { [key: string]: Json };

/** Four bytes before every object: tells Kubernetes' envelope from a bare message. */
const MAGIC = Buffer.from('k8s\0');
/** Deeper than any type nests but JSONSchemaProps, which nests in itself. */
const DEPTH_MAX = 200;

/**
 * Fields whose zero value says something, since Go holds them by pointer. The wire does not tell: all others that are
 * zero were merely written, and leaving them out is what JSON's omitempty does.
 */
const ZERO_MATTERS = new Set(
  (
    'replicas revisionHistoryLimit progressDeadlineSeconds terminationGracePeriodSeconds activeDeadlineSeconds runAsUser ' +
    'runAsGroup fsGroup tolerationSeconds parallelism completions backoffLimit backoffLimitPerIndex maxFailedIndexes ' +
    'ttlSecondsAfterFinished successfulJobsHistoryLimit failedJobsHistoryLimit startingDeadlineSeconds defaultMode mode ' +
    'priority minReplicas expirationSeconds gracePeriodSeconds deletionGracePeriodSeconds partition ' +
    'stabilizationWindowSeconds leaseTransitions value ' +
    'automountServiceAccountToken enableServiceLinks allowPrivilegeEscalation privileged readOnlyRootFilesystem ' +
    'runAsNonRoot shareProcessNamespace setHostnameAsFQDN hostUsers immutable controller blockOwnerDeletion optional ' +
    'allocateLoadBalancerNodePorts suspend orphanDependents attachRequired podInfoOnMount ready serving terminating allowed'
  ).split(' '),
);
/** The same for texts: '' is no class, absent is the default class. */
const EMPTY_MATTERS = new Set(['storageClassName', 'runtimeClassName']);

/** Messages that Go embeds: a field of their own on the wire, but in JSON their fields stand in the outer object. */
const EMBEDDED = new Set(
  (
    'volumeSource persistentVolumeSource localObjectReference ephemeralContainerCommon handler ingressRuleValue ' +
    'ruleWithOperations rule deviceConfiguration'
  ).split(' '),
);
/** Names that differ from JSON's, since some Go fields were given none for the wire. */
const NAMES_IN_JSON: ReadonlyMap<string, string> = new Map([
  ['Webhooks', 'webhooks'],
  ['Expression', 'expression'],
  ['Name', 'name'],
  ['uID', 'uid'],
  ['aPIGroup', 'apiGroup'],
]);

let loading: Promise<ReadonlyMap<string, ReadonlyMap<number, Field>>> | undefined;

/** Loaded at the first body of this kind: most servers never see one. */
function messages(): Promise<ReadonlyMap<string, ReadonlyMap<number, Field>>> {
  loading ??= import('../generated/protobuf.js').then(({ protobufFieldsJson }) => {
    const facts = JSON.parse(protobufFieldsJson) as FieldFacts;
    return new Map(Object.entries(facts).map(([message, fields]) => [message, fieldsOf(fields)]));
  });
  return loading;
}

function fieldsOf(facts: Readonly<Record<string, string>>): ReadonlyMap<number, Field> {
  return new Map(
    Object.entries(facts).map(([name, fact]) => {
      const [number = '', ...type] = fact.split(' ');
      const [first = '', second] = type;
      const shape = second !== undefined && (first === 'list' || first === 'map') ? first : singleShape(name, first);
      return [Number(number), { name: NAMES_IN_JSON.get(name) ?? name, shape, type: second ?? first }] as const;
    }),
  );
}

/** Only a message is embedded ('core.v1.ProbeHandler'): a RuntimeClass has a text named handler too. */
function singleShape(name: string, type: string): 'one' | 'embedded' {
  return EMBEDDED.has(name) && type.includes('.') ? 'embedded' : 'one';
}

/** The envelope: what the bytes are, and the bytes. Models runtime.Unknown (1.36): typeMeta 1 (apiVersion 1, kind 2), raw 2. */
function openEnvelope(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const found = { apiVersion: '', kind: '', raw: new Uint8Array() };
  const envelope = new WireReader(bytes.subarray(MAGIC.length));
  for (let entry = envelope.next(); entry; entry = envelope.next()) {
    if (!('bytes' in entry.value)) continue;
    if (entry.field === 2) found.raw = new Uint8Array(entry.value.bytes);
    if (entry.field !== 1) continue;
    const type = new WireReader(entry.value.bytes);
    for (let part = type.next(); part; part = type.next()) {
      if (part.field === 1) found.apiVersion = text(part.value);
      if (part.field === 2) found.kind = text(part.value);
    }
  }
  return found;
}

/** 'apps/v1' Deployment → 'apps.v1.Deployment'; groups are named by their first label, core and meta by that word. */
function messageName(apiVersion: string, kind: string, known: ReadonlyMap<string, unknown>): string | undefined {
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const first = group === 'internal.apiserver.k8s.io' ? 'apiserverinternal' : group.split('.')[0];
  return [`${first}.${version}.${kind}`, `meta.v1.${kind}`].find((name) => known.has(name));
}

/**
 * An `application/vnd.kubernetes.protobuf` body as the JSON object it stands for. Fields newer than the facts are ignored,
 * as a server ignores what it does not know. Fails with 400; 415 for kinds without a protocol buffer form.
 */
export async function decodeProtobuf(bytes: Uint8Array): Promise<Json> {
  if (bytes.length < MAGIC.length || MAGIC.compare(bytes, 0, MAGIC.length) !== 0) {
    throw StatusError.badRequest(
      'provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]',
    );
  }
  const known = await messages();
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes);
    const message = messageName(apiVersion, kind, known);
    if (message === undefined) throw StatusError.unsupportedMediaType(['application/json', 'application/yaml']);
    return { apiVersion, kind, ...decodeMessage(known, message, raw, 0) };
  } catch (error) {
    if (error instanceof WireError || error instanceof RangeError || error instanceof SyntaxError) {
      throw StatusError.badRequest(`proto: ${error.message}`);
    }
    throw error;
  }
}

type Known = ReadonlyMap<string, ReadonlyMap<number, Field>>;

function decodeMessage(known: Known, message: string, bytes: Uint8Array, depth: number): Message {
  if (depth > DEPTH_MAX) throw new WireError('message nests too deeply');
  const fields = known.get(message);
  const result: Message = {};
  const reader = new WireReader(bytes);
  for (let entry = reader.next(); entry; entry = reader.next()) {
    const field = fields?.get(entry.field);
    if (!field) continue;
    const { name, shape, type } = field;
    if (shape === 'map') {
      const [key, value] = mapEntry(known, type, entry.value, depth);
      const map = (result[name] ??= Object.create(null) as Message) as Message;
      map[key] = value;
      continue;
    }
    const value = decodeValue(known, type, entry.value, depth);
    if (shape === 'list') ((result[name] ??= []) as Json[]).push(value);
    else if (shape === 'embedded') Object.assign(result, value);
    else if (!isZero(value) || matters(name, value)) result[name] = value;
  }
  return result;
}

/** What Go would not have written as JSON: zero scalars, and times that are null. */
function isZero(value: Json): boolean {
  return value === '' || value === 0 || value === false || value === null;
}

function matters(name: string, zero: Json): boolean {
  return zero !== null && (zero === '' ? EMPTY_MATTERS : ZERO_MATTERS).has(name);
}

function mapEntry(known: Known, type: string, entry: WireValue, depth: number): [string, Json] {
  let key = '';
  let value: Json = type === 's' || type === 'y' ? '' : null;
  const reader = new WireReader(bytesOf(entry));
  for (let part = reader.next(); part; part = reader.next()) {
    if (part.field === 1) key = text(part.value);
    else if (part.field === 2) value = decodeValue(known, type, part.value, depth);
  }
  return [key, value];
}

function decodeValue(known: Known, type: string, value: WireValue, depth: number): Json {
  switch (type) {
    case 's':
      return text(value);
    case 'y':
      return Buffer.from(bytesOf(value)).toString('base64');
    case 'b':
      return 'number' in value && value.number !== 0;
    case 'i':
    case 'd':
      if ('number' in value) return value.number;
      throw new WireError('wrong wire type for a number');
  }
  const message = decodeMessage(known, type, bytesOf(value), depth + 1);
  const special = SPECIAL.get(type);
  return special ? special(message) : message;
}

/** Messages whose JSON is no object. */
const SPECIAL: ReadonlyMap<string, (message: Message) => Json> = new Map([
  ['resource.Quantity', ({ string = '0' }: Message): Json => string],
  ['intstr.IntOrString', ({ type, intVal = 0, strVal = '' }: Message): Json => (type === 1 ? strVal : intVal)],
  ['meta.v1.Time', (time: Message): Json => (isUnset(time) ? null : rfc3339(epochMs(time)))],
  ['meta.v1.MicroTime', (time: Message): Json => (isUnset(time) ? null : rfc3339Micro(epochMs(time)))],
  ...['authentication', 'authorization', 'certificates'].map(
    (group) => [`${group}.v1.ExtraValue`, ({ items = [] }: Message): Json => items] as const,
  ),
  ['meta.v1.FieldsV1', ({ Raw = '' }: Message): Json => JSON.parse(fromBase64(Raw) || '{}') as Json],
  ['runtime.RawExtension', ({ raw = '' }: Message): Json => JSON.parse(fromBase64(raw) || 'null') as Json],
]);

/** Go's zero time, written as an empty message. */
function isUnset({ seconds, nanos }: Message): boolean {
  return seconds === undefined && nanos === undefined;
}

function epochMs({ seconds, nanos }: Message): number {
  return Number(seconds ?? 0) * 1000 + Math.floor(Number(nanos ?? 0) / 1e6);
}

function fromBase64(value: Json): string {
  return Buffer.from(typeof value === 'string' ? value : '', 'base64').toString('utf8');
}

function bytesOf(value: WireValue): Uint8Array {
  if ('bytes' in value) return value.bytes;
  throw new WireError('wrong wire type for bytes');
}

function text(value: WireValue): string {
  return Buffer.from(bytesOf(value)).toString('utf8');
}
