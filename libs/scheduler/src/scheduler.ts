import { invariant, registryOf, type SandboxEnv } from '#base';
import type { ClusterApi, ComponentIdentity, EventRecorder, Informers } from '#client';
import { SchedulerCache } from './cache.js';
import { type CycleResult, CycleRunner } from './cycle.js';
import { type Decision, decisionOf, DecisionRing } from './decisions.js';
import { evict } from './evict.js';
import { fitMessage, NO_NODES_MESSAGE } from './fit-error.js';
import type { FrameworkHandle, PluginRow, SchedulerPlugin } from './framework.js';
import { Nominations } from './nominations.js';
import { Observer } from './observe.js';
import { podInfoOf } from './pod-info.js';
import { plugins as defaultPlugins } from './plugins.js';
import { type QueuedPod, SchedulingQueue } from './queue.js';
import { announceFailure, type Verdict } from './verdict.js';

/** Who the scheduler is; its events come from component 'default-scheduler'. */
export const schedulerIdentity: ComponentIdentity = {
  username: 'system:kube-scheduler',
  groups: ['system:authenticated'],
};

/** Writes under way at once: enough to share commits, few enough that others get a turn between. */
const IN_FLIGHT_MAX = 50;
const DECISIONS_KEPT = 256;

export interface SchedulerContext {
  readonly env: SandboxEnv;
  /** Acts as `schedulerIdentity`. */
  readonly api: ClusterApi;
  readonly informers: Informers;
  /** Records as 'default-scheduler'. */
  readonly events: EventRecorder;
  /** Default: `plugins`. */
  readonly plugins?: readonly PluginRow[];
}

export interface Scheduler {
  stop(): void;
  /** The facts behind the last decisions, newest first; of one pod when its uid is given. Bounded. */
  decisions(uid?: string): Decision[];
}

/**
 * Watches pods and nodes and binds one to the other, until stopped. Deciding is synchronous and one pod at a time;
 * writing the decisions (bindings, verdicts) runs beside it. Holds no timer while nothing backs off.
 */
export function startScheduler(context: SchedulerContext): Scheduler {
  const loop = new SchedulerLoop(context);
  return { stop: () => loop.stop(), decisions: (uid) => loop.decisions.latest(uid) };
}

type Placed = Extract<CycleResult, { kind: 'placed' }>;

class SchedulerLoop {
  readonly decisions = new DecisionRing(DECISIONS_KEPT);
  private readonly cache = new SchedulerCache();
  private readonly nominations = new Nominations();
  private readonly plugins: readonly SchedulerPlugin[];
  private readonly queue: SchedulingQueue;
  private readonly runner: CycleRunner;
  private readonly observer: Observer;
  private readonly handle: FrameworkHandle;
  private inFlight = 0;
  private running = false;
  private stopped = false;
  private pumpAsked = false;

  constructor(private readonly context: SchedulerContext) {
    const rows = context.plugins ?? defaultPlugins;
    this.plugins = [...registryOf('scheduler plugin', rows, ({ plugin }) => plugin.name).values()].map(
      (row) => row.plugin,
    );
    const sorts = this.plugins.flatMap((plugin) => (plugin.queueSort ? [plugin.queueSort] : []));
    invariant(sorts.length === 1, 'exactly one scheduler plugin sorts the queue');
    const { clock, random } = context.env;
    this.queue = new SchedulingQueue(clock, this.plugins, sorts[0]!, () => this.wake());
    this.handle = this.frameworkHandle();
    this.runner = new CycleRunner(rows, this.handle, random.derive('scheduler'));
    this.observer = new Observer(context.informers, this.cache, this.queue, this.nominations, clock);
    // `stop` may come first: then this never runs.
    void this.observer.untilSynced().then(() => {
      this.running = !this.stopped;
      this.wake();
    });
  }

  stop(): void {
    this.stopped = true;
    this.running = false;
    this.observer.stop();
    this.queue.stop();
  }

  private frameworkHandle(): FrameworkHandle {
    const { api, events, env } = this.context;
    return {
      api,
      nodes: () => this.cache.nodes,
      imageHolders: (image) => this.cache.imageHolders(image),
      rivals: (pod, nodeName) => this.nominations.rivals(pod, nodeName),
      hasLesser: (priority) => this.cache.hasLesser(priority),
      wouldRefuse: (pod, node) => this.runner.wouldRefuse(pod, node),
      preempt: (preemptor, victims, nodeName) =>
        this.spawn(() => evict({ api, events, clock: env.clock }, preemptor, victims, nodeName)),
    };
  }

  /** Asks for a round after the events at hand, so that priorities count among pods that come together. */
  private wake(): void {
    if (this.pumpAsked) return;
    this.pumpAsked = true;
    queueMicrotask(() => {
      this.pumpAsked = false;
      this.pump();
    });
  }

