import type { Node, Pod } from '#kinds';
import { NodeInfo } from './node-info.js';
import { type PodInfo, podInfoOf } from './pod-info.js';

/**
 * The cluster as the scheduler believes it to be: nodes with the pods on them, those assumed (decided, not yet seen
 * bound) included. Cycles are synchronous, so this is also their snapshot; nothing is copied.
 *
 * An assumed pod ends in one of two ways: the informer shows it bound (`podSeen`), or its binding failed (`forget`).
 */
export class SchedulerCache {
  private readonly byName = new Map<string, NodeInfo>();
  /** Nodes that exist, in the order they came: what cycles walk. */
  private listed: NodeInfo[] = [];
  /** Pod uid → node name. */
  private readonly placed = new Map<string, string>();
  private readonly assumed = new Set<string>();
  private readonly holders = new Map<string, number>();
  /** Priority → number of placed pods; a handful of keys. */
  private readonly priorities = new Map<number, number>();

  get nodes(): readonly NodeInfo[] {
    return this.listed;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.byName.get(name);
    return info?.known ? info : undefined;
  }

  /** How many nodes report that image. */
  imageHolders(image: string): number {
    return this.holders.get(image) ?? 0;
  }

  hasLesser(priority: number): boolean {
    for (const other of this.priorities.keys()) if (other < priority) return true;
    return false;
  }

  setNode(node: Node): void {
    const name = node.metadata.name ?? '';
    const info = this.infoOf(name);
    const wasKnown = info.known;
    this.countImages(info, -1);
    info.setNode(node);
    this.countImages(info, 1);
    if (!wasKnown) this.listed.push(info);
  }

  removeNode(name: string): void {
    const info = this.byName.get(name);
    if (!info?.known) return;
    this.countImages(info, -1);
    info.forgetNode();
    this.listed = this.listed.filter((other) => other !== info);
    if (info.pods.size === 0) this.byName.delete(name);
  }

  isAssumed(uid: string): boolean {
    return this.assumed.has(uid);
  }

  assume(pod: PodInfo, nodeName: string): void {
    this.place(pod, nodeName);
    this.assumed.add(pod.uid);
  }

  /** Takes back an assumption; false when the pod was seen bound meanwhile. */
  forget(uid: string): boolean {
    if (!this.assumed.delete(uid)) return false;
    this.unplace(uid);
    return true;
  }

  /** A pod with a node, as the API shows it. What it takes is counted anew only when it may have changed. */
  podSeen(pod: Pod, nowMs: number): void {
    const uid = pod.metadata.uid ?? '';
    const nodeName = pod.spec?.nodeName ?? '';
    this.assumed.delete(uid);
    const known = this.placed.get(uid) === nodeName ? this.byName.get(nodeName)?.pods.get(uid) : undefined;
    // Of an assigned pod's spec only what counts in `generation` can change what it takes.
    if (known?.pod.metadata.generation === pod.metadata.generation) known!.pod = pod;
    else this.place(podInfoOf(pod, nowMs), nodeName);
  }

  /** Whether it had taken room. */
  podGone(uid: string): boolean {
    this.assumed.delete(uid);
    return this.unplace(uid);
  }

  private place(pod: PodInfo, nodeName: string): void {
    this.unplace(pod.uid);
    this.infoOf(nodeName).add(pod);
    this.placed.set(pod.uid, nodeName);
    this.countPriority(pod.priority, 1);
  }

  private unplace(uid: string): boolean {
    const nodeName = this.placed.get(uid);
    if (nodeName === undefined) return false;
    this.placed.delete(uid);
    const info = this.byName.get(nodeName);
    const pod = info?.remove(uid);
    if (pod) this.countPriority(pod.priority, -1);
    if (info && !info.known && info.pods.size === 0) this.byName.delete(nodeName);
    return true;
  }

  private infoOf(name: string): NodeInfo {
    let info = this.byName.get(name);
    if (!info) this.byName.set(name, (info = new NodeInfo(name, undefined)));
    return info;
  }

  private countPriority(priority: number, sign: 1 | -1): void {
    const count = (this.priorities.get(priority) ?? 0) + sign;
    if (count > 0) this.priorities.set(priority, count);
    else this.priorities.delete(priority);
  }

  private countImages(info: NodeInfo, sign: 1 | -1): void {
    for (const image of info.images.keys()) {
      const count = this.imageHolders(image) + sign;
      if (count > 0) this.holders.set(image, count);
      else this.holders.delete(image);
    }
  }
}
