import { controllerRefOf, isReason, type KubeObject } from '#apimachinery';
import type { ControllerContext, ObjectKey } from '#controller-runtime';
import { type Pod, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { claimWritesOf } from '../claim-writes.js';
import { type ClaimWrites, newControllerRef } from '../controller-ref.js';
import { OwnWrites } from '../own-writes.js';
import { isPodActive } from '../pod-state.js';

/** The world of the ReplicaSet controller. */
export interface ReplicaSetDeps {
  nowMs(): number;
  replicaSet(key: ObjectKey): ReplicaSet | undefined;
  forget(key: ObjectKey): void;
  /** False while the caches lack pods or status that this controller wrote for the key. */
  cacheIsCurrent(key: ObjectKey): boolean;
  /** All pods that are, or by their labels could be, its. */
  candidates(rs: ReplicaSet): readonly Pod[];
  /** Active pods of all ReplicaSets that share its controller (the old and new ones of a Deployment). */
  relatedActivePods(rs: ReplicaSet): readonly Pod[];
  claimWrites(rs: ReplicaSet): ClaimWrites;
  createPod(rs: ReplicaSet): Promise<Pod>;
  deletePod(rs: ReplicaSet, pod: Pod): Promise<void>;
  writeStatus(rs: ReplicaSet): Promise<void>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

const keyText = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
const keyTextOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

export function newReplicaSetDeps({ env, api, informers, events }: ControllerContext): ReplicaSetDeps {
  const sets = informers.of(replicaSetKind);
  const pods = informers.of(podKind);
  const podWrites = new OwnWrites(pods);
  const setWrites = new OwnWrites(sets);
  /** Pods whose deletion was asked for, until the cache shows it. */
  const going = new Map<string, Set<string>>();

  const deletionsSeen = (key: string) => {
    const uids = going.get(key);
    if (!uids) return true;
    for (const uid of uids) {
      const pod = pods.byUid(uid);
      if (!pod || pod.metadata.deletionTimestamp !== undefined) uids.delete(uid);
    }
    return uids.size === 0 && going.delete(key);
  };

  return {
    nowMs: () => env.clock.nowMs(),
    replicaSet: ({ namespace, name }) => sets.get(namespace, name),
    forget(key) {
      podWrites.forget(keyText(key));
      setWrites.forget(keyText(key));
      going.delete(keyText(key));
    },
    cacheIsCurrent: (key) =>
      podWrites.seen(keyText(key)) && setWrites.seen(keyText(key)) && deletionsSeen(keyText(key)),
    candidates(rs) {
      const owned = pods.ownedBy(rs.metadata.uid!);
      const matching = pods.select(rs.metadata.namespace!, rs.spec.selector);
      const orphans = matching.filter((pod) => controllerRefOf(pod.metadata) === undefined);
      return orphans.length === 0 ? owned : [...new Set([...owned, ...orphans])];
    },
    relatedActivePods(rs) {
      const controller = controllerRefOf(rs.metadata);
      const siblings = controller ? sets.ownedBy(controller.uid) : [rs];
      return siblings.flatMap((sibling) => pods.ownedBy(sibling.metadata.uid!).filter(isPodActive));
    },
    claimWrites: (rs) => claimWritesOf(api, replicaSetKind, rs, podKind),
    async createPod(rs) {
      const pod = await api.create<Pod>(podKind, podFromTemplate(rs));
      podWrites.note(keyTextOf(rs), pod);
      return pod;
    },
    async deletePod(rs, pod) {
      const uid = pod.metadata.uid!;
      await api.delete(podKind, pod.metadata.namespace!, pod.metadata.name!, { preconditions: { uid } });
      const key = keyTextOf(rs);
      going.set(key, (going.get(key) ?? new Set()).add(uid));
    },
    async writeStatus(rs) {
      try {
        setWrites.note(keyTextOf(rs), await api.update(replicaSetKind, rs, 'status'));
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    },
    event: (about, type, reason, message) => events.event(about, type, reason, message),
  };
}

/** The pod that the template describes. It shares the template's parts: the API only reads what it is given. */
function podFromTemplate(rs: ReplicaSet): Pod {
  const { metadata, spec } = rs.spec.template ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: `${rs.metadata.name}-`,
      namespace: rs.metadata.namespace!,
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      ...(metadata?.annotations ? { annotations: metadata.annotations } : {}),
      ...(metadata?.finalizers ? { finalizers: metadata.finalizers } : {}),
      ownerReferences: [newControllerRef(rs, replicaSetKind)],
    },
    spec: spec ?? { containers: [] },
  };
}
