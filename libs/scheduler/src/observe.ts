import type { Clock } from '#base';
import type { Informers } from '#client';
import { type Node, nodeKind, type Pod, podKind } from '#kinds';
import type { SchedulerCache } from './cache.js';
import { changedAspects, changedForScheduling, isFinished } from './changes.js';
import type { Nominations } from './nominations.js';
import { podInfoOf } from './pod-info.js';
import type { SchedulingQueue } from './queue.js';

/** Pods without another scheduler's name are this one's. */
const SCHEDULER_NAME = 'default-scheduler';

const uidOf = (pod: Pod) => pod.metadata.uid ?? '';

/** Keeps the cache and the queue in step with the cluster. Models scheduler eventhandlers.go (1.36). */
export class Observer {
  private readonly stops: (() => void)[];

  constructor(
    private readonly informers: Informers,
    private readonly cache: SchedulerCache,
    private readonly queue: SchedulingQueue,
    private readonly nominations: Nominations,
    private readonly clock: Clock,
  ) {
    this.stops = [
      informers.of<Node>(nodeKind).handle({
        added: (node) => this.nodeAdded(node),
        updated: (node, old) => this.nodeUpdated(node, old),
        deleted: (node) => this.cache.removeNode(node.metadata.name ?? ''),
      }),
      informers.of<Pod>(podKind).handle({
        added: (pod) => this.podSeen(pod, undefined),
        updated: (pod, old) => this.podSeen(pod, old),
        deleted: (pod) => this.podGone(pod),
      }),
    ];
  }

  /** Before both are known, a pod would seem to fit nowhere, or into room that is taken. */
  async untilSynced(): Promise<void> {
    await Promise.all([this.informers.of<Node>(nodeKind).untilSynced(), this.informers.of<Pod>(podKind).untilSynced()]);
  }

  stop(): void {
    for (const stop of this.stops) stop();
  }

  /** The pod as last seen, unless it is gone, replaced, finished or has a node by now. */
  stillWaiting(pod: Pod): Pod | undefined {
    const seen = this.informers.of<Pod>(podKind).get(pod.metadata.namespace ?? '', pod.metadata.name ?? '');
    return seen && uidOf(seen) === uidOf(pod) && this.waits(seen) ? seen : undefined;
  }

  private waits(pod: Pod): boolean {
    return (
      !pod.spec?.nodeName &&
      (pod.spec?.schedulerName ?? SCHEDULER_NAME) === SCHEDULER_NAME &&
      !pod.metadata.deletionTimestamp &&
      !isFinished(pod)
    );
  }

  private nodeAdded(node: Node): void {
    this.cache.setNode(node);
    this.queue.move({ type: 'NodeAdded', node });
  }

  private nodeUpdated(node: Node, old: Node): void {
    const changed = changedAspects(node, old);
    this.cache.setNode(node);
    if (changed.size > 0) this.queue.move({ type: 'NodeChanged', node, old, changed });
  }

  private podSeen(pod: Pod, old: Pod | undefined): void {
    // A name may change hands without a deletion in between being seen.
    if (old && uidOf(old) !== uidOf(pod)) {
      this.podGone(old);
      old = undefined;
    }
    if (isFinished(pod)) return this.podGone(pod);
    if (pod.spec?.nodeName) {
      this.queue.remove(uidOf(pod));
      return this.cache.podSeen(pod, this.clock.nowMs());
    }
    if (!this.waits(pod)) return this.queue.remove(uidOf(pod));
    // Its binding is under way; should that fail, it is looked at afresh.
    if (this.cache.isAssumed(uidOf(pod))) return;
    if (!old) this.waiting(pod);
    else if (changedForScheduling(pod, old)) {
      this.queue.update(podInfoOf(pod, this.clock.nowMs()), { type: 'OwnUpdate', pod });
    } else this.queue.refresh(pod);
  }

  private waiting(pod: Pod): void {
    const info = podInfoOf(pod, this.clock.nowMs());
    const nominated = pod.status?.nominatedNodeName;
    if (nominated) this.nominations.set(info, nominated);
    this.queue.add(info);
  }

  private podGone(pod: Pod): void {
    this.queue.remove(uidOf(pod));
    this.nominations.remove(uidOf(pod));
    if (this.cache.podGone(uidOf(pod))) this.queue.move({ type: 'PodFreed', pod });
  }
}
