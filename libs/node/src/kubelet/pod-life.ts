import type { Random } from '#base';
import { isReason, parseTime } from '#apimachinery';
import { type Pod, podKind } from '#kinds';
import { type ContainerState, containersOf, forgetBackoff, restarts, succeeded } from './container.js';
import { enterBackoff, NOTICE_MS, type StartDesk, startContainer } from './container-start.js';
import { planStop, settleEnding } from './container-stop.js';
import type { NodeSide } from './node-side.js';
import { mountFailure, reader } from './pod-env.js';
import { type ContainerProbes, probesOf } from './pod-probes.js';
import { podStatusOf } from './pod-status.js';
import { recoverContainers, resumeProcess, retryAfter } from './recover.js';
import { StatusWriter } from './status-writer.js';

/** Thrown through a pause when the pod is to stop: what was being done is dropped. */
export class Interrupted extends Error {}

/** Making the pod's network and pause container. */
const SANDBOX_MS_MIN = 250;
const SANDBOX_MS_SPREAD = 500;
const RELIST_MS = 1_000;
/** Between tries to mount volumes. Models the volume manager's back-off, from 2 s on. */
const SANDBOX_RETRY_MS = 2_000;
const SANDBOX_RETRY_MS_MAX = 122_000;
/** Sidecars get at least this of the grace. Models minimumGracePeriodInSeconds (1.36). */
const GRACE_MS_MIN = 2_000;
const GRACE_SECONDS = 30;
const DEADLINE = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
};

/** What a life needs of the one who runs it. */
export interface Runner {
  /** Waits on the sandbox's clock; rejects with Interrupted when the pod is to stop. */
  pause(ms: number): Promise<void>;
  /** Asks for another pass soon. */
  retry(): void;
}

const isFinished = (pod: Pod) => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/**
 * One pod's life on its node, level-triggered: a pass looks where the pod is and takes it on as far as it goes.
 *
 *   settle what ended ▸ say how it stands ▸ start what should run, one after another ▸ again, until nothing is to do
 *
 * The status is said between such rounds only, as a kubelet's sync does: so a pod is seen ContainerCreating once and
 * Running once, however many steps lie between. Models kubelet syncPod, syncTerminatingPod and syncTerminatedPod (1.36).
 */
export class PodLife {
  private readonly writer: StatusWriter;
  private readonly containers: readonly ContainerState[];
  private readonly probes = new Map<ContainerState, ContainerProbes>();
  private random: Random | undefined;
  private readonly seenAtMs: number;
  private podIP: string | undefined;
  private hasSandbox: boolean;
  private toResume: boolean;
  private failure: { reason: string; message: string } | undefined;
  private sandboxRetryAtMs = 0;
  private sandboxFailures = 0;
  /** When the containers were asked to stop; undefined: they were not. */
  private stopFromMs: number | undefined;
  private over: boolean;
  private deleteAsked = false;

  constructor(
    pod: Pod,
    private readonly node: NodeSide,
    private readonly runner: Runner,
  ) {
    this.writer = new StatusWriter(node.api, node.clock, pod, () => runner.retry());
    this.containers = containersOf(pod);
    this.seenAtMs = node.clock.nowMs();
    this.over = isFinished(pod);
    this.toResume = pod.status?.startTime !== undefined && !this.over;
    if (pod.status?.startTime !== undefined) recoverContainers(pod, this.containers, this.seenAtMs);
    this.podIP = pod.spec?.hostNetwork ? node.hostIP : pod.status?.podIP;
    this.hasSandbox = !this.over && this.containers.some(({ id }) => id !== '');
    if (this.over) this.release();
  }

  get pod(): Pod {
    return this.writer.pod;
  }

  seen(pod: Pod): void {
    this.writer.seen(pod);
  }

  /** Gives back the pod's address. */
  release(): void {
    if (this.podIP !== undefined && !this.pod.spec?.hostNetwork) {
      this.node.ips.release(this.podIP, this.pod.metadata.uid ?? '');
    }
  }

  mustStop(): boolean {
    if (this.pod.metadata.deletionTimestamp || this.failure) return true;
    return isFinished(this.pod) && !this.over;
  }

  /** True when there is more to do at once. Rejects when something that will pass stood in the way. */
  async pass(): Promise<boolean> {
    if (this.toResume) await this.resume();
    this.settle();
    if (this.over || this.mustStop()) return this.stop();
    if (this.workIsDone()) return this.stop();
    this.runProbes();
    this.report();
    if (!this.hasSandbox && !(await this.makeSandbox())) return false;
    const startable = this.startable();
    for (const container of startable) {
      await startContainer(this.desk(), container);
      this.watchOver(container);
    }
    await this.relist();
    return startable.length > 0;
  }

  /** A process that ends at once is never seen running: the runtime is asked about once a second. Models the PLEG (1.36). */
  private async relist(): Promise<void> {
    const nowMs = this.node.clock.nowMs();
    const ends = this.containers.flatMap(({ state, ending }) => (state === 'running' && ending ? [ending.atMs] : []));
    const soonMs = Math.max(0, ...ends.map((atMs) => atMs - nowMs).filter((leftMs) => leftMs < RELIST_MS));
    if (soonMs > 0) await this.runner.pause(soonMs);
  }

