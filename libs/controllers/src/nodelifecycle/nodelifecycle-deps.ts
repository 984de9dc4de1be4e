import { type KubeObject, rfc3339 } from '#apimachinery';
import type { ControllerContext } from '#controller-runtime';
import { type Lease, leaseKind, type Node, type NodeCondition, nodeKind, type Pod, podKind, type Taint } from '#kinds';
import { unlessGone } from '../failures.js';

/** Where kubelets keep their leases. */
export const NODE_LEASES = 'kube-node-lease';

export interface NodeLifecycleDeps {
  nowMs(): number;
  /** As the API shows it now, heartbeats included. */
  node(name: string): Promise<Node | undefined>;
  lease(name: string): Promise<Lease | undefined>;
  /** True: it beats, and a stop will bring the key back. False: it stopped. undefined: nobody has said. */
  isBeating(name: string): boolean | undefined;
  /** Tells of nodes that stopped or began to beat; the result ends that. */
  onBeatChange(changed: (name: string) => void): () => void;
  /** What was concluded at the last look; undefined at the first. */
  memory(name: string): NodeMemory | undefined;
  remember(name: string, memory: NodeMemory): void;
  forget(name: string): void;
  podsOn(name: string): readonly Pod[];
  writeConditions(node: Node, conditions: readonly NodeCondition[]): Promise<Node>;
  writeTaints(node: Node, taints: readonly Taint[]): Promise<void>;
  markNotReady(pod: Pod): Promise<void>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

export interface NodeMemory {
  readonly ready: boolean;
  readonly lastSignMs: number;
}

export function newNodeLifecycleDeps({ env, api, informers, events }: ControllerContext): NodeLifecycleDeps {
  const memories = new Map<string, NodeMemory>();
  const beating = new Map<string, boolean>();
  const pods = informers.of<Pod>(podKind);
  return {
    nowMs: () => env.clock.nowMs(),
    node: (name) => unlessGone(api.get<Node>(nodeKind, '', name)),
    lease: (name) => unlessGone(api.get<Lease>(leaseKind, NODE_LEASES, name)),
    isBeating: (name) => beating.get(name),
    onBeatChange(changed) {
      const told = (_namespace: string, name: string, beats: boolean) => {
        beating.set(name, beats);
        changed(name);
      };
      const watches = [api.heartbeats?.(nodeKind, told), api.heartbeats?.(leaseKind, told)];
      return () => watches.forEach((watch) => watch?.cancel());
    },
    memory: (name) => memories.get(name),
    remember: (name, memory) => void memories.set(name, memory),
    forget(name) {
      memories.delete(name);
      beating.delete(name);
    },
    podsOn: (name) => pods.list().filter((pod) => pod.spec.nodeName === name),
    writeConditions: (node, conditions) =>
      api.update<Node>(nodeKind, { ...node, status: { ...node.status, conditions: [...conditions] } }, 'status'),
    async writeTaints(node, taints) {
      const { name, resourceVersion } = node.metadata;
      const patch = {
        metadata: { resourceVersion: resourceVersion! },
        spec: { taints: taints.map((t) => ({ ...t })) },
      };
      await unlessGone(api.patch(nodeKind, '', name!, { type: 'merge', patch }));
    },
    async markNotReady(pod) {
      const now = rfc3339(env.clock.nowMs());
      const conditions = (pod.status?.conditions ?? []).map((condition) =>
        condition.type === 'Ready' ? { ...condition, status: 'False', lastTransitionTime: now } : condition,
      );
      await unlessGone(api.update<Pod>(podKind, { ...pod, status: { ...pod.status, conditions } }, 'status'));
    },
    event: (about, type, reason, message) => events.event(about, type, reason, message),
  };
}
