import { deepEqual, isReason, type KubeObject, rfc3339, setCondition } from '#apimachinery';
import {
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { type Node, nodeKind, type Pod, podKind } from '#kinds';
import { unlessGone } from '../failures.js';
import { isPodFinished } from '../pod-state.js';
import { patchPodStatus } from '../pod-status-patch.js';
import { evictionMs } from './tolerations.js';

export interface TaintEvictionDeps {
  nowMs(): number;
  pod(key: ObjectKey): Pod | undefined;
  node(name: string): Node | undefined;
  /** Pods that are to go later: to say so when they need not any more. */
  readonly scheduled: Set<string>;
  /** Guarded by the pod's resourceVersion. */
  patchStatus(pod: Pod, status: NonNullable<Pod['status']>): Promise<unknown>;
  delete(pod: Pod): Promise<void>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** Deletes pods that do not, or no longer, tolerate a NoExecute taint of their node. Models kube-controller-manager taint-eviction (1.36). */
export const taintEvictionController = defineController<TaintEvictionDeps>({
  name: 'taint-eviction',
  identity: controllerIdentity('node-controller'),
  watches: [
    { resource: podKind, keysOf: podOnTaintedNode },
    { resource: nodeKind, keysOf: podsOfRetaintedNode },
  ],
  workers: 8,
  deps: ({ env, api, informers, events }) => ({
    nowMs: () => env.clock.nowMs(),
    pod: ({ namespace, name }) => informers.of<Pod>(podKind).get(namespace, name),
    node: (name) => informers.of<Node>(nodeKind).get('', name),
    scheduled: new Set(),
    patchStatus: (pod, status) => patchPodStatus(api, pod, status),
    async delete({ metadata: { namespace, name, uid } }) {
      await unlessGone(api.delete(podKind, namespace!, name!, { preconditions: { uid: uid! } }));
    },
    event: (about, type, reason, message) => events.event(about, type, reason, message),
  }),
  reconcile,
});

export async function reconcile(deps: TaintEvictionDeps, key: ObjectKey): Promise<Outcome> {
  const about = `${key.namespace}/${key.name}`;
  const pod = deps.pod(key);
  const node = pod?.spec.nodeName ? deps.node(pod.spec.nodeName) : undefined;
  const going = !pod || pod.metadata.deletionTimestamp !== undefined || isPodFinished(pod);
  const dueMs = going || !node ? undefined : evictionMs(pod, node);
  if (dueMs === undefined) {
    const cancelled = deps.scheduled.delete(about) && pod && !going;
    if (cancelled) deps.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${about}`);
    return;
  }
  const leftMs = dueMs - deps.nowMs();
  if (leftMs > 0) {
    deps.scheduled.add(about);
    return { requeueAfterMs: leftMs };
  }
  deps.scheduled.delete(about);
  await evict(deps, pod!, about);
}

async function evict(deps: TaintEvictionDeps, pod: Pod, about: string): Promise<void> {
  const conditions = setCondition(pod.status?.conditions, {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: rfc3339(deps.nowMs()),
  });
  if (conditions !== pod.status?.conditions) {
    try {
      await deps.patchStatus(pod, { conditions: [...conditions] });
    } catch (error) {
      // Its kubelet wrote in the same moment: the condition explains the deletion, it does not cause it. Try again first.
      if (isReason(error, 'Conflict')) throw error;
    }
  }
  deps.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${about}`);
  await deps.delete(pod);
}

const hasNoExecute = (node: KubeObject | undefined) =>
  ((node as Node | undefined)?.spec?.taints ?? []).some(({ effect }) => effect === 'NoExecute');

function podOnTaintedNode(pod: KubeObject, { informers }: ControllerContext): readonly ObjectKey[] {
  const { nodeName } = (pod as Pod).spec;
  if (!nodeName || !hasNoExecute(informers.of<Node>(nodeKind).get('', nodeName))) return [];
  return [{ namespace: pod.metadata.namespace ?? '', name: pod.metadata.name! }];
}

function podsOfRetaintedNode(
  node: KubeObject,
  { informers }: ControllerContext,
  old: KubeObject | undefined,
): readonly ObjectKey[] {
  if (!hasNoExecute(node) && !hasNoExecute(old)) return [];
  if (old && deepEqual((old as Node).spec?.taints, (node as Node).spec?.taints)) return [];
  const bound = informers
    .of<Pod>(podKind)
    .list()
    .filter((pod) => pod.spec.nodeName === node.metadata.name);
  return bound.map(({ metadata }) => ({ namespace: metadata.namespace!, name: metadata.name! }));
}
