import { deepEqual } from '#apimachinery';
import type { PodTemplateSpec } from '#kinds';

export const TEMPLATE_HASH = 'pod-template-hash';

/** As generated names: no vowels, no look-alikes. Models SafeEncodeString of k8s.io/apimachinery/pkg/util/rand (1.36). */
const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * Names the ReplicaSet of a template: the same template gives the same name, and after a collision another one.
 * Differs from upstream in what is hashed (JSON with sorted keys, not a dump of Go structs), so the names differ too.
 */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const text = sortedJson(template) + (collisionCount === undefined ? '' : `#${collisionCount}`);
  return [...String(fnv32a(text))].map((digit) => SAFE_ALPHABET[digit.charCodeAt(0) % SAFE_ALPHABET.length]).join('');
}

/** Whether both describe the same pods: the hash label is the controller's own and does not count. */
export function sameTemplate(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  if (!deepEqual(a?.spec, b?.spec)) return false;
  const { labels: aLabels, ...aMeta } = a?.metadata ?? {};
  const { labels: bLabels, ...bMeta } = b?.metadata ?? {};
  return deepEqual(withoutHash(aLabels), withoutHash(bLabels)) && deepEqual(present(aMeta), present(bMeta));
}

function withoutHash(labels: Record<string, string> | undefined): Record<string, string> {
  const others = { ...labels };
  delete others[TEMPLATE_HASH];
  return others;
}

/** `creationTimestamp: null` and empty maps say nothing. */
function present(meta: object): Record<string, unknown> {
  const says = (value: unknown) => value !== null && (typeof value !== 'object' || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => says(value)));
}

function fnv32a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${sortedJson(field)}`).join(',')}}`;
}
