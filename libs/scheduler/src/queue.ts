import { backoffMs, type Clock, type Timer } from '#base';
import type { Pod } from '#kinds';
import type { ClusterEvent } from './cluster-event.js';
import type { QueueingHint, SchedulerPlugin } from './framework.js';
import { Heap } from './heap.js';
import type { PodInfo } from './pod-info.js';

/** Models podInitialBackoffSeconds and podMaxBackoffSeconds (1.36). */
const BACKOFF = { baseMs: 1_000, maxMs: 10_000 };
/** An unschedulable pod is looked at again after this long even if no event spoke for it. Models DefaultPodMaxInUnschedulablePodsDuration (1.36). */
const UNSCHEDULABLE_MS_MAX = 5 * 60_000;

/** Pods whose back-offs end within one such window leave by importance. Models backoffQOrderingWindowDuration (1.36). */
const ORDER_WINDOW_MS = 1_000;

/** A pod that waits for a node. */
export interface QueuedPod {
  info: PodInfo;
  attempts: number;
  /** Of the last attempt; set when it failed. */
  failedAtMs: number;
  /** Plugins whose refusal keeps it waiting. Empty after an error: then any event may help. */
  refusedBy: ReadonlySet<string>;
}

/**
 * Pods on their way to a node:
 *
 *   add ──▶ active ──pop──▶ an attempt ──refused──▶ unschedulable ──an event that helps──▶ backoff ──time──▶ active
 *              ▲                  └──error──▶ errors ──time──▶ active                         │
 *              └────────────────────────── nothing active: pop takes from backoff too ────────┘
 *   gated: refused by preEnqueue; looked at again when the pod itself changes.
 *
 * Backoff grows with the attempts, 1 s to 10 s. One timer at most, and only while a pod backs off. The five-minute flush
 * rides on other activity, so that a pod which nothing can help costs no timer.
 * Models the scheduling queue (1.36, with SchedulerPopFromBackoffQ and QueueingHints).
 */
