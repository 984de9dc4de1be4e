import type { PodInfo } from './pod-info.js';

const NONE: readonly PodInfo[] = [];

/**
 * Pods that wait for a node that is being cleared for them. Others that are not more important may not take that room.
 * Models the scheduler's nominator (1.36).
 */
export class Nominations {
  private readonly byNode = new Map<string, PodInfo[]>();
  private readonly nodeOf = new Map<string, string>();

  set(pod: PodInfo, node: string): void {
    this.remove(pod.uid);
    this.nodeOf.set(pod.uid, node);
    const there = this.byNode.get(node);
    if (there) there.push(pod);
    else this.byNode.set(node, [pod]);
  }

  remove(uid: string): void {
    const node = this.nodeOf.get(uid);
    if (node === undefined) return;
    this.nodeOf.delete(uid);
    const rest = this.byNode.get(node)!.filter((pod) => pod.uid !== uid);
    if (rest.length > 0) this.byNode.set(node, rest);
    else this.byNode.delete(node);
  }

  /** Those on `node` that `pod` must leave room for. */
  rivals(pod: PodInfo, node: string): readonly PodInfo[] {
    const there = this.byNode.get(node);
    return there ? there.filter((other) => other.uid !== pod.uid && other.priority >= pod.priority) : NONE;
  }
}
