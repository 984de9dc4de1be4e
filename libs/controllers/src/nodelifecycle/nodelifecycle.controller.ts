import { type KubeObject, rfc3339, timeOf } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import { type Node, nodeKind } from '#kinds';
import { isPodReady } from '../pod-state.js';
import { GRACE_MS, isNodeReady, lastSignMs, silentConditions } from './node-health.js';
import { wantedTaints } from './node-taints.js';
import { newNodeLifecycleDeps, type NodeLifecycleDeps, type NodeMemory } from './nodelifecycle-deps.js';

/** A node older than this when first seen was registered long ago: the controllers were only asleep. */
const NEW_NODE_MS = 60_000;

/**
 * Finds silent nodes, taints nodes by their conditions, and marks the pods of lost ones. While a node beats there is no
 * timer for it: the stop of its heartbeats is the event from which the grace period is counted.
 * Models kube-controller-manager nodelifecycle (1.36).
 */
export const nodeLifecycleController = defineController<NodeLifecycleDeps>({
  name: 'nodelifecycle',
  eventSource: 'node-controller',
  identity: controllerIdentity('node-controller'),
  reconciles: nodeKind,
  subscribe: (deps, add) => deps.onBeatChange((name) => add({ namespace: '', name })),
  deps: newNodeLifecycleDeps,
  reconcile,
});

export async function reconcile(deps: NodeLifecycleDeps, { name }: ObjectKey): Promise<Outcome> {
  const node = await deps.node(name);
  const before = deps.memory(name);
  if (!node) {
    if (before) nodeEvent(deps, { name }, 'RemovingNode', `Removing Node ${name} from Controller`);
    return deps.forget(name);
  }
  const nowMs = deps.nowMs();
  const isNew = nowMs - (timeOf(node.metadata.creationTimestamp ?? '') ?? 0) < NEW_NODE_MS;
  if (!before && isNew) nodeEvent(deps, node.metadata, 'RegisteredNode', `Registered Node ${name} in Controller`);
  const signMs = lastSignMs(node, await deps.lease(name));
  const silent = nowMs - signMs >= GRACE_MS ? silentConditions(node, nowMs) : undefined;
  const current = silent ? await deps.writeConditions(node, silent) : node;
  await follow(deps, current, before?.ready ?? isNodeReady(node));
  deps.remember(name, { ready: isNodeReady(current), lastSignMs: signMs });
  return nextLook(deps, name, signMs, before);
}

/** What the conditions call for: taints, and after the loss of a node an event and pods that are not ready any more. */
async function follow(deps: NodeLifecycleDeps, node: Node, wasReady: boolean): Promise<void> {
  const { name } = node.metadata;
  const taints = wantedTaints(node, rfc3339(deps.nowMs()));
  if (taints) await deps.writeTaints(node, taints);
  if (isNodeReady(node)) return;
  if (wasReady)
    deps.event(nodeRef(node.metadata), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  for (const pod of deps.podsOn(name!).filter(isPodReady)) {
    deps.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    await deps.markNotReady(pod);
  }
}

/** Only a node that may have stopped needs another look, when its grace is over. */
function nextLook(deps: NodeLifecycleDeps, name: string, signMs: number, before: NodeMemory | undefined): Outcome {
  const leftMs = signMs + GRACE_MS - deps.nowMs();
  if (leftMs <= 0) return;
  const advances = before !== undefined && signMs > before.lastSignMs;
  const beats = deps.isBeating(name) ?? advances;
  return beats ? undefined : { requeueAfterMs: leftMs };
}

function nodeEvent(deps: NodeLifecycleDeps, meta: { name?: string; uid?: string }, reason: string, what: string): void {
  deps.event(nodeRef(meta), 'Normal', reason, `Node ${meta.name} event: ${what}`);
}

/** Events name the node by name and uid only, as upstream's do. */
function nodeRef({ name, uid }: { name?: string; uid?: string }): KubeObject {
  return { apiVersion: 'v1', kind: 'Node', metadata: { ...(name ? { name } : {}), ...(uid ? { uid } : {}) } };
}
