import type { ManagedFieldsEntry } from '../meta.js';
import type { FieldSet } from './field-set.js';

/** Sets that are kept to be shared, and how long a text may be to be one of them: some 8 MB at worst. */
const SHARED_MAX = 1_000;
const SHARED_LENGTH_MAX = 8_192;

/**
 * Objects of a kind are much alike, and so are the fields that their writers own: all pods of a node share the set of their
 * kubelet. One tree in memory stands for all equal ones, and its text is at hand. Forgets what is longest unused; holds
 * names of fields only, never values but keys of lists.
 */
const shared = new Map<string, FieldSet>();
const texts = new WeakMap<FieldSet, string>();

function kept(text: string, make: () => FieldSet): FieldSet {
  const known = shared.get(text);
  if (known !== undefined) return known;
  const set = make();
  if (text.length > SHARED_LENGTH_MAX) return set;
  if (shared.size >= SHARED_MAX) for (const oldest of shared.keys()) return replaced(oldest, text, set);
  shared.set(text, set);
  texts.set(set, text);
  return set;
}

function replaced(oldest: string, text: string, set: FieldSet): FieldSet {
  shared.delete(oldest);
  shared.set(text, set);
  texts.set(set, text);
  return set;
}

export function setOfText(text: string): FieldSet {
  return kept(text, () => JSON.parse(text) as FieldSet);
}

export function sharedSet(set: FieldSet): FieldSet {
  return texts.has(set) ? set : kept(JSON.stringify(set), () => set);
}

/** The entries of an object that was just parsed: their sets give way to the shared ones. In place. */
export function shareSets(entries: readonly ManagedFieldsEntry[]): void {
  for (const entry of entries) {
    if (entry.fieldsV1 !== undefined) entry.fieldsV1 = sharedSet(entry.fieldsV1 as FieldSet);
  }
}

/** JSON of an object's managers. */
export function entriesText(entries: readonly ManagedFieldsEntry[]): string {
  return `[${entries.map(entryText).join(',')}]`;
}

function entryText(entry: ManagedFieldsEntry): string {
  const known = entry.fieldsV1 === undefined ? undefined : texts.get(entry.fieldsV1 as FieldSet);
  if (known === undefined) return JSON.stringify(entry);
  let text = '{';
  for (const key in entry) {
    const value = entry[key as keyof ManagedFieldsEntry];
    if (text !== '{') text += ',';
    text += key === 'fieldsV1' ? `"fieldsV1":${known}` : `${JSON.stringify(key)}:${JSON.stringify(value)}`;
  }
  return `${text}}`;
}
