import type { SandboxEnv } from '#base';
import type { ClusterApi, ComponentIdentity, Informer, Informers } from '#client';
import { type Node, nodeKind, type Pod, podKind } from '#kinds';
import { isSimulated } from '../marker.js';
import { Agenda } from './agenda.js';
import { NodeAgent, STATUS_DELAY_MS } from './node-agent.js';
import type { PodWorker } from './pod-worker.js';

/** Who the kubelet of a node is. */
export function nodeIdentity(nodeName: string): ComponentIdentity {
  return { username: `system:node:${nodeName}`, groups: ['system:nodes', 'system:authenticated'] };
}

export interface KubeletsContext {
  readonly env: SandboxEnv;
  /** A client that acts as `nodeIdentity(nodeName)`. */
  apiFor(nodeName: string): ClusterApi;
  /** Of nodes and pods of the whole sandbox. */
  readonly informers: Informers;
}

export interface Kubelets {
  /** Leaves everything as it is; kubelets that start later go on from there. */
  stop(): void;
}

/**
 * The kubelets of all simulated nodes of one sandbox, driven by what happens and by one clock timer for the next date
 * that matters; none while all pods run quietly.
 */
export function startKubelets(context: KubeletsContext): Kubelets {
  const kubelets = new NodeAgents(context);
  void kubelets.start();
  return { stop: () => kubelets.stop() };
}

class NodeAgents {
  private readonly agents = new Map<string, NodeAgent>();
  private readonly agenda: Agenda<PodWorker>;
  private readonly refreshes: Agenda<string>;
  private readonly nodes: Informer<Node>;
  private readonly pods: Informer<Pod>;
  private stops: (() => void)[] = [];
  private stopped = false;

  constructor(private readonly context: KubeletsContext) {
    const { clock } = context.env;
    this.agenda = new Agenda(clock, (worker) => worker.kick());
    this.refreshes = new Agenda(clock, (name) => void this.agents.get(name)?.refresh());
    this.nodes = context.informers.of<Node>(nodeKind);
    this.pods = context.informers.of<Pod>(podKind);
  }

  async start(): Promise<void> {
    await Promise.all([this.nodes.untilSynced(), this.pods.untilSynced()]);
    if (this.stopped) return;
    const byNode = groupByNode(this.pods.list());
    for (const node of this.nodes.list()) this.nodeSeen(node, byNode.get(node.metadata.name ?? '') ?? []);
    this.stops = [
      this.nodes.handle({
        added: (node) => this.nodeSeen(node),
        updated: (node) => this.nodeSeen(node),
        deleted: (node) => this.nodeGone(node),
      }),
      this.pods.handle({
        added: (pod) => this.agentOf(pod)?.podSeen(pod),
        updated: (pod, old) => this.podUpdated(pod, old),
        deleted: (pod) => this.agentOf(pod)?.podGone(pod),
      }),
    ];
  }

  stop(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
    for (const agent of this.agents.values()) agent.close(false);
    this.agents.clear();
    this.agenda.stop();
    this.refreshes.stop();
  }

  private agentOf(pod: Pod): NodeAgent | undefined {
    return this.agents.get(pod.spec?.nodeName ?? '');
  }

  private podUpdated(pod: Pod, old: Pod): void {
    // A name may change hands without a deletion in between being seen.
    if (pod.metadata.uid !== old.metadata.uid) this.agentOf(old)?.podGone(old);
    this.agentOf(pod)?.podSeen(pod);
  }

  private nodeSeen(node: Node, pods?: readonly Pod[]): void {
    const name = node.metadata.name ?? '';
    const agent = this.agents.get(name);
    if (!isSimulated(node)) return this.nodeGone(node);
    if (agent) return agent.nodeSeen(node);
    const own = pods ?? this.pods.list().filter((pod) => pod.spec?.nodeName === name);
    const fresh = new NodeAgent(node, this.agentContext(name), own);
    this.agents.set(name, fresh);
  }

  private nodeGone(node: Node): void {
    const name = node.metadata.name ?? '';
    this.agents.get(name)?.close(true);
    this.agents.delete(name);
    this.refreshes.cancel(name);
  }

  private agentContext(name: string) {
    const { env } = this.context;
    return {
      env,
      api: this.context.apiFor(name),
      workers: this.agenda,
      refreshLater: () => this.refreshes.at(name, env.clock.nowMs() + STATUS_DELAY_MS),
      fallback: this.freeNetwork(),
    };
  }

  /** An address and a pod network that no node of the sandbox has. */
  private freeNetwork(): { ip: string; podCIDR: string } {
    const taken = new Set<string>();
    for (const { spec, status } of this.nodes.list()) {
      if (spec?.podCIDR) taken.add(spec.podCIDR);
      for (const { address } of status?.addresses ?? []) taken.add(address);
    }
    for (let index = 0; ; index++) {
      const [high, low] = [168 + Math.floor(index / 256), index % 256];
      const podCIDR = `192.${high}.${low}.0/24`;
      const ip = `172.${30 + Math.floor((index + 1) / 256)}.${(index + 1) % 256}.2`;
      if (!taken.has(podCIDR) && !taken.has(ip)) return { ip, podCIDR };
    }
  }
}

function groupByNode(pods: readonly Pod[]): ReadonlyMap<string, Pod[]> {
  const byNode = new Map<string, Pod[]>();
  for (const pod of pods) {
    const name = pod.spec?.nodeName;
    if (!name) continue;
    const there = byNode.get(name);
    if (there) there.push(pod);
    else byNode.set(name, [pod]);
  }
  return byNode;
}
