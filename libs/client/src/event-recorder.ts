import { backoffMs, BoundedQueue, type Clock, type SandboxEnv, systemClock } from '#base';
import { isReason, type KubeObject, rfc3339, StatusError } from '#apimachinery';
import { type CoreV1Event, eventKind } from '#kinds';
import type { ClusterApi } from './api.js';
import { type Correlated, EventCorrelator } from './event-correlator.js';

/** Records core/v1 Events about objects; repeats are counted, not added (models client-go's EventCorrelator). Never throws. */
export interface EventRecorder {
  /** `fieldPath` names the part that it is about, as kubelets do: 'spec.containers{nginx}'. */
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void;
}

/** An EventRecorder that writes. */
export interface LiveEventRecorder extends EventRecorder {
  /** Resolves when all that was recorded so far is written or given up. */
  settled(): Promise<void>;
  /** Drops what waits. */
  stop(): void;
}

export interface EventSource {
  /** 'deployment-controller', 'default-scheduler', 'kubelet'. */
  readonly name: string;
  /** The node, for those that run on one. */
  readonly host?: string;
}

/** Events in line for one component of one sandbox; later ones are dropped, as client-go does at 1,000 per component. */
const WAITING_MAX = 10_000;
/** Written at once: group commit makes a handful of them as cheap as one. Events of one object stay in order. */
const PARALLEL_MAX = 8;
const ATTEMPTS_MAX = 12;
const RETRY = { baseMs: 100, maxMs: 10_000 };
const MESSAGE_BYTES_MAX = 1024;

/** Records through `api`, which needs create and patch on events. Times and names are of the sandbox's clock and seed. */
export function newEventRecorder(
  api: ClusterApi,
  env: SandboxEnv,
  component: EventSource,
  options: { readonly clock?: Clock } = {},
): LiveEventRecorder {
  return new QueuedEventRecorder(api, env, component, options.clock ?? systemClock);
}

class QueuedEventRecorder implements LiveEventRecorder {
  private readonly correlator: EventCorrelator;
  private readonly chance;
  /** By what the event is about: one writer each, so that its events stay in order. */
  private readonly lines = new Map<string, BoundedQueue<CoreV1Event>>();
  private readonly ready = new BoundedQueue<string>(WAITING_MAX);
  private waiting = 0;
  private writers = 0;
  private stopped = false;
  private lastNanos = 0n;
  private settling: (() => void)[] = [];

  constructor(
    private readonly api: ClusterApi,
    private readonly env: SandboxEnv,
    private readonly component: EventSource,
    private readonly clock: Clock,
  ) {
    this.correlator = new EventCorrelator(env.clock);
    this.chance = env.random.derive(`events/${component.name}/${component.host ?? ''}`);
  }

  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): void {
    if (this.stopped || this.waiting === WAITING_MAX) return;
    const line = about.metadata.uid ?? `${about.kind}/${about.metadata.namespace}/${about.metadata.name}`;
    let queue = this.lines.get(line);
    if (!queue) {
      this.lines.set(line, (queue = new BoundedQueue(WAITING_MAX)));
      this.ready.push(line);
    }
    queue.push(this.made(about, type, reason, message, fieldPath));
    this.waiting++;
    if (this.writers < PARALLEL_MAX) void this.write();
  }

  settled(): Promise<void> {
    if (this.waiting === 0) return Promise.resolve();
    return new Promise((resolve) => this.settling.push(resolve));
  }

  stop(): void {
    this.stopped = true;
    this.lines.clear();
    this.ready.clear();
    this.waiting = 0;
    this.wake();
  }

  private async write(): Promise<void> {
    this.writers++;
    // Off the caller's stack: recording is free for whoever reports in the middle of its work.
    await Promise.resolve();
    for (let line = this.ready.shift(); line !== undefined; line = this.ready.shift()) {
      const queue = this.lines.get(line)!;
      for (let event = queue.shift(); event && !this.stopped; event = queue.shift()) {
        await this.send(this.correlator.correlate(event));
        if (!this.stopped) this.waiting--;
      }
      this.lines.delete(line);
    }
    this.writers--;
    if (this.waiting === 0) this.wake();
  }

  private wake(): void {
    for (const resolve of this.settling.splice(0)) resolve();
  }

  private async send(correlated: Correlated): Promise<void> {
    if (correlated.action === 'drop') return;
    for (let attempt = 0; attempt < ATTEMPTS_MAX && !this.stopped; attempt++) {
      try {
        if (correlated.action === 'create' || !(await this.counted(correlated.event))) {
          await this.api.create(eventKind, correlated.event);
        }
        return;
      } catch (error) {
        // Refused for good (namespace going, forbidden, invalid): an event is not worth more.
        if (error instanceof StatusError && error.code < 500 && error.code !== 429) return;
        await this.clock.sleep(backoffMs(RETRY, attempt));
      }
    }
  }

  /** False when the event to count on is gone (they live one hour): then it is made anew. */
  private async counted(event: CoreV1Event): Promise<boolean> {
    const patch = { count: event.count ?? 1, lastTimestamp: event.lastTimestamp ?? null, message: event.message ?? '' };
    const { namespace, name } = event.metadata;
    try {
      await this.api.patch(eventKind, namespace!, name!, { type: 'merge', patch });
      return true;
    } catch (error) {
      if (isReason(error, 'NotFound')) return false;
      throw error;
    }
  }

  /** Of this recording, later than of any before it: events of one second are listed, and so read, in order of names. */
  private nanos(nowMs: number): bigint {
    const within = (max: number) => BigInt(this.chance.int(max));
    const now = BigInt(Math.floor(nowMs)) * 1_000_000n + within(1_000_000);
    const after = this.lastNanos + 1n + within(1_000);
    this.lastNanos = now > after ? now : after;
    return this.lastNanos;
  }

  private made(about: KubeObject, type: string, reason: string, message: string, fieldPath?: string): CoreV1Event {
    const { namespace, name, uid, resourceVersion } = about.metadata;
    const nowMs = this.env.clock.nowMs();
    const now = rfc3339(nowMs);
    const { name: component, host } = this.component;
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${this.nanos(nowMs).toString(16)}`, namespace: namespace || 'default' },
      involvedObject: {
        kind: about.kind,
        ...(namespace ? { namespace } : {}),
        ...(name ? { name } : {}),
        ...(uid ? { uid } : {}),
        apiVersion: about.apiVersion,
        ...(resourceVersion ? { resourceVersion } : {}),
        ...(fieldPath ? { fieldPath } : {}),
      },
      reason,
      message: message.slice(0, MESSAGE_BYTES_MAX),
      source: { component, ...(host ? { host } : {}) },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type,
      reportingComponent: component,
      reportingInstance: host ?? '',
    };
  }
}
