import type { ManagedFieldsEntry } from '../meta.js';
import { difference, hasPath, isEmptySet, setOfPaths } from './field-set.js';
import { entriesOf, type Manager, managerId, storedManagers, withSet } from './managers.js';
import type { PathElement } from './path-element.js';

const SCALE_VERSION = 'autoscaling/v1';
const REPLICAS_IN_SCALE = ['f:spec', 'f:replicas'] as const;

/** Where each version of the parent has its replicas; a version that is not here is served no more. */
export type ReplicasPaths = ReadonlyMap<string, readonly PathElement[]>;

type Entries = readonly ManagedFieldsEntry[];

/** Of the parent's managers those that own its replicas, as the Scale has them. Models ScaleHandler.ToSubresource (1.36). */
export function scaleEntries(parent: Entries | undefined, paths: ReplicasPaths): ManagedFieldsEntry[] {
  const managers = new Map<string, Manager>();
  for (const [id, manager] of storedManagers(parent)) {
    const path = paths.get(manager.apiVersion);
    if (path === undefined || !hasPath(manager.set, path)) continue;
    managers.set(id, { ...withSet(manager, setOfPaths(REPLICAS_IN_SCALE)), apiVersion: SCALE_VERSION });
  }
  return entriesOf(managers);
}

/**
 * The parent's managers after a write of its Scale: who owns the replicas there owns them here. Models
 * ScaleHandler.ToParent (1.36), which leaves the time of a new entry out. Differs: an update of the parent keeps its
 * entry when the Scale did not change hands; upstream compares identities of different versions and tears it in two.
 */
export function parentEntries(
  parent: Entries | undefined,
  scale: Entries | undefined,
  apiVersion: string,
  paths: ReplicasPaths,
): ManagedFieldsEntry[] {
  const before = storedManagers(parent);
  const inScale = new Map(storedManagers(scale));
  const after = new Map<string, Manager>();
  for (const [id, manager] of before) {
    const path = paths.get(manager.apiVersion);
    if (path === undefined) continue;
    // Who updates is identified by the version, too, so the Scale knows it by another.
    const scaleId = managerId({ ...manager, apiVersion: SCALE_VERSION });
    if (!hasPath(manager.set, path) || inScale.delete(scaleId)) {
      after.set(id, manager);
      continue;
    }
    const set = difference(manager.set, setOfPaths(path));
    if (!isEmptySet(set)) after.set(id, withSet(manager, set));
  }
  for (const manager of inScale.values()) {
    if (!hasPath(manager.set, REPLICAS_IN_SCALE)) continue;
    const own: Manager = { ...withSet(manager, setOfPaths(paths.get(apiVersion) ?? [])), apiVersion };
    const id = managerId(own);
    after.set(id, { ...own, time: before.get(id)?.time });
  }
  return entriesOf(after);
}