  /** The next date at which a pass may find something to do; Infinity: none. */
  dueMs(): number {
    const nowMs = this.node.clock.nowMs();
    let due = Infinity;
    for (const container of this.containers) {
      if (container.state === 'running') {
        due = Math.min(due, container.ending?.atMs ?? Infinity, this.probes.get(container)?.dueMs() ?? Infinity);
      } else if (!this.over && this.stopFromMs === undefined) {
        if (container.noticeAtMs > nowMs) due = Math.min(due, container.noticeAtMs);
        if (container.retryAtMs > nowMs) due = Math.min(due, container.retryAtMs);
      }
    }
    if (this.over || this.stopFromMs !== undefined) return due;
    if (!this.hasSandbox && this.sandboxRetryAtMs > nowMs) due = Math.min(due, this.sandboxRetryAtMs);
    return Math.min(due, this.deadlineMs());
  }

  private desk(): StartDesk {
    const { node } = this;
    return {
      pod: this.pod,
      node,
      podIP: this.podIP ?? '',
      pause: (ms) => this.runner.pause(ms),
      chance: () => this.chance(),
      event: (container, type, reason, message) => this.containerEvent(container, type, reason, message),
    };
  }

  private chance(): number {
    // By name, not uid: what else the sandbox drew before does not change how long a pod takes.
    this.random ??= this.node.random.derive(`pod/${this.pod.metadata.namespace}/${this.pod.metadata.name}`);
    return this.random.next();
  }

  private containerEvent(
    { spec, role }: ContainerState,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ): void {
    const list = role === 'main' ? 'containers' : 'initContainers';
    this.node.events.event(this.pod, type, reason, message, `spec.${list}{${spec.name}}`);
  }

  /** After a restart of the server: the processes that were running go on, as if nothing had been. */
  private async resume(): Promise<void> {
    for (const container of this.containers) {
      if (container.state !== 'running') continue;
      await resumeProcess(this.pod, container, this.node, this.podIP ?? '');
      this.watchOver(container);
    }
    this.toResume = false;
  }

  /** Follows a process that has just begun, if there is something to follow. */
  private watchOver(container: ContainerState): void {
    if (container.state !== 'running' || container.role === 'init') return;
    const probes = probesOf(container, this.podIP ?? '', this.node.clock.nowMs());
    if (probes) this.probes.set(container, probes);
    else container.ready = true;
  }

  private settle(): void {
    const nowMs = this.node.clock.nowMs();
    for (const container of this.containers) {
      if (settleEnding(container, nowMs)) this.probes.delete(container);
      const { terminated } = container;
      if (container.state === 'terminated' && terminated && restarts(this.pod, container)) {
        container.retryAtMs = retryAfter(container, terminated);
        if (container.retryAtMs > nowMs) container.noticeAtMs = Math.min(container.noticeAtMs, nowMs + NOTICE_MS);
      }
      if (container.noticeAtMs <= nowMs && this.stopFromMs === undefined) enterBackoff(this.desk(), container);
    }
    if (this.deadlineMs() > nowMs || this.failure || this.over) return;
    this.failure = DEADLINE;
    this.node.events.event(this.pod, 'Normal', DEADLINE.reason, DEADLINE.message);
  }

  private deadlineMs(): number {
    const seconds = this.pod.spec?.activeDeadlineSeconds;
    const started = this.pod.status?.startTime;
    return seconds === undefined || started === undefined ? Infinity : parseTime(started) + seconds * 1_000;
  }

  /** Every container that counts has ended and stays so. */
  private workIsDone(): boolean {
    const ended = (container: ContainerState) => container.state === 'terminated' && !restarts(this.pod, container);
    if (this.containers.some((container) => container.role === 'init' && ended(container) && !succeeded(container)))
      return true;
    return this.containers.every((container) => container.role !== 'main' || ended(container));
  }

  private runProbes(): void {
    const nowMs = this.node.clock.nowMs();
    for (const [container, probes] of this.probes) {
      const { reports, unhealthy } = probes.advance(nowMs);
      for (const { kind, failure } of reports) {
        this.containerEvent(container, 'Warning', 'Unhealthy', `${kind} probe failed: ${failure}`);
      }
      if (!unhealthy) continue;
      const message = `Container ${container.spec.name} failed ${unhealthy} probe, will be restarted`;
      this.containerEvent(container, 'Normal', 'Killing', message);
      this.probes.delete(container);
      const probe = unhealthy === 'liveness' ? container.spec.livenessProbe : container.spec.startupProbe;
      planStop(container, nowMs, (probe?.terminationGracePeriodSeconds ?? this.graceSeconds()) * 1_000);
    }
  }

  private graceSeconds(): number {
    const { deletionGracePeriodSeconds } = this.pod.metadata;
    return deletionGracePeriodSeconds ?? this.pod.spec?.terminationGracePeriodSeconds ?? GRACE_SECONDS;
  }

