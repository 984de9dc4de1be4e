import type { KubeObject, ObjectMeta } from '#apimachinery';
import type { Kind } from '#kinds';
import type { DeleteRequest } from '../request.js';
import { groupResourceOf } from '../subject.js';
import { rulesOf } from './rules.js';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/**
 * True when an update takes away the last thing that held a deleted object: it goes with this write.
 * Models ShouldDeleteDuringUpdate of the generic registry and of namespaces (1.36).
 */
export function mayComplete(kind: Kind, object: KubeObject, old: KubeObject): boolean {
  if (!old.metadata.deletionTimestamp) return false;
  if ((object.metadata.finalizers?.length ?? 0) > 0) return false;
  if (isNamespace(kind)) return specFinalizers(object).length === 0;
  if ((old.metadata.finalizers?.length ?? 0) === 0) return false;
  return (old.metadata.deletionGracePeriodSeconds ?? 0) === 0;
}

export function isNamespace(kind: Kind): boolean {
  return groupResourceOf(kind) === 'namespaces';
}

export function specFinalizers(namespace: KubeObject): readonly string[] {
  return (namespace as KubeObject & { spec?: { finalizers?: string[] } }).spec?.finalizers ?? [];
}

/** The finalizers that the garbage collector must see, given what the deleter asked. Models deletionFinalizersForGarbageCollection (1.36). */
export function finalizersFor(kind: Kind, metadata: ObjectMeta, request: DeleteRequest): string[] {
  const before = metadata.finalizers ?? [];
  if (rulesOf(kind).dependents === 'unsupported') return before;
  const others = before.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  const policy = policyOf(kind, before, request);
  if (policy === 'Orphan') others.push(ORPHAN);
  if (policy === 'Foreground') others.push(FOREGROUND);
  return others;
}

function policyOf(kind: Kind, finalizers: readonly string[], request: DeleteRequest): string {
  if (request.orphanDependents !== undefined) return request.orphanDependents ? 'Orphan' : 'Background';
  if (request.propagationPolicy) return request.propagationPolicy;
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  if (finalizers.includes(FOREGROUND)) return 'Foreground';
  return rulesOf(kind).dependents === 'orphan' ? 'Orphan' : 'Background';
}

export function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
