import type { SandboxEnv } from '#base';
import { deepEqual, isReason, type Json } from '#apimachinery';
import { type ClusterApi, type LiveEventRecorder, newEventRecorder } from '#client';
import { leaseKind, type Node, nodeKind, type Pod } from '#kinds';
import { NODE_IP_ANNOTATION } from '../marker.js';
import { LEASE_NAMESPACE, leaseOf } from '../starter.js';
import { ImageStore } from './image-store.js';
import { IpPool } from './ip-pool.js';
import type { NodeSide } from './node-side.js';
import { isReady, nodeStatusOf } from './node-status.js';
import { PodWorker, type WorkerAgenda } from './pod-worker.js';

/** Models nodeStatusReportFrequency and the lease's renewal (1.36). */
const STATUS_BEAT_MS = 300_000;
const LEASE_BEAT_MS = 10_000;
/** Changes of a node's own state are gathered this long before its status says so. Models nodeStatusUpdateFrequency (1.36). */
export const STATUS_DELAY_MS = 10_000;

export interface AgentContext {
  readonly env: SandboxEnv;
  /** Acts as system:node:<name>. */
  readonly api: ClusterApi;
  readonly workers: WorkerAgenda;
  /** Asks for a call of `refresh` after `STATUS_DELAY_MS`. */
  refreshLater(): void;
  /** Where a node without an address of its own is to be found, and its pods. */
  readonly fallback: { readonly ip: string; readonly podCIDR: string };
}

/** Where the node is: as it reported, or as it was set up (kubelet --node-ip). */
function addressOf({ metadata, status }: Node): string | undefined {
  const reported = status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
  return reported ?? metadata.annotations?.[NODE_IP_ANNOTATION];
}

const uidOf = (pod: Pod) => pod.metadata.uid ?? '';

/** The kubelet of one simulated node: keeps the node's object and lease, and gives each of its pods a worker. */
export class NodeAgent {
  private readonly workers = new Map<string, PodWorker>();
  private readonly events: LiveEventRecorder;
  private readonly side: NodeSide;
  private readonly images: ImageStore;
  private closed = false;

  constructor(
    private node: Node,
    private readonly context: AgentContext,
    pods: readonly Pod[],
  ) {
    const { env, api } = context;
    const name = node.metadata.name ?? '';
    this.events = newEventRecorder(api, env, { name: 'kubelet', host: name });
    this.images = new ImageStore(env.random.derive(`pulls/${name}`), node.status?.images ?? []);
    const ips = new IpPool(node.spec?.podCIDR ?? context.fallback.podCIDR);
    // Before any new pod is given an address: those that have one keep it.
    for (const pod of pods) {
      const finished = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
      if (pod.status?.podIP && !finished && !pod.spec?.hostNetwork) ips.claim(pod.status.podIP, uidOf(pod));
    }
    this.side = {
      name,
      hostIP: addressOf(node) ?? context.fallback.ip,
      clock: env.clock,
      random: env.random,
      api,
      events: this.events,
      images: this.images,
      ips,
      imagesChanged: () => context.refreshLater(),
    };
    api.heartbeat(nodeKind, '', name, { periodMs: STATUS_BEAT_MS });
    if (!isReady(node.status) || !node.spec?.podCIDR) void this.register();
    void this.keepLease();
    for (const pod of pods) this.podSeen(pod);
  }

  podSeen(pod: Pod): void {
    const worker = this.workers.get(uidOf(pod));
    if (worker) return worker.seen(pod);
    const fresh = new PodWorker(pod, this.side, this.context.workers);
    this.workers.set(uidOf(pod), fresh);
    fresh.kick();
  }

  podGone(pod: Pod): void {
    this.workers.get(uidOf(pod))?.close();
    this.workers.delete(uidOf(pod));
  }

  nodeSeen(node: Node): void {
    this.node = node;
    // Someone else wrote that it is not: it says so itself, in its own time.
    if (!isReady(node.status)) this.context.refreshLater();
  }

  /** Brings the node's status up to date. */
  async refresh(): Promise<void> {
    if (this.closed) return;
    if (!isReady(this.node.status)) return this.register();
    const images = this.images.report();
    if (!deepEqual(images, this.node.status?.images))
      await this.write({ status: { images: images as unknown as Json } });
  }

  /** `nodeGone`: the machine is no more, not just this server's part in it. */
  close(nodeGone: boolean): void {
    this.closed = true;
    for (const worker of this.workers.values()) worker.close();
    this.workers.clear();
    this.events.stop();
    if (!nodeGone) return;
    this.context.api.heartbeat(nodeKind, '', this.side.name, 'stopped');
    this.context.api.heartbeat(leaseKind, LEASE_NAMESPACE, this.side.name, 'stopped');
  }

  private async register(): Promise<void> {
    const { env, fallback } = this.context;
    const { name } = this.side;
    if (!this.node.spec?.podCIDR) {
      const podCIDR = fallback.podCIDR;
      await this.write({ spec: { podCIDR, podCIDRs: [podCIDR] } }, 'spec');
    }
    const identity = { name, ip: this.side.hostIP, random: env.random.derive('nodes'), nowMs: env.clock.nowMs() };
    const wasReady = isReady(this.node.status);
    const status = { ...nodeStatusOf(identity, this.node.status), images: this.images.report() };
    await this.write({ status: status as unknown as Json });
    if (!wasReady) this.events.event(this.node, 'Normal', 'NodeReady', `Node ${name} status is now: NodeReady`);
  }

  private async write(patch: { [key: string]: Json }, part: 'spec' | 'status' = 'status'): Promise<void> {
    try {
      const body = { type: 'strategic', patch } as const;
      this.node = await this.context.api.patch(
        nodeKind,
        '',
        this.side.name,
        body,
        part === 'status' ? part : undefined,
      );
    } catch (error) {
      if (!isReason(error, 'NotFound') && !this.closed) this.context.refreshLater();
    }
  }

  /** Makes the lease when there is none; from then on it beats. */
  private async keepLease(): Promise<void> {
    const { api, env } = this.context;
    const { name } = this.side;
    try {
      await api.get(leaseKind, LEASE_NAMESPACE, name).catch((error: unknown) => {
        if (!isReason(error, 'NotFound')) throw error;
        return api.create(leaseKind, leaseOf(this.node, env.clock.nowMs()));
      });
    } catch (error) {
      // Without its namespace (or while the API is away) there is no lease; the node's own beat stands for it.
      if (!isReason(error, 'NotFound') && !isReason(error, 'AlreadyExists')) return;
    }
    if (!this.closed) api.heartbeat(leaseKind, LEASE_NAMESPACE, name, { periodMs: LEASE_BEAT_MS });
  }
}
