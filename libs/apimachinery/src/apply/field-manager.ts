import { deepEqual } from '../deep.js';
import type { Json, KubeObject, ManagedFieldsEntry } from '../meta.js';
import { StatusError } from '../status-error.js';
import { withinStack } from '../within-stack.js';
import { conflictError } from './conflicts.js';
import { difference, isEmptySet, setOfPaths, union } from './field-set.js';
import { conflictsBeyondLastApplied, KUBECTL, lastAppliedOf, renewLastApplied } from './last-applied.js';
import { TypingError } from './list-elements.js';
import {
  capped,
  entriesOf,
  entryOf,
  isRefused,
  type Manager,
  managerId,
  type Managers,
  NO_MANAGERS,
  sentManagers,
  storedManagers,
  withSet,
} from './managers.js';
import { newFieldsText } from './new-fields.js';
import { setOfText } from './shared-sets.js';
import { ApplyConflicts, applyConfiguration, ownersAfterUpdate, type Versions } from './updater.js';
import { typingErrors } from './typed.js';

/** One write, for who owns what after it. */
export interface FieldWrite {
  /** What is there; undefined: this write creates the object. */
  readonly live: KubeObject | undefined;
  /** Who writes, '' for somebody without a name. */
  readonly manager: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly subresource: string;
  /** Now, RFC 3339 to the second. */
  readonly time: string;
  readonly versions: Versions;
}

type Entries = readonly ManagedFieldsEntry[];

const BEFORE_FIRST_APPLY = 'before-first-apply';

/** Never owned: what names the object and what the server alone writes. Models stripMetaManager (1.36). */
const STRIPPED = setOfPaths(
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
  ['f:metadata', 'f:resourceVersion'],
);

const ONLY_STRIPPED = [STRIPPED];

/**
 * The managed fields of `next`, which replaces the live object: what changed is the writer's. Undefined: nobody keeps
 * track of this object (somebody cleared its managers). When nothing changes hands the live entries themselves come back.
 * Models FieldManager.UpdateNoErrors (1.36) with all that it wraps: a client may clear or set managers by its body, and
 * what it sets wrongly counts as not sent.
 */
export function entriesAfterUpdate(write: FieldWrite, next: KubeObject): Entries | undefined {
  return withinStack(() => entriesWithin(write, next));
}

function entriesWithin(write: FieldWrite, next: KubeObject): Entries | undefined {
  const { live, subresource } = write;
  const liveEntries = live?.metadata.managedFields;
  if (live === undefined && next.metadata.managedFields === undefined) return entriesOfNew(write, next);
  const sent = subresource === '' ? sentOf(next.metadata.managedFields, liveEntries) : undefined;
  const before = sent ?? storedManagers(liveEntries);
  if (before.size === 0 && live?.metadata.uid) return undefined;
  try {
    const after = managersAfterUpdate(write, before, next);
    if (after === before && sent === undefined) return liveEntries;
    return after.size === 0 ? undefined : entriesOf(after);
  } catch (error) {
    // An object that cannot be typed keeps its managers: a write by other means must not fail for it.
    if (error instanceof TypingError) return liveEntries;
    throw error;
  }
}

/** The same for an object that is created: one manager owns all that the body says. */
function entriesOfNew(write: FieldWrite, next: KubeObject): Entries | undefined {
  const { manager, apiVersion, subresource, time, versions } = write;
  const schema = versions.schemaOf(apiVersion);
  if (schema === undefined) return undefined;
  const reset = versions.resetOf(apiVersion);
  const skipped = reset === undefined ? ONLY_STRIPPED : [STRIPPED, reset];
  try {
    const text = newFieldsText(next as unknown as Json, schema, skipped);
    if (text === '{}') return undefined;
    const set = setOfText(text);
    return [entryOf({ manager: manager || 'unknown', operation: 'Update', apiVersion, subresource, time, set })];
  } catch (error) {
    if (error instanceof TypingError) return undefined;
    throw error;
  }
}

/** Managers that the body sets itself; undefined: it says nothing, or nothing that can be understood. */
function sentOf(entries: Entries | undefined, live: Entries | undefined): Managers | undefined {
  if (entries === undefined || entries === live) return undefined;
  if (isReset(entries)) return NO_MANAGERS;
  if (deepEqual(entries, live)) return undefined;
  const managers = sentManagers(entries);
  return isRefused(managers) || managers.size === 0 ? undefined : managers;
}

/** An empty list, or one with an empty entry: a client clears the managers. */
function isReset(entries: Entries): boolean {
  if (entries.length === 0) return true;
  return entries.length === 1 && Object.keys(entries[0]!).length === 0;
}

