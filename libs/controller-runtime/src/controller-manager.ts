import { type Clock, invariant, type SandboxEnv, type SandboxId, systemClock } from '#base';
import {
  type ApiFor,
  type ComponentIdentity,
  type Informers,
  type LiveEventRecorder,
  newEventRecorder,
  newInformers,
} from '#client';
import type { KindCatalog } from '#kinds';
import { ControllerRunner, type ReconcileFailure } from './controller-runner.js';
import type { ControllerDefinition, RequestSigner, SecretTokens } from './definition.js';

export interface ControllerManagerOptions {
  readonly definitions: readonly ControllerDefinition[];
  readonly apiFor: ApiFor;
  /** The server's, for back-off and CPU shares. */
  readonly clock?: Clock;
  /** Reconciles under way at once in the whole process. Default 64. */
  readonly concurrency?: number;
  /** Told of every failed reconcile. */
  readonly failed: (failure: ReconcileFailure) => void;
}

/** What a cluster gives to its controllers. */
export interface ControlledCluster {
  /** What it serves now. */
  readonly kinds: KindCatalog;
  /** Called after each change of `kinds`; absent: it never changes. The result ends it. */
  onKinds?(listener: () => void): () => void;
  /** PEM; published as ConfigMap kube-root-ca.crt in each namespace. */
  readonly rootCa: string;
  readonly signer?: RequestSigner;
  readonly secretTokens?: SecretTokens;
  /** Shared with other actors of the sandbox; stays theirs. Default: the manager's own, stopped with the controllers. */
  readonly informers?: Informers;
}

interface Running {
  readonly id: SandboxId;
  readonly runners: readonly ControllerRunner[];
  readonly recorders: readonly LiveEventRecorder[];
  readonly informers: Informers;
  readonly ownsInformers: boolean;
  /** Ends following what the cluster serves. */
  readonly endKinds: (() => void) | undefined;
  /** No key is worked on before every cache has seen the cluster once. */
  synced: boolean;
  inWork: number;
  /** Which controller is next: round robin. */
  turn: number;
  waiters: (() => void)[];
}

/** As whom shared informers see a cluster, those of other actors included. */
export const OBSERVER: ComponentIdentity = {
  username: 'system:kube-controller-manager',
  groups: ['system:authenticated'],
};
const CONCURRENCY_DEFAULT = 64;
/** A busy sandbox keeps at least so many, however many others are busy. */
const SHARE_MIN = 2;
/** Reconciles start for so long before requests get the event loop again. */
const SLICE_MS = 4;

/**
 * Runs controllers of many sandboxes on one event loop.
 *
 * Fair: sandboxes with ready keys stand in a ring; each turn starts one reconcile of one sandbox, at most
 * `concurrency / (sandboxes in the ring)` of one at a time. Polite: work starts in macrotasks of `SLICE_MS`, so requests
 * and commits come between, and changes that arrive together are reconciled together. Idle sandboxes hold no timer
 * and are in no list that anyone walks.
 */
export class ControllerManager {
  private readonly clock: Clock;
  private readonly concurrency: number;
  private readonly sandboxes = new Map<SandboxId, Running>();
  private readonly ring = new Set<Running>();
  private inWork = 0;
  private pumping = false;

  constructor(private readonly options: ControllerManagerOptions) {
    this.clock = options.clock ?? systemClock;
    this.concurrency = options.concurrency ?? CONCURRENCY_DEFAULT;
  }

  /** Starts all controllers for a sandbox. Work begins when the informers have synced. */
  start(env: SandboxEnv, cluster: ControlledCluster): void {
    invariant(!this.sandboxes.has(env.id), `controllers of sandbox ${env.id} are running`);
    const { apiFor, definitions } = this.options;
    const observer = apiFor(env.id, OBSERVER);
    const informers = cluster.informers ?? newInformers(observer, env, { clock: this.clock });
    const recorders: LiveEventRecorder[] = [];
    const runners: ControllerRunner[] = [];
    const running: Running = {
      id: env.id,
      runners,
      recorders,
      informers,
      ownsInformers: cluster.informers === undefined,
      endKinds: followKinds(cluster, informers, runners),
      synced: false,
      inWork: 0,
      turn: 0,
      waiters: [],
    };
    this.sandboxes.set(env.id, running);
    const hooks = { clock: this.clock, ready: () => this.ready(running), failed: this.options.failed };
    for (const definition of definitions) {
      if (!serves(cluster.kinds, definition)) continue;
      const api = apiFor(env.id, definition.identity);
      const events = newEventRecorder(
        api,
        env,
        { name: definition.eventSource ?? `${definition.name}-controller` },
        { clock: this.clock },
      );
      recorders.push(events);
      const { rootCa, signer, secretTokens } = cluster;
      const keys = { ...(signer ? { signer } : {}), ...(secretTokens ? { secretTokens } : {}) };
      const context = {
        ...{ env, api, observer, informers, events, rootCa, ...keys },
        get kinds() {
          return cluster.kinds;
        },
      };
      runners.push(new ControllerRunner(definition, context, hooks));
    }
    void informers.untilSynced().then(() => {
      running.synced = true;
      this.ready(running);
      this.wake(running);
    });
  }