  private report(): void {
    const { containers, podIP, hasSandbox, over, failure, seenAtMs, node } = this;
    const facts = {
      containers,
      hasSandbox,
      over,
      startedAtMs: seenAtMs,
      hostIP: node.hostIP,
      podIP: hasSandbox || this.pod.spec?.hostNetwork || this.pod.status?.podIP ? podIP : undefined,
      ...(failure ? { failure } : {}),
    };
    this.writer.report(podStatusOf(this.pod, facts, node.clock.nowMs()));
  }

  /** Volumes, then the pod's network. False: not yet; it will be tried again. */
  private async makeSandbox(): Promise<boolean> {
    const { node, pod } = this;
    if (node.clock.nowMs() < this.sandboxRetryAtMs) return false;
    const trouble = await mountFailure(pod, reader(node.api, pod.metadata.namespace ?? ''));
    if (trouble !== undefined) return this.sandboxFailed('FailedMount', trouble);
    await this.runner.pause(SANDBOX_MS_MIN + SANDBOX_MS_SPREAD * this.chance());
    if (!pod.spec?.hostNetwork) this.podIP ??= node.ips.take(pod.metadata.uid ?? '');
    if (this.podIP === undefined) {
      const why = 'failed to setup network for sandbox: no IP addresses available in range set';
      return this.sandboxFailed(
        'FailedCreatePodSandBox',
        `Failed to create pod sandbox: rpc error: code = Unknown desc = ${why}`,
      );
    }
    this.hasSandbox = true;
    return true;
  }

  private sandboxFailed(reason: string, message: string): false {
    this.node.events.event(this.pod, 'Warning', reason, message);
    const waitMs = Math.min(SANDBOX_RETRY_MS_MAX, SANDBOX_RETRY_MS * 2 ** this.sandboxFailures++);
    this.sandboxRetryAtMs = this.node.clock.nowMs() + waitMs;
    return false;
  }

  /**
   * Containers to start now: the next init container, or, once these are done, all others that do not run.
   * Models computePodActions (1.36).
   */
  private startable(): ContainerState[] {
    const nowMs = this.node.clock.nowMs();
    const due = (container: ContainerState) =>
      container.retryAtMs <= nowMs &&
      (container.state === 'waiting' || (container.state === 'terminated' && restarts(this.pod, container)));
    const begun = this.containers.some(({ role, id }) => role === 'main' && id !== '');
    if (begun) return this.containers.filter((container) => container.role !== 'init' && due(container));
    for (const container of this.containers) {
      if (container.role === 'main') break;
      const passed =
        container.role === 'init' ? succeeded(container) : container.state === 'running' && container.started;
      if (!passed) return due(container) ? [container] : [];
    }
    return this.containers.filter((container) => container.role === 'main' && due(container));
  }

  /** Stops what runs, says how it ended, and lets the API forget the pod if that was asked. */
  private async stop(): Promise<boolean> {
    const nowMs = this.node.clock.nowMs();
    const deleting = this.pod.metadata.deletionTimestamp;
    const graceMs = this.graceSeconds() * 1_000;
    if (this.stopFromMs === undefined) {
      this.stopFromMs = nowMs;
      for (const container of this.containers) {
        forgetBackoff(container);
        if (container.state !== 'running') continue;
        this.containerEvent(container, 'Normal', 'Killing', `Stopping container ${container.spec.name}`);
      }
    }
    this.planStops(this.stopFromMs, graceMs);
    this.settle();
    if (this.containers.some(({ state }) => state === 'running')) return false;
    if (!this.over) {
      this.over = true;
      this.hasSandbox = false;
      // Of a pod that never began there is nothing new to say.
      if (this.failure || this.containers.some(({ id }) => id !== '')) this.report();
      this.release();
    }
    await this.writer.settled();
    if (deleting && !this.deleteAsked) await this.deletePod();
    return false;
  }

  /** Containers stop together, sidecars after them, the last first. */
  private planStops(fromMs: number, graceMs: number): void {
    this.probes.clear();
    let lastEndMs = fromMs;
    const running = this.containers.filter(({ state }) => state === 'running');
    for (const container of running) {
      if (container.role === 'sidecar') continue;
      planStop(container, fromMs, graceMs);
      lastEndMs = Math.max(lastEndMs, container.ending?.atMs ?? fromMs);
    }
    for (const container of running.toReversed()) {
      if (container.role !== 'sidecar') continue;
      planStop(container, lastEndMs, Math.max(GRACE_MS_MIN, fromMs + graceMs - lastEndMs));
      lastEndMs = Math.max(lastEndMs, container.ending?.atMs ?? lastEndMs);
    }
  }

  private async deletePod(): Promise<void> {
    if (this.writer.gone) return;
    const { namespace = '', name = '', uid } = this.pod.metadata;
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    try {
      await this.node.api.delete(podKind, namespace, name, { gracePeriodSeconds: 0, ...preconditions });
    } catch (error) {
      if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error;
    }
    this.deleteAsked = true;
  }
}
