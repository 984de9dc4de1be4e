import { invariant, revision, type Revision } from '#base';
import type { DataKey } from '../crypto.js';
import { isSealed } from '../crypto.js';
import type { Facets, StoredObject } from '../store.js';

/** The columns that hold one object, as the tables have them. */
export interface StoredRow {
  readonly key: string;
  readonly revision: number;
  readonly value: string;
  readonly facets: string;
}

export function storedOf(row: StoredRow, dataKey: DataKey | undefined): StoredObject {
  const { key } = row;
  const at = revision(row.revision);
  if (!isSealed(row.value)) return { key, revision: at, text: row.value, facets: JSON.parse(row.facets) as Facets };
  invariant(dataKey !== undefined, `${key} is encrypted, but its data key is not there`);
  const text = dataKey.unseal('value', key, row.value);
  return { key, revision: at, text, facets: facetsOf(key, row.facets, dataKey), encrypted: true };
}

export function facetsOf(key: string, facets: string, dataKey: DataKey | undefined): Facets {
  if (!isSealed(facets)) return JSON.parse(facets) as Facets;
  invariant(dataKey !== undefined, `${key} is encrypted, but its data key is not there`);
  return JSON.parse(dataKey.unseal('facets', key, facets)) as Facets;
}

/** What is written down of `object`. */
export function rowOf(object: StoredObject, dataKey: DataKey | undefined): StoredRow & { readonly revision: Revision } {
  const { key, revision: at, text } = object;
  const facets = JSON.stringify(object.facets);
  if (!object.encrypted) return { key, revision: at, value: text, facets };
  invariant(dataKey !== undefined, `${key} is to be encrypted without a data key`);
  return { key, revision: at, value: dataKey.seal('value', key, text), facets: dataKey.seal('facets', key, facets) };
}
