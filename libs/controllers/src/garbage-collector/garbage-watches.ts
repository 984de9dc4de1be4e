import { deepEqual, type KubeObject } from '#apimachinery';
import type { ObjectKey, WatchRule } from '#controller-runtime';
import type { Kind, KindCatalog } from '#kinds';
import {
  collectedKinds,
  graphOf,
  isForegroundDeleting,
  isOrphaning,
  keyOfNode,
  type OwnerGraph,
} from './owner-graph.js';

/** One rule per resource; most changes give no key at all. */
export function garbageWatches(kinds: KindCatalog): WatchRule[] {
  return collectedKinds(kinds).map((kind) => ({
    resource: kind,
    metadataOnly: true,
    keysOf(object, context, old, change) {
      const graph = graphOf(context);
      return change === 'deleted' ? afterDeletion(graph, object) : afterChange(graph, kind, object, old);
    },
  }));
}

/** Dependents have lost an owner, and owners that wait for their dependents may go. */
function afterDeletion(graph: OwnerGraph, object: KubeObject): ObjectKey[] {
  return [...graph.dependentsOf(object.metadata.uid!).map(keyOfNode), ...waitingOwners(graph, object)];
}

function afterChange(graph: OwnerGraph, kind: Kind, object: KubeObject, old: KubeObject | undefined): ObjectKey[] {
  const keys: ObjectKey[] = [];
  const key = keyOfNode({ kind, object });
  if (isOrphaning(object)) keys.push(key);
  if (isForegroundDeleting(object)) {
    keys.push(key);
    if (!old || !isForegroundDeleting(old)) keys.push(...graph.dependentsOf(object.metadata.uid!).map(keyOfNode));
  }
  const owners = object.metadata.ownerReferences ?? [];
  if (owners.length > 0 && object.metadata.deletionTimestamp === undefined) {
    const settled = owners.every((reference) => {
      const owner = graph.ownerOf(object, reference);
      return owner !== undefined && !isForegroundDeleting(owner.object);
    });
    if (!settled) keys.push(key);
  }
  if (old && !deepEqual(old.metadata.ownerReferences, object.metadata.ownerReferences)) {
    keys.push(...waitingOwners(graph, old));
  }
  return keys;
}

function waitingOwners(graph: OwnerGraph, dependent: KubeObject): ObjectKey[] {
  const keys: ObjectKey[] = [];
  for (const reference of dependent.metadata.ownerReferences ?? []) {
    const owner = graph.ownerOf(dependent, reference);
    if (owner && isForegroundDeleting(owner.object)) keys.push(keyOfNode(owner));
  }
  return keys;
}
