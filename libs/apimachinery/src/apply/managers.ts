import type { ManagedFieldsEntry } from '../meta.js';
import { EMPTY_SET, type FieldSet, isEmptySet, readFieldSet, union } from './field-set.js';
import { compareText } from './path-element.js';
import { sharedSet } from './shared-sets.js';

/** One writer of an object and the fields that are its. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  /** RFC 3339 to the second, in UTC, so texts compare as times do; undefined: never said. */
  readonly time: string | undefined;
  readonly set: FieldSet;
  /** As the live object carries it; absent when it is not as it was. */
  readonly entry?: ManagedFieldsEntry;
}

/** Managers by what identifies them. Each function here gives a new one. */
export type Managers = ReadonlyMap<string, Manager>;

export const NO_MANAGERS: Managers = new Map();

/** Who applies is one manager whatever version it applies in. Models BuildManagerIdentifier (1.36). */
export function managerId({ manager, operation, apiVersion, subresource }: Omit<Manager, 'set' | 'time'>): string {
  let id = manager === '' ? '{' : `{"manager":${JSON.stringify(manager)},`;
  id += `"operation":"${operation}"`;
  if (operation === 'Update') id += `,"apiVersion":${JSON.stringify(apiVersion)}`;
  return subresource === '' ? `${id}}` : `${id},"subresource":${JSON.stringify(subresource)}}`;
}

/** What the server itself has written: taken as it is. */
export function storedManagers(entries: readonly ManagedFieldsEntry[] = []): Managers {
  const managers = new Map<string, Manager>();
  for (const entry of entries) {
    const manager = { ...withoutFields(entry, (entry.fieldsV1 as FieldSet | undefined) ?? EMPTY_SET), entry };
    managers.set(managerId(manager), manager);
  }
  return managers;
}

/** What a client has written, checked. Models DecodeManagedFields (1.36); the error's text is for warnings. */
export function sentManagers(entries: readonly ManagedFieldsEntry[]): Managers | { readonly error: string } {
  const managers = new Map<string, Manager>();
  for (const [place, entry] of entries.entries()) {
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      return { error: 'operation must be `Apply` or `Update`' };
    }
    if (!entry.apiVersion) return { error: 'apiVersion must not be empty' };
    if (!entry.fieldsType) return { error: `missing fieldsType in managed fields entry ${place}` };
    if (entry.fieldsType !== 'FieldsV1') {
      return { error: `invalid fieldsType ${JSON.stringify(entry.fieldsType)} in managed fields entry ${place}` };
    }
    const read = readFieldSet(entry.fieldsV1 ?? {});
    if ('error' in read) return { error: `error decoding set: ${read.error}` };
    const manager = withoutFields(entry, read.set);
    managers.set(managerId(manager), manager);
  }
  return managers;
}

export function isRefused(managers: Managers | { readonly error: string }): managers is { readonly error: string } {
  return 'error' in managers;
}

function withoutFields(entry: ManagedFieldsEntry, set: FieldSet): Manager {
  const { manager = '', operation = 'Update', apiVersion = '', subresource = '', time } = entry;
  return { manager, operation, apiVersion, subresource, time, set };
}

/** As objects carry them: appliers first, then by time and name. Models encodeManagedFields (1.36). */
export function entriesOf(managers: Managers): ManagedFieldsEntry[] {
  return [...managers.values()].sort(compareManagers).map((manager) => manager.entry ?? entryOf(manager));
}

export function entryOf({ manager, operation, apiVersion, subresource, time, set }: Manager): ManagedFieldsEntry {
  const entry: ManagedFieldsEntry = manager === '' ? { operation, apiVersion } : { manager, operation, apiVersion };
  if (time !== undefined) entry.time = time;
  entry.fieldsType = 'FieldsV1';
  entry.fieldsV1 = sharedSet(set);
  if (subresource !== '') entry.subresource = subresource;
  return entry;
}

function compareManagers(a: Manager, b: Manager): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  );
}

/** How many entries of updates an object keeps apart. Models DefaultMaxUpdateManagers (1.36). */
export const UPDATE_MANAGERS_MAX = 10;
const ANCIENT = 'ancient-changes';

/** Puts the oldest updates together, those of a version in one, until there are few enough. Models capUpdateManagers (1.36). */
export function capped(managers: Managers, max = UPDATE_MANAGERS_MAX): Managers {
  const updaters = [...managers].filter(([, { operation }]) => operation === 'Update');
  let count = updaters.length;
  if (count <= max) return managers;
  updaters.sort(([a, one], [b, other]) => compareText(one.time ?? '', other.time ?? '') || compareText(a, b));
  const left = new Map(managers);
  const firstOf = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (count <= max) break;
    const { apiVersion } = manager;
    const first = firstOf.get(apiVersion);
    if (first === undefined) {
      firstOf.set(apiVersion, id);
      continue;
    }
    const bucket: Omit<Manager, 'set' | 'time'> = {
      manager: ANCIENT,
      operation: 'Update',
      apiVersion,
      subresource: '',
    };
    const bucketId = managerId(bucket);
    const before = left.get(bucketId) ?? left.get(first)!;
    if (!left.has(bucketId)) left.delete(first);
    left.set(bucketId, { ...bucket, time: manager.time, set: union(manager.set, before.set) });
    if (id !== bucketId) left.delete(id);
    count--;
  }
  return left;
}

/** The same manager with other fields. */
export function withSet({ entry: _stale, ...manager }: Manager, set: FieldSet): Manager {
  return { ...manager, set };
}

/** Without those who own nothing. */
export function owners(managers: Iterable<readonly [string, Manager]>): Managers {
  const left = new Map<string, Manager>();
  for (const [id, manager] of managers) if (!isEmptySet(manager.set)) left.set(id, manager);
  return left;
}
