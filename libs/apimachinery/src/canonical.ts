import { entriesText } from './apply/shared-sets.js';
import type { KubeObject, ObjectMeta } from './meta.js';
import { withinStack } from './within-stack.js';

/**
 * Canonical text: how objects are stored and sent. JSON whose head is always the same, so that what differs between
 * requests (resourceVersion, served apiVersion, items of a list) is changed by cutting text, never by parsing:
 *
 *   {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"default","uid":"…","resourceVersion":"",…},"spec":…
 *   └──────────── head ───────────┘                                                   └──── the slot ────┘
 *
 * Before the slot there are only JSON strings that this file wrote, and inside one every quote is escaped: so the first
 * occurrence of the slot's text is the slot, whatever users put into names.
 */
const SLOT = '"resourceVersion":""';
const HEAD_END = ',"metadata":{';

/** Go's order, split at the slot; managers come last. Strings only before it. */
const META_BEFORE_SLOT = ['name', 'generateName', 'namespace', 'selfLink', 'uid'] as const;
const META_AFTER_SLOT = [
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
] as const satisfies readonly (keyof ObjectMeta)[];

/** Fields of metadata that Go's struct lacks are left out, as Go leaves them out; everything else is kept as it is. */
export function encodeCanonical(object: KubeObject): string {
  return withinStack(() => textOf(object));
}

function textOf(object: KubeObject): string {
  const { kind, apiVersion, metadata } = object;
  let text = `{"kind":${JSON.stringify(String(kind))},"apiVersion":${JSON.stringify(String(apiVersion))},"metadata":{`;
  text += metadataText(metadata);
  text += '}';
  for (const key in object) {
    if (key === 'metadata' || key === 'kind' || key === 'apiVersion') continue;
    const value = JSON.stringify((object as unknown as Record<string, unknown>)[key]) as string | undefined;
    if (value !== undefined) text += `,${JSON.stringify(key)}:${value}`;
  }
  return `${text}}`;
}

function metadataText(metadata: ObjectMeta): string {
  const fields = metadata as Readonly<Record<string, unknown>>;
  let text = '';
  for (const key of META_BEFORE_SLOT) {
    const value = fields[key];
    if (typeof value === 'string' && value !== '') text += `"${key}":${JSON.stringify(value)},`;
  }
  text += SLOT;
  for (const key of META_AFTER_SLOT) {
    const value = fields[key];
    if (value !== undefined && value !== null) text += `,"${key}":${JSON.stringify(value)}`;
  }
  const { managedFields } = metadata;
  if (managedFields) text += `,"managedFields":${entriesText(managedFields)}`;
  return text;
}

/** The text with the slot filled. */
export function withRevision(text: string, revision: number): string {
  const slot = text.indexOf(SLOT) + SLOT.length - 1;
  return `${text.slice(0, slot)}${revision}${text.slice(slot)}`;
}

/** The same object as another version or kind names it. */
export function withApiVersion(text: string, apiVersion: string, kind: string): string {
  return `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)}${text.slice(text.indexOf(HEAD_END))}`;
}

/** Without kind and apiVersion: items of a list of a built-in kind carry neither. */
export function asListItem(text: string): string {
  return `{${text.slice(text.indexOf(HEAD_END) + 1)}`;
}
