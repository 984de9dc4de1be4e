import { deepEqual, findCondition, rfc3339 } from '#apimachinery';
import type { Namespace, NamespaceCondition } from '#kinds';

/** What a pass over a namespace found. Models pkg/controller/namespace/deletion/status_condition_utils.go (1.36). */
export interface Remains {
  /** 'pods.' or 'deployments.apps' → how many are left. */
  readonly counts: ReadonlyMap<string, number>;
  /** Finalizer → how many of the left objects carry it. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** Why some could not be deleted. */
  readonly failures: readonly string[];
}

const FINE = {
  NamespaceDeletionDiscoveryFailure: ['ResourcesDiscovered', 'All resources successfully discovered'],
  NamespaceDeletionGroupVersionParsingFailure: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
  NamespaceDeletionContentFailure: [
    'ContentDeleted',
    'All content successfully deleted, may be waiting on finalization',
  ],
  NamespaceContentRemaining: ['ContentRemoved', 'All content successfully removed'],
  NamespaceFinalizersRemaining: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
} as const;

/** The namespace's conditions after a pass; the ones it has when nothing changed. */
export function deletionConditions(namespace: Namespace, remains: Remains, nowMs: number): NamespaceCondition[] {
  const current = namespace.status?.conditions ?? [];
  const trouble = troubles(remains);
  const wanted = Object.entries(FINE).map(([type, [reason, message]]): NamespaceCondition => {
    const bad = trouble.get(type);
    const fresh = bad
      ? { type, status: 'True', reason: bad.reason, message: bad.message }
      : { type, status: 'False', reason, message };
    const before = findCondition(current, type);
    const since = before?.status === fresh.status ? before.lastTransitionTime : undefined;
    return { ...fresh, lastTransitionTime: since ?? rfc3339(nowMs) };
  });
  const all = [...current.filter(({ type }) => !Object.hasOwn(FINE, type)), ...wanted];
  return deepEqual(all, current) ? current : all;
}

function troubles({ counts, finalizers, failures }: Remains): Map<string, { reason: string; message: string }> {
  const found = new Map<string, { reason: string; message: string }>();
  if (failures.length > 0) {
    const message = `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`;
    found.set('NamespaceDeletionContentFailure', { reason: 'ContentDeletionFailed', message });
  }
  if (counts.size > 0) {
    const parts = sorted(counts).map(([resource, count]) => `${resource} has ${count} resource instances`);
    const message = `Some resources are remaining: ${parts.join(', ')}`;
    found.set('NamespaceContentRemaining', { reason: 'SomeResourcesRemain', message });
  }
  if (finalizers.size > 0) {
    const parts = sorted(finalizers).map(([finalizer, count]) => `${finalizer} in ${count} resource instances`);
    const message = `Some content in the namespace has finalizers remaining: ${parts.join(', ')}`;
    found.set('NamespaceFinalizersRemaining', { reason: 'SomeFinalizersRemain', message });
  }
  return found;
}

function sorted(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
}