/** The given managers themselves when nothing changes. */
function managersAfterUpdate(write: FieldWrite, before: Managers, next: KubeObject): Managers {
  const { manager, apiVersion, subresource, time, versions } = write;
  const writing = { live: liveJson(write), managers: before, apiVersion, versions };
  const { managers, changed } = ownersAfterUpdate(writing, withoutManaged(next));
  const set = difference(changed, STRIPPED);
  if (isEmptySet(set)) return managers;
  const self = { manager: manager || 'unknown', operation: 'Update', apiVersion, subresource } as const;
  const id = managerId(self);
  const known = managers.get(id);
  const after = new Map(managers).set(id, { ...self, time, set: known ? union(known.set, set) : set });
  return capped(after);
}

function withoutManaged(object: KubeObject): Json {
  if (object.metadata?.managedFields === undefined) return object as unknown as Json;
  const { managedFields: _managed, ...metadata } = object.metadata;
  return { ...object, metadata } as unknown as Json;
}

/** Of what is yet to be: as Go makes a new object, with its kind and nothing in it. */
function liveJson({ live, apiVersion, kind }: FieldWrite): Json {
  return live ? withoutManaged(live) : { apiVersion, kind };
}

/**
 * The live object with `config` applied, and its managed fields. Shares parts with both. Fails with 409 where others own what would change, unless forced; with 400 and 500 as upstream
 * does for what is no configuration of this kind. Models FieldManager.Apply (1.36) with all that it wraps.
 */
export function applied(write: FieldWrite, config: KubeObject, force: boolean): Applied {
  return withinStack(() => appliedWithin(write, config, force));
}

interface Applied {
  readonly object: KubeObject;
  readonly entries: Entries | undefined;
}

function appliedWithin(write: FieldWrite, config: KubeObject, force: boolean): Applied {
  const { manager, apiVersion, kind, subresource, versions } = write;
  if (config.apiVersion !== apiVersion || config.kind !== kind) {
    throw StatusError.badRequest(`invalid object type: ${shownKind(config)}`);
  }
  if ((config.metadata?.managedFields ?? undefined) !== undefined) {
    throw StatusError.badRequest('metadata.managedFields must be nil');
  }
  const schema = versions.schemaOf(apiVersion)!;
  const errors = typingErrors(config as unknown as Json, schema);
  if (errors !== undefined)
    throw serverError(`failed to create typed patch object (${shownObject(config)}): ${errors}`);
  const self: Omit<Manager, 'set' | 'time'> = {
    manager: manager || 'unknown',
    operation: 'Apply',
    apiVersion,
    subresource,
  };
  const id = managerId(self);
  const managers = managersBeforeApply(write);
  const writing = { live: liveJson(write), managers, apiVersion, versions };
  const applying = { id, manager: { ...self, time: managers.get(id)?.time }, config: config as unknown as Json };
  const result = typed(write, () => {
    try {
      return applyConfiguration(writing, { ...applying, force });
    } catch (error) {
      if (!(error instanceof ApplyConflicts)) throw error;
      const left =
        manager === KUBECTL && write.live
          ? conflictsBeyondLastApplied(error.conflicts, write.live, apiVersion, schema)
          : error.conflicts;
      if (left.length > 0) throw conflictError(left);
      return applyConfiguration(writing, { ...applying, force: true });
    }
  });
  const object = { ...((result.object ?? writing.live) as unknown as KubeObject) };
  if (manager === KUBECTL && lastAppliedOf(object) !== '') renewLastApplied(object, config);
  const changed = result.object !== undefined;
  return { object, entries: entriesAfterApply(result.managers, id, changed ? write.time : undefined) };
}

function entriesAfterApply(managers: Managers, id: string, time: string | undefined): Entries | undefined {
  const after = new Map(managers);
  const own = after.get(id);
  if (own) {
    const set = difference(own.set, STRIPPED);
    if (isEmptySet(set)) after.delete(id);
    else after.set(id, { ...withSet(own, set), time: time ?? own.time });
  }
  return after.size === 0 ? undefined : entriesOf(after);
}

/** Where nobody has kept track so far, what is there belongs to a manager of its own. Models skipNonAppliedManager (1.36). */
function managersBeforeApply(write: FieldWrite): Managers {
  const managers = storedManagers(write.live?.metadata.managedFields);
  if (managers.size > 0 || !write.live) return managers;
  const first: FieldWrite = { ...write, live: undefined, manager: BEFORE_FIRST_APPLY };
  return typed(write, () => managersAfterUpdate(first, NO_MANAGERS, write.live!));
}

/** What cannot be typed upstream is an error that is no Status: 500 without a reason. */
function typed<T>(write: FieldWrite, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof TypingError)) throw error;
    const about = write.live ? shownObject(write.live) : shownKind(write);
    throw serverError(`failed to create typed live object (${about}): ${error.message}`);
  }
}

function serverError(message: string): StatusError {
  return new StatusError(500, '', message);
}

/** As Go prints a GroupVersionKind: 'apps/v1, Kind=Deployment', '/v1, Kind=Pod'. */
function shownKind({ apiVersion = '', kind = '' }: { apiVersion?: string; kind?: string }): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

function shownObject(object: KubeObject): string {
  const { namespace = '', name = '' } = object.metadata ?? {};
  return `${namespace}/${name}; ${shownKind(object)}`;
}
