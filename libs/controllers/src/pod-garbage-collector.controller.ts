import { isReason, type KubeObject, rfc3339, setCondition } from '#apimachinery';
import {
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { type Node, nodeKind, type Pod, podKind } from '#kinds';
import { unlessGone } from './failures.js';
import { patchPodStatus } from './pod-status-patch.js';
import { isPodFinished } from './pod-state.js';

/** How long a node may be missing before its pods are given up. As quarantineTime in pkg/controller/podgc. */
const QUARANTINE_MS = 40_000;

export interface PodGcDeps {
  nowMs(): number;
  pod(key: ObjectKey): Pod | undefined;
  hasNode(name: string): boolean;
  /** Past the cache. */
  nodeExists(name: string): Promise<boolean>;
  /** When each missing node was first missed (epoch ms). */
  readonly missedSince: Map<string, number>;
  /** Guarded by the pod's resourceVersion. */
  patchStatus(pod: Pod, status: NonNullable<Pod['status']>): Promise<unknown>;
  deleteNow(pod: Pod): Promise<void>;
}

/**
 * Removes pods that nobody will finish: bound to a node that is gone, or asked to go before they were bound at all.
 * Models kube-controller-manager pod-garbage-collector (1.36). Differs: it looks when something changes, not every 20 s.
 */
export const podGarbageCollectorController = defineController<PodGcDeps>({
  name: 'pod-garbage-collector',
  identity: controllerIdentity('pod-garbage-collector'),
  watches: [
    { resource: podKind, keysOf: lostPod },
    { resource: nodeKind, keysOf: podsOfLostNode },
  ],
  deps: ({ env, api, informers }) => ({
    nowMs: () => env.clock.nowMs(),
    pod: ({ namespace, name }) => informers.of<Pod>(podKind).get(namespace, name),
    hasNode: (name) => informers.of<Node>(nodeKind).get('', name) !== undefined,
    nodeExists: async (name) => (await unlessGone(api.get(nodeKind, '', name))) !== undefined,
    missedSince: new Map(),
    patchStatus: (pod, status) => patchPodStatus(api, pod, status),
    async deleteNow({ metadata: { namespace, name, uid } }) {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: uid! } };
      await unlessGone(api.delete(podKind, namespace!, name!, options));
    },
  }),
  reconcile,
});

export async function reconcile(deps: PodGcDeps, key: ObjectKey): Promise<Outcome> {
  const pod = deps.pod(key);
  if (!pod) return;
  const { nodeName } = pod.spec;
  if (!nodeName) return pod.metadata.deletionTimestamp === undefined ? undefined : deps.deleteNow(pod);
  if (deps.hasNode(nodeName)) return void deps.missedSince.delete(nodeName);
  const since = deps.missedSince.get(nodeName) ?? deps.nowMs();
  deps.missedSince.set(nodeName, since);
  const leftMs = since + QUARANTINE_MS - deps.nowMs();
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  if (await deps.nodeExists(nodeName)) return;
  if (!isPodFinished(pod)) await giveUp(deps, pod);
  await deps.deleteNow(pod);
}

async function giveUp(deps: PodGcDeps, pod: Pod): Promise<void> {
  const conditions = setCondition(pod.status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    lastTransitionTime: rfc3339(deps.nowMs()),
  });
  try {
    await deps.patchStatus(pod, { phase: 'Failed', conditions: [...conditions] });
  } catch (error) {
    if (isReason(error, 'Conflict')) throw error;
  }
}

function lostPod(pod: KubeObject, { informers }: ControllerContext): readonly ObjectKey[] {
  const { spec, metadata } = pod as Pod;
  const lost = spec.nodeName
    ? informers.of<Node>(nodeKind).get('', spec.nodeName) === undefined
    : metadata.deletionTimestamp !== undefined;
  return lost ? [{ namespace: metadata.namespace ?? '', name: metadata.name! }] : [];
}

function podsOfLostNode(
  node: KubeObject,
  { informers }: ControllerContext,
  _old: KubeObject | undefined,
  change: string,
): readonly ObjectKey[] {
  if (change !== 'deleted') return [];
  const bound = informers
    .of<Pod>(podKind)
    .list()
    .filter((pod) => pod.spec.nodeName === node.metadata.name);
  return bound.map(({ metadata }) => ({ namespace: metadata.namespace!, name: metadata.name! }));
}
