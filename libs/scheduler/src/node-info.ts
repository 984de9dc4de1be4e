import type { Node, Taint } from '#kinds';
import type { HostPort, PodInfo } from './pod-info.js';
import { addAmounts, type Amounts, amountsOf, noAmounts, podsAllowed } from './requests.js';

/** A node with the sums over its pods kept up to date, so that judging it costs the same however many pods it runs. */
export class NodeInfo {
  allocatable: Amounts = noAmounts();
  allowedPods = 0;
  readonly requested: Amounts = noAmounts();
  readonly nonZeroRequested: Amounts = noAmounts();
  readonly pods = new Map<string, PodInfo>();
  /** Image name → size in bytes, as the node reports it. */
  images: ReadonlyMap<string, number> = new Map();
  private readonly usedPorts = new Map<string, number>();

  /** `node` undefined: pods were seen before their node; it takes no part in scheduling. */
  constructor(
    readonly name: string,
    private current: Node | undefined,
  ) {
    if (current) this.setNode(current);
  }

  get known(): boolean {
    return this.current !== undefined;
  }

  get node(): Node {
    return this.current!;
  }

  get taints(): readonly Taint[] {
    return this.current?.spec?.taints ?? [];
  }

  setNode(node: Node): void {
    this.current = node;
    this.allocatable = amountsOf(node.status?.allocatable);
    this.allowedPods = podsAllowed(node.status?.allocatable);
    this.images = imagesOf(node);
  }

  forgetNode(): void {
    this.current = undefined;
  }

  add(pod: PodInfo): void {
    if (this.pods.has(pod.uid)) this.remove(pod.uid);
    this.pods.set(pod.uid, pod);
    this.count(pod, 1);
  }

  remove(uid: string): PodInfo | undefined {
    const pod = this.pods.get(uid);
    if (!pod) return undefined;
    this.pods.delete(uid);
    this.count(pod, -1);
    return pod;
  }

  /** A copy to try things on (preemption); shares the pods. */
  clone(): NodeInfo {
    const copy = new NodeInfo(this.name, this.current);
    for (const pod of this.pods.values()) copy.add(pod);
    return copy;
  }

  /** Whether one of `wanted` is taken. 0.0.0.0 meets every address. */
  portsConflict(wanted: readonly HostPort[]): boolean {
    if (this.usedPorts.size === 0) return false;
    return wanted.some(({ ip, protocol, port }) =>
      ip === '0.0.0.0'
        ? [...this.usedPorts.keys()].some((key) => key.endsWith(`/${protocol}/${port}`))
        : this.usedPorts.has(`${ip}/${protocol}/${port}`) || this.usedPorts.has(`0.0.0.0/${protocol}/${port}`),
    );
  }

  private count(pod: PodInfo, sign: 1 | -1): void {
    addAmounts(this.requested, pod.requests, sign);
    addAmounts(this.nonZeroRequested, pod.nonZeroRequests, sign);
    for (const { ip, protocol, port } of pod.hostPorts) {
      const key = `${ip}/${protocol}/${port}`;
      const users = (this.usedPorts.get(key) ?? 0) + sign;
      if (users > 0) this.usedPorts.set(key, users);
      else this.usedPorts.delete(key);
    }
  }
}

function imagesOf(node: Node): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const image of node.status?.images ?? []) {
    for (const name of image.names ?? []) sizes.set(name, image.sizeBytes ?? 0);
  }
  return sizes;
}
