import { deepEqual } from '../deep.js';
import type { Json } from '../meta.js';
import { compare, type Comparison, excluding } from './compare.js';
import {
  difference,
  EMPTY_SET,
  type FieldSet,
  intersection,
  isEmptySet,
  pathsOf,
  union,
  withoutTrees,
} from './field-set.js';
import { type Manager, type Managers, owners, withSet } from './managers.js';
import { mergeApplied, removeFields } from './merge.js';
import { fieldSetOf, reconciled, withNamedParents } from './named-fields.js';
import type { PathElement } from './path-element.js';
import type { TypeSchema } from './type-schema.js';

/** The versions of one kind that the cluster serves. */
export interface Versions {
  /** Undefined: served no more; managers of it are forgotten. */
  schemaOf(apiVersion: string): TypeSchema | undefined;
  /** The object of any version in this one. */
  convert(object: Json, apiVersion: string): Json;
  /** What nobody owns by writing on this path, as the server takes it from no one. */
  resetOf(apiVersion: string): FieldSet | undefined;
  /** May schemas have changed since sets were written? */
  readonly schemasChange: boolean;
}

export interface Conflict {
  readonly manager: Manager;
  readonly id: string;
  readonly path: readonly PathElement[];
}

/** An apply that would change what others own. */
export class ApplyConflicts extends Error {
  constructor(readonly conflicts: readonly Conflict[]) {
    super(`${conflicts.length} conflicts`);
  }
}

/** What one write is about. `id` and `manager` identify the writer; its set is what comes out. */
export interface Writing {
  readonly live: Json;
  readonly managers: Managers;
  readonly apiVersion: string;
  readonly versions: Versions;
}

/**
 * Who owns what after `next` was written over `live`: what changed is no one else's any more. Gives the fields that
 * changed, which are the writer's. Models merge.Updater.Update (1.36), whose writer there is nobody known yet.
 */
export function ownersAfterUpdate(
  writing: Writing,
  next: Json,
): { readonly managers: Managers; readonly changed: FieldSet } {
  const managers = broughtUpToDate(writing);
  const comparison = comparisonOf(writing, next);
  if (isEmptySet(comparison.changed) && isEmptySet(comparison.removed)) return { managers, changed: EMPTY_SET };
  return {
    managers: managersAfter({ ...writing, managers }, next, comparison, undefined, true),
    changed: comparison.changed,
  };
}

function comparisonOf({ live, apiVersion, versions }: Writing, next: Json): Comparison {
  return excluding(compare(live, next, schemaOf(versions, apiVersion)), versions.resetOf(apiVersion));
}

function schemaOf(versions: Versions, apiVersion: string): TypeSchema {
  const schema = versions.schemaOf(apiVersion);
  if (schema === undefined) throw new Error(`version ${apiVersion} is written, but not served`);
  return schema;
}

/** Models Updater.update (1.36). `self` is the applier, whose own fields are no conflict. */
function managersAfter(
  { live, managers, apiVersion, versions }: Writing,
  next: Json,
  own: Comparison,
  self: string | undefined,
  force: boolean,
): Managers {
  const comparisons = new Map([[apiVersion, own]]);
  const conflicts: Conflict[] = [];
  const after = new Map<string, Manager>();
  for (const [id, manager] of managers) {
    if (id === self) {
      after.set(id, manager);
      continue;
    }
    let comparison = comparisons.get(manager.apiVersion);
    if (!comparison) {
      const schema = versions.schemaOf(manager.apiVersion);
      if (!schema) continue;
      const converted = (object: Json): Json => versions.convert(object, manager.apiVersion);
      comparison = excluding(compare(converted(live), converted(next), schema), versions.resetOf(manager.apiVersion));
      comparisons.set(manager.apiVersion, comparison);
    }
    const taken = intersection(manager.set, comparison.changed);
    if (!force) for (const path of pathsOf(taken)) conflicts.push({ manager, id, path });
    const set = difference(difference(manager.set, taken), comparison.removed);
    after.set(id, set === manager.set ? manager : withSet(manager, set));
  }
  if (conflicts.length > 0) throw new ApplyConflicts(conflicts);
  return owners(after);
}

function broughtUpToDate({ managers, versions }: Writing): Managers {
  if (!versions.schemasChange) return managers;
  const now = new Map<string, Manager>();
  for (const [id, manager] of managers) {
    const schema = versions.schemaOf(manager.apiVersion);
    if (!schema) continue;
    const set = reconciled(manager.set, schema);
    now.set(id, set === manager.set ? manager : withSet(manager, set));
  }
  return now;
}

/**
 * The live object with a configuration applied, and who owns what then. `object` is undefined when it is as it was.
 * Fails with ApplyConflicts where others own what would change, unless forced. Models merge.Updater.Apply (1.36).
 */
export function applyConfiguration(
  writing: Writing,
  { id, manager, config, force }: { id: string; manager: Omit<Manager, 'set'>; config: Json; force: boolean },
): { readonly object: Json | undefined; readonly managers: Managers } {
  const { live, apiVersion, versions } = writing;
  const schema = schemaOf(versions, apiVersion);
  const before = broughtUpToDate(writing);
  const reset = versions.resetOf(apiVersion);
  const named = fieldSetOf(config, schema);
  const set = reset === undefined ? named : withoutTrees(named, reset);
  const managers = new Map(before).set(id, { ...manager, set });
  const merged = mergeApplied(live, config, schema);
  const next = pruned(merged, before.get(id), { ...writing, managers });
  const after = managersAfter({ ...writing, managers }, next, comparisonOf(writing, next), id, force);
  return { object: deepEqual(live, next) ? undefined : next, managers: after };
}

/**
 * Takes away what the manager applied last time, does not now, and nobody else owns. Models Updater.prune with
 * addBackOwnedItems and addBackDanglingItems (1.36).
 */
function pruned(merged: Json, last: Manager | undefined, { managers, apiVersion, versions }: Writing): Json {
  if (last === undefined || isEmptySet(last.set)) return merged;
  const schema = versions.schemaOf(last.apiVersion);
  if (schema === undefined) return merged;
  let whole = versions.convert(merged, last.apiVersion);
  let left = removeFields(whole, withNamedParents(last.set, schema), schema);
  const owned = new Map<string, FieldSet>([[last.apiVersion, EMPTY_SET]]);
  for (const { apiVersion: version, set } of managers.values()) {
    owned.set(version, union(owned.get(version) ?? EMPTY_SET, set));
  }
  for (const [version, set] of owned) {
    const typed = versions.schemaOf(version);
    if (typed === undefined) continue;
    whole = versions.convert(whole, version);
    left = withOwned(whole, versions.convert(left, version), set, typed);
  }
  left = versions.convert(left, last.apiVersion);
  whole = versions.convert(merged, last.apiVersion);
  const gone = difference(namedIn(whole, schema), namedIn(left, schema));
  const mine = intersection(gone, withNamedParents(last.set, schema));
  return versions.convert(removeFields(whole, mine, schema), apiVersion);
}

function namedIn(object: Json, schema: TypeSchema): FieldSet {
  return withNamedParents(fieldSetOf(object, schema), schema);
}

/** What was taken away comes back where somebody owns it. */
function withOwned(whole: Json, left: Json, owned: FieldSet, schema: TypeSchema): Json {
  const kept = union(namedIn(left, schema), withNamedParents(owned, schema));
  return removeFields(whole, difference(namedIn(whole, schema), kept), schema);
}