  /** Stops starting reconciles; those under way finish without effect on queues. Idempotent. */
  stop(sandbox: SandboxId): void {
    const running = this.sandboxes.get(sandbox);
    if (!running) return;
    this.sandboxes.delete(sandbox);
    this.ring.delete(running);
    running.endKinds?.();
    for (const runner of running.runners) runner.stop();
    for (const recorder of running.recorders) recorder.stop();
    if (running.ownsInformers) running.informers.stop();
    for (const wake of running.waiters.splice(0)) wake();
  }

  isRunning(sandbox: SandboxId): boolean {
    return this.sandboxes.has(sandbox);
  }

  /** Synced, nothing to do, nothing being done. What waits for a back-off or a deadline does not count. */
  isIdle(sandbox: SandboxId): boolean {
    const running = this.sandboxes.get(sandbox);
    return !running || (running.synced && running.runners.every((runner) => runner.isIdle));
  }

  /** Resolves when the sandbox's controllers are idle, or stopped. */
  async idle(sandbox: SandboxId): Promise<void> {
    while (!this.isIdle(sandbox)) {
      await new Promise<void>((resolve) => this.sandboxes.get(sandbox)?.waiters.push(resolve));
    }
  }

  /** Resolves when what the sandbox's controllers recorded so far is written. */
  async eventsWritten(sandbox: SandboxId): Promise<void> {
    await Promise.all((this.sandboxes.get(sandbox)?.recorders ?? []).map((recorder) => recorder.settled()));
  }

  private ready(running: Running): void {
    if (!running.synced || !this.sandboxes.has(running.id)) return;
    this.ring.add(running);
    this.pumpSoon();
  }

  private pumpSoon(): void {
    if (this.pumping || this.ring.size === 0 || this.inWork >= this.concurrency) return;
    this.pumping = true;
    setImmediate(() => {
      this.pumping = false;
      this.pump();
    });
  }

  private pump(): void {
    const until = this.clock.monotonicMs() + SLICE_MS;
    const share = Math.max(SHARE_MIN, Math.ceil(this.concurrency / Math.max(1, this.ring.size)));
    let busy = 0;
    for (const running of this.ring) {
      if (this.inWork >= this.concurrency) return;
      // To the end of the ring: iteration meets it again after all others.
      this.ring.delete(running);
      const runner = running.inWork < share ? nextRunner(running) : undefined;
      if (runner) {
        this.ring.add(running);
        busy = 0;
        void this.work(running, runner);
      } else if (running.runners.some((other) => other.canWork)) {
        this.ring.add(running);
        if (++busy > this.ring.size) return;
      }
      if (this.clock.monotonicMs() >= until) return this.pumpSoon();
    }
  }

  private async work(running: Running, runner: ControllerRunner): Promise<void> {
    this.inWork++;
    running.inWork++;
    await runner.work();
    this.inWork--;
    running.inWork--;
    if (running.runners.some((other) => other.canWork)) this.ready(running);
    else this.pumpSoon();
    this.wake(running);
  }

  private wake(running: Running): void {
    if (running.waiters.length === 0 || !this.isIdle(running.id)) return;
    for (const resolve of running.waiters.splice(0)) resolve();
  }
}

/** Controllers take turns, so that one with a long queue does not hold up the others of its sandbox. */
function nextRunner(running: Running): ControllerRunner | undefined {
  const { runners } = running;
  for (let step = 0; step < runners.length; step++) {
    const at = (running.turn + step) % runners.length;
    if (!runners[at]!.canWork) continue;
    running.turn = at + 1;
    return runners[at];
  }
  return undefined;
}

/**
 * Keeps informers and rules in step with what a cluster serves. An informer asks for one version: when that is no longer
 * the preferred one, or its resource is gone, it ends, and whoever still wants the resource gets another.
 */
function followKinds(
  cluster: ControlledCluster,
  informers: Informers,
  runners: readonly ControllerRunner[],
): (() => void) | undefined {
  let before = cluster.kinds;
  return cluster.onKinds?.(() => {
    const now = cluster.kinds;
    for (const kind of before.all) {
      if (!kind.structural || before.preferred(kind.group, kind.resource) !== kind) continue;
      const next = now.preferred(kind.group, kind.resource);
      if (next?.version !== kind.version || next.namespaced !== kind.namespaced) informers.forget(kind);
    }
    before = now;
    for (const runner of runners) runner.kindsChanged();
  });
}

/** The host serves few kinds; controllers of the others have nothing to do there. */
function serves(kinds: KindCatalog, { reconciles }: ControllerDefinition): boolean {
  return !reconciles || kinds.byResource(reconciles.group, reconciles.version, reconciles.resource) !== undefined;
}
