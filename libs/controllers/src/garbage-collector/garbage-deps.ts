import { isReason, type Json, type OwnerReference } from '#apimachinery';
import { RecentMap } from '#client';
import type { ControllerContext, ObjectKey } from '#controller-runtime';
import { graphOf, type GraphNode, isForegroundDeleting } from './owner-graph.js';

/** 'unknown': the kind is not served, or the reference can never be right; nothing is deleted for that. */
export type OwnerState = 'solid' | 'waiting' | 'gone' | 'unknown';

/** The world of the garbage collector. Writes carry uid and resourceVersion; what is gone already is fine. */
export interface GarbageDeps {
  find(key: ObjectKey): GraphNode | undefined;
  dependentsOf(uid: string): readonly GraphNode[];
  ownerState(dependent: GraphNode, reference: OwnerReference): Promise<OwnerState>;
  setOwners(dependent: GraphNode, owners: readonly OwnerReference[]): Promise<void>;
  removeFinalizer(node: GraphNode, finalizer: string): Promise<void>;
  delete(node: GraphNode, policy: 'Orphan' | 'Foreground' | 'Background'): Promise<void>;
}

/** Uids known to be gone: they never come back. As many as upstream's absentOwnerCache. */
const ABSENT_MAX = 500;

export function newGarbageDeps(context: ControllerContext): GarbageDeps {
  const { api, events } = context;
  // Asked anew each time: what the sandbox serves changes.
  const graph = () => graphOf(context);
  const absent = new RecentMap<true>(ABSENT_MAX);

  const patch = async ({ kind, object }: GraphNode, metadata: { [key: string]: Json }) => {
    const { namespace = '', name, uid, resourceVersion } = object.metadata;
    const guarded = { ...metadata, uid: uid!, resourceVersion: resourceVersion! };
    await unlessGone(() => api.patch(kind, namespace, name!, { type: 'merge', patch: { metadata: guarded } }));
  };

  /** Past the cache, by the reference's coordinates: only this may say that an owner is gone. */
  const isGone = async (dependent: GraphNode, reference: OwnerReference): Promise<boolean> => {
    if (absent.get(reference.uid)) return true;
    const kind = graph().kindOf(reference)!;
    const namespace = kind.namespaced ? (dependent.object.metadata.namespace ?? '') : '';
    try {
      const live = await api.get(kind, namespace, reference.name);
      if (live.metadata.uid === reference.uid) return false;
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error;
    }
    absent.set(reference.uid, true);
    return true;
  };

  return {
    find: (key) => graph().find(key),
    dependentsOf: (uid) => graph().dependentsOf(uid),
    async ownerState(dependent, reference) {
      const kind = graph().kindOf(reference);
      if (!kind) return 'unknown';
      const { namespace = '' } = dependent.object.metadata;
      if (kind.namespaced && namespace === '') {
        events.event(dependent.object, 'Warning', 'OwnerRefInvalidNamespace', invalidNamespace(reference, namespace));
        return 'unknown';
      }
      const seen = graph().ownerOf(dependent.object, reference);
      if (seen) return isForegroundDeleting(seen.object) ? 'waiting' : 'solid';
      return (await isGone(dependent, reference)) ? 'gone' : 'solid';
    },
    setOwners: (dependent, owners) => patch(dependent, { ownerReferences: owners.map((owner) => ({ ...owner })) }),
    removeFinalizer: (node, finalizer) =>
      patch(node, { finalizers: (node.object.metadata.finalizers ?? []).filter((other) => other !== finalizer) }),
    async delete({ kind, object }, propagationPolicy) {
      const { namespace = '', name, uid, resourceVersion } = object.metadata;
      const preconditions = { uid: uid!, resourceVersion: resourceVersion! };
      await unlessGone(() => api.delete(kind, namespace, name!, { propagationPolicy, preconditions }));
    },
  };
}

function invalidNamespace({ apiVersion, kind, name, uid }: OwnerReference, namespace: string): string {
  const owner = `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
  return `ownerRef ${owner} does not exist in namespace "${namespace}"`;
}

async function unlessGone(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}
