import { controllerRefOf, isReason, type KubeObject } from '#apimachinery';
import type { ControllerContext, ObjectKey } from '#controller-runtime';
import { type Deployment, deploymentKind, type Pod, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { claimWritesOf } from '../claim-writes.js';
import type { ClaimWrites } from '../controller-ref.js';
import { OwnWrites } from '../own-writes.js';

/** The world of the Deployment controller. Writes name the Deployment on whose behalf they are made. */
export interface DeploymentDeps {
  nowMs(): number;
  deployment(key: ObjectKey): Deployment | undefined;
  forget(key: ObjectKey): void;
  /** False while the caches lack what this controller wrote for the key. */
  cacheIsCurrent(key: ObjectKey): boolean;
  /** ReplicaSets that are, or by their labels could be, its. */
  candidates(d: Deployment): readonly ReplicaSet[];
  claimWrites(d: Deployment): ClaimWrites;
  podsOf(rs: ReplicaSet): readonly Pod[];
  /** As it is now, past the cache. */
  liveReplicaSet(namespace: string, name: string): Promise<ReplicaSet>;
  createReplicaSet(d: Deployment, rs: ReplicaSet): Promise<ReplicaSet>;
  updateReplicaSet(d: Deployment, rs: ReplicaSet): Promise<ReplicaSet>;
  deleteReplicaSet(rs: ReplicaSet): Promise<void>;
  /** Writes status and the revision annotation. */
  writeStatus(d: Deployment): Promise<Deployment>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

const keyText = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
const keyTextOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

export function newDeploymentDeps({ env, api, informers, events }: ControllerContext): DeploymentDeps {
  const deployments = informers.of(deploymentKind);
  const sets = informers.of(replicaSetKind);
  const pods = informers.of(podKind);
  const ownWrites = new OwnWrites(deployments);
  const setWrites = new OwnWrites(sets);
  const noted = (d: Deployment, rs: ReplicaSet) => {
    setWrites.note(keyTextOf(d), rs);
    return rs;
  };
  return {
    nowMs: () => env.clock.nowMs(),
    deployment: ({ namespace, name }) => deployments.get(namespace, name),
    forget(key) {
      ownWrites.forget(keyText(key));
      setWrites.forget(keyText(key));
    },
    cacheIsCurrent: (key) => ownWrites.seen(keyText(key)) && setWrites.seen(keyText(key)),
    candidates(d) {
      const owned = sets.ownedBy(d.metadata.uid!);
      const matching = sets.select(d.metadata.namespace!, d.spec.selector);
      return [...owned, ...matching.filter((rs) => controllerRefOf(rs.metadata) === undefined)];
    },
    claimWrites: (d) => claimWritesOf(api, deploymentKind, d, replicaSetKind),
    podsOf: (rs) => pods.ownedBy(rs.metadata.uid!),
    liveReplicaSet: (namespace, name) => api.get(replicaSetKind, namespace, name),
    createReplicaSet: async (d, rs) => noted(d, await api.create(replicaSetKind, rs)),
    updateReplicaSet: async (d, rs) => noted(d, await api.update(replicaSetKind, rs)),
    async deleteReplicaSet({ metadata }) {
      try {
        await api.delete(replicaSetKind, metadata.namespace!, metadata.name!, {
          preconditions: { uid: metadata.uid! },
        });
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    },
    async writeStatus(d) {
      const written = await api.update(deploymentKind, d, 'status');
      ownWrites.note(keyTextOf(d), written);
      return written;
    },
    event: (about, type, reason, message) => events.event(about, type, reason, message),
  };
}
