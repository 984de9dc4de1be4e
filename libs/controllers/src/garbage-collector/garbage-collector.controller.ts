import type { OwnerReference } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { inBatches } from '../batches.js';
import { type GarbageDeps, newGarbageDeps } from './garbage-deps.js';
import { garbageWatches } from './garbage-watches.js';
import { FOREGROUND, type GraphNode, isForegroundDeleting, isOrphaning, ORPHAN } from './owner-graph.js';

/**
 * Deletes what has lost all its owners, and leads foreground and orphaning deletions to their end. Keys name an object
 * of any resource: '<group>/<resource>/<name>'. Models kube-controller-manager garbagecollector (1.36).
 */
export const garbageCollectorController = defineController<GarbageDeps>({
  name: 'garbage-collector',
  identity: controllerIdentity('generic-garbage-collector'),
  watches: garbageWatches,
  workers: 20,
  deps: newGarbageDeps,
  reconcile,
});

export async function reconcile(deps: GarbageDeps, key: ObjectKey): Promise<void> {
  const node = deps.find(key);
  if (!node) return;
  if (isOrphaning(node.object)) return orphanDependents(deps, node);
  if (isForegroundDeleting(node.object)) return finishForeground(deps, node);
  if (node.object.metadata.deletionTimestamp === undefined) return collect(deps, node);
}

/** Dependents forget the owner first, so that a crash in between leaves nothing to be collected. */
async function orphanDependents(deps: GarbageDeps, owner: GraphNode): Promise<void> {
  const uid = owner.object.metadata.uid!;
  await inBatches(deps.dependentsOf(uid), (dependent) =>
    deps.setOwners(
      dependent,
      ownersOf(dependent).filter((reference) => reference.uid !== uid),
    ),
  );
  await deps.removeFinalizer(owner, ORPHAN);
}

/** Dependents are keys of their own (see garbage-watches); here is only the question whether any still holds the owner. */
async function finishForeground(deps: GarbageDeps, owner: GraphNode): Promise<void> {
  const uid = owner.object.metadata.uid!;
  const blocked = deps
    .dependentsOf(uid)
    .some((dependent) =>
      ownersOf(dependent).some((reference) => reference.uid === uid && reference.blockOwnerDeletion),
    );
  if (!blocked) await deps.removeFinalizer(owner, FOREGROUND);
}

/**
 * By what became of its owners:
 *   one is there to stay      → the object stays, references to the others are dropped
 *   the rest wait for it      → it goes, in the foreground if it has dependents of its own
 *   all are gone              → it goes
 */
async function collect(deps: GarbageDeps, node: GraphNode): Promise<void> {
  const owners = ownersOf(node);
  if (owners.length === 0) return;
  const states = await Promise.all(owners.map((reference) => deps.ownerState(node, reference)));
  if (states.includes('unknown')) return;
  const solid = owners.filter((_, i) => states[i] === 'solid');
  if (solid.length === owners.length) return;
  if (solid.length > 0) return deps.setOwners(node, solid);
  const dependents = states.includes('waiting') ? deps.dependentsOf(node.object.metadata.uid!) : [];
  if (dependents.length === 0) return deps.delete(node, policyOf(node));
  // Its own dependents wait for it in turn: a circle, which would never end unless this one stops blocking its owners.
  if (dependents.some((dependent) => isForegroundDeleting(dependent.object))) {
    await deps.setOwners(
      node,
      owners.map((reference) => ({ ...reference, blockOwnerDeletion: false })),
    );
  }
  return deps.delete(node, 'Foreground');
}

/** An object that already carries a deletion finalizer is deleted the way it asks for. */
function policyOf({ object }: GraphNode): 'Orphan' | 'Foreground' | 'Background' {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

function ownersOf({ object }: GraphNode): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}