export class SchedulingQueue {
  private readonly active: Heap<QueuedPod>;
  private readonly backoff: Heap<QueuedPod>;
  private readonly errors: Heap<QueuedPod>;
  private readonly heaps: readonly Heap<QueuedPod>[];
  private readonly unschedulable = new Map<string, QueuedPod>();
  private readonly gated = new Map<string, QueuedPod>();
  private readonly hints: ReadonlyMap<string, readonly QueueingHint[]>;
  private readonly gates: readonly SchedulerPlugin[];
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    plugins: readonly SchedulerPlugin[],
    sort: (a: PodInfo, b: PodInfo) => number,
    /** Called when there may be something to pop. */
    private readonly wake: () => void,
  ) {
    const keyOf = (queued: QueuedPod) => queued.info.uid;
    const window = (queued: QueuedPod) => Math.floor(this.readyAtMs(queued) / ORDER_WINDOW_MS);
    const readySooner = (a: QueuedPod, b: QueuedPod) => window(a) - window(b) || sort(a.info, b.info);
    this.active = new Heap(keyOf, (a, b) => sort(a.info, b.info));
    this.backoff = new Heap(keyOf, readySooner);
    this.errors = new Heap(keyOf, readySooner);
    this.heaps = [this.active, this.backoff, this.errors];
    this.hints = new Map(plugins.map((plugin) => [plugin.name, plugin.hints ?? []]));
    this.gates = plugins.filter((plugin) => plugin.preEnqueue);
  }

  /** Pods waiting, whatever for. */
  get size(): number {
    return this.active.size + this.backoff.size + this.errors.size + this.unschedulable.size + this.gated.size;
  }

  add(info: PodInfo): void {
    this.enter({ info, attempts: 0, failedAtMs: 0, refusedBy: new Set() });
  }

  /** The waiting pod itself changed. Nothing when it is being tried. */
  update(info: PodInfo, event: ClusterEvent): void {
    const queued = this.get(info.uid);
    if (!queued) return;
    info.queuedAtMs = queued.info.queuedAtMs;
    queued.info = info;
    if (this.gated.delete(info.uid)) return this.enter(queued);
    if (this.unschedulable.has(info.uid)) {
      if (!this.helps(queued, event)) return;
      this.unschedulable.delete(info.uid);
      return this.release(queued);
    }
    // Its priority may have changed: a heap keeps its order only for items that keep theirs.
    for (const heap of this.heaps) if (heap.get(info.uid)) heap.push(queued);
  }

  /** The waiting pod was written, but not in a way that matters here. */
  refresh(pod: Pod): void {
    const queued = this.get(pod.metadata.uid ?? '');
    if (queued) queued.info.pod = pod;
  }

  remove(uid: string): void {
    this.unschedulable.delete(uid);
    this.gated.delete(uid);
    for (const heap of this.heaps) heap.remove(uid);
    this.arm();
  }

  /** The next pod to try, counted as an attempt. */
  pop(): QueuedPod | undefined {
    this.flush();
    const next = this.active.pop() ?? this.backoff.pop();
    if (!next) {
      this.arm();
      return undefined;
    }
    next.attempts++;
    return next;
  }

  /** No node would take it: it waits for an event that one of `refusedBy` says might help. */
  refused(queued: QueuedPod, refusedBy: ReadonlySet<string>): void {
    queued.failedAtMs = this.clock.nowMs();
    queued.refusedBy = refusedBy;
    this.unschedulable.set(queued.info.uid, queued);
  }

  /** Something else went wrong (a failed write): it is tried again after its backoff, whatever happens. */
  failed(queued: QueuedPod): void {
    queued.failedAtMs = this.clock.nowMs();
    queued.refusedBy = new Set();
    this.errors.push(queued);
    this.arm();
  }

  /** Releases the unschedulable pods that `event` may help. */
  move(event: ClusterEvent): void {
    for (const queued of [...this.unschedulable.values()]) {
      if (!this.helps(queued, event)) continue;
      this.unschedulable.delete(queued.info.uid);
      this.release(queued);
    }
  }

  stop(): void {
    this.timer?.cancel();
  }

  private enter(queued: QueuedPod): void {
    if (this.gates.some((plugin) => plugin.preEnqueue!(queued.info) !== undefined)) {
      this.gated.set(queued.info.uid, queued);
      return;
    }
    this.active.push(queued);
    this.wake();
  }

  private release(queued: QueuedPod): void {
    if (this.readyAtMs(queued) <= this.clock.nowMs()) this.active.push(queued);
    else this.backoff.push(queued);
    this.wake();
  }

  private readyAtMs(queued: QueuedPod): number {
    return queued.attempts === 0 ? 0 : queued.failedAtMs + backoffMs(BACKOFF, queued.attempts - 1);
  }

  private helps(queued: QueuedPod, event: ClusterEvent): boolean {
    if (queued.refusedBy.size === 0) return true;
    for (const name of queued.refusedBy) {
      for (const hint of this.hints.get(name) ?? []) {
        if (hint.on === event.type && (hint.helps?.(queued.info, event) ?? true)) return true;
      }
    }
    return false;
  }

  /** Brings back what waited long enough. */
  private flush(): void {
    const nowMs = this.clock.nowMs();
    for (const heap of [this.backoff, this.errors]) {
      while (heap.size > 0 && this.readyAtMs(heap.peek()!) <= nowMs) this.active.push(heap.pop()!);
    }
    // In order of failure: the first that is not due ends the search.
    for (const [uid, queued] of this.unschedulable) {
      if (queued.failedAtMs + UNSCHEDULABLE_MS_MAX > nowMs) break;
      this.unschedulable.delete(uid);
      this.active.push(queued);
    }
  }

  private get(uid: string): QueuedPod | undefined {
    return (
      this.unschedulable.get(uid) ??
      this.gated.get(uid) ??
      this.active.get(uid) ??
      this.backoff.get(uid) ??
      this.errors.get(uid)
    );
  }

  private arm(): void {
    this.timer?.cancel();
    this.timer = undefined;
    const dues = [this.backoff.peek(), this.errors.peek()].flatMap((queued) =>
      queued ? [this.readyAtMs(queued)] : [],
    );
    if (dues.length === 0) return;
    this.timer = this.clock.setTimer(Math.max(0, Math.min(...dues) - this.clock.nowMs()), () => {
      this.timer = undefined;
      this.wake();
    });
  }
}