  private pump(): void {
    while (this.running && this.inFlight < IN_FLIGHT_MAX) {
      const queued = this.queue.pop();
      if (!queued) return;
      this.attempt(queued);
    }
  }

  private attempt(queued: QueuedPod): void {
    const { info } = queued;
    if (this.cache.nodes.length === 0) {
      this.queue.refused(queued, new Set());
      return this.fail(queued, undefined, { reason: 'Unschedulable', message: NO_NODES_MESSAGE });
    }
    const result = this.runner.run(info);
    if (result.kind === 'placed') return this.place(queued, result);
    const { refused, plugins } = result.misfit;
    let message = '';
    let nominatedNode: string | undefined;
    for (const plugin of this.plugins) {
      const outcome = plugin.postFilter?.(result.cycle, info, refused, this.handle);
      if (!outcome) continue;
      message = outcome.message;
      nominatedNode = outcome.nominatedNode;
      if (nominatedNode !== undefined) break;
    }
    if (nominatedNode !== undefined) this.nominations.set(info, nominatedNode);
    this.queue.refused(queued, plugins);
    this.fail(queued, result, {
      reason: 'Unschedulable',
      message: fitMessage(result.misfit, message),
      ...(nominatedNode === undefined ? {} : { nominatedNode }),
    });
  }

  /** Counts the pod in on its node at once, so that the next one sees it, and writes the binding beside the loop. */
  private place(queued: QueuedPod, result: Placed): void {
    const { info } = queued;
    for (const plugin of this.plugins) {
      const refusal = plugin.reserve?.(result.cycle, info, result.node);
      if (!refusal) continue;
      this.unreserve(queued, result);
      this.queue.refused(queued, new Set([plugin.name]));
      return this.fail(queued, result, { reason: 'Unschedulable', message: refusal.reasons.join(', ') });
    }
    this.cache.assume(info, result.node.name);
    this.nominations.remove(info.uid);
    this.spawn(() => this.bind(queued, result));
  }

  private async bind(queued: QueuedPod, result: Placed): Promise<void> {
    const { info } = queued;
    const nodeName = result.node.name;
    try {
      for (const plugin of this.plugins) await plugin.preBind?.(result.cycle, info, nodeName, this.handle);
      for (const plugin of this.plugins) await plugin.bind?.(info, nodeName, this.handle);
    } catch (error) {
      return this.bindFailed(queued, result, error);
    }
    const message = `Successfully assigned ${info.namespace}/${info.name} to ${nodeName}`;
    this.decisions.add(decisionOf(this.nowMs(), queued, result, { outcome: 'scheduled', message }));
    this.context.events.event(info.pod, 'Normal', 'Scheduled', message);
  }

  /** The room is free again; the pod is tried anew after a while, unless someone else settled its fate. */
  private bindFailed(queued: QueuedPod, result: Placed, error: unknown): void {
    this.unreserve(queued, result);
    const { info } = queued;
    const freed = this.cache.forget(info.uid);
    const pod = this.observer.stillWaiting(info.pod);
    if (pod) {
      const fresh = podInfoOf(pod, this.nowMs());
      fresh.queuedAtMs = info.queuedAtMs;
      queued.info = fresh;
      this.queue.failed(queued);
      const why = error instanceof Error ? error.message : String(error);
      this.fail(queued, result, {
        reason: 'SchedulerError',
        message: `binding rejected: running Bind plugin "DefaultBinder": ${why}`,
      });
    }
    if (freed) this.queue.move({ type: 'PodFreed', pod: info.pod });
  }

  private unreserve({ info }: QueuedPod, result: Placed): void {
    for (const plugin of this.plugins.toReversed()) plugin.unreserve?.(result.cycle, info, result.node);
  }

  private fail(queued: QueuedPod, result: CycleResult | undefined, verdict: Verdict): void {
    const outcome = verdict.reason === 'Unschedulable' ? 'unschedulable' : 'error';
    this.decisions.add(decisionOf(this.nowMs(), queued, result, { outcome, message: verdict.message }));
    const { api, events, env } = this.context;
    this.spawn(() => announceFailure({ api, events, clock: env.clock }, queued.info.pod, verdict));
  }

  private nowMs(): number {
    return this.context.env.clock.nowMs();
  }

  /** Runs a write beside the loop, within the limit. */
  private spawn(write: () => Promise<void>): void {
    this.inFlight++;
    // A write that fails here has been dealt with, or has no one to tell.
    void write()
      .catch(() => {})
      .finally(() => {
        this.inFlight--;
        this.wake();
      });
  }
}
