import { type Clock, HOST_SANDBOX_ID, type SandboxId, type Timer } from '#base';
import type { RegistryWatch, ServedCluster, Verbs, WatchReceiver } from '#registry';

/** The background of one awake cluster: controllers, scheduler, kubelets. */
export interface Actors {
  stop(): Promise<void>;
}

export type ActorStarter = (cluster: ServedCluster) => Promise<Actors>;

export interface HouseParts {
  /** Everything of the cluster but its actors; undefined when there is no such sandbox. */
  open(sandbox: SandboxId): Promise<ServedCluster | undefined>;
  startActors: ActorStarter;
  /** Forgets what is held in memory of a cluster that fell asleep. */
  evict(sandbox: SandboxId): Promise<void>;
  readonly clock: Clock;
  /** Without requests and watches for that long, a sandbox falls asleep. */
  readonly idleMs: number;
  log(message: string): void;
}

interface Resident {
  /** What callers get: its verbs count watches, so that a watched cluster stays awake. */
  readonly cluster: ServedCluster;
  readonly actors: Promise<Actors>;
  watches: number;
  usedAtMs: number;
}

/**
 * Which clusters are awake in this process. A request wakes its cluster; one shared timer, set only while somebody other
 * than the host is awake, puts the idle to sleep.
 */
export class ClusterHouse {
  private readonly residents = new Map<SandboxId, Promise<Resident | undefined>>();
  private sweep: Timer | undefined;
  private closed = false;

  constructor(private readonly parts: HouseParts) {}

  /** The cluster, awake. Concurrent first requests share one waking. */
  async get(sandbox: SandboxId): Promise<ServedCluster | undefined> {
    if (this.closed) return undefined;
    let waking = this.residents.get(sandbox);
    if (!waking) {
      waking = this.wake(sandbox);
      this.residents.set(sandbox, waking);
      // A failure or an unknown id must not be remembered: the next request tries anew.
      const forget = () => {
        if (this.residents.get(sandbox) === waking) this.residents.delete(sandbox);
      };
      waking.then((resident) => resident ?? forget(), forget);
    }
    const resident = await waking;
    if (resident) resident.usedAtMs = this.parts.clock.monotonicMs();
    return resident?.cluster;
  }

  /** Resolves when the cluster's actors run (tests and the start of the server wait for it). */
  async untilActorsRun(sandbox: SandboxId): Promise<void> {
    await (
      await this.residents.get(sandbox)
    )?.actors;
  }

  /** Ends a cluster's actors and forgets it. What is under way in its store ends by itself. */
  async sleep(sandbox: SandboxId): Promise<void> {
    const waking = this.residents.get(sandbox);
    this.residents.delete(sandbox);
    const resident = await waking?.catch(() => undefined);
    if (!resident) return;
    await (await resident.actors).stop();
    await this.parts.evict(sandbox);
  }

  get awake(): number {
    return this.residents.size;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.sweep?.cancel();
    await Promise.all([...this.residents.keys()].map((sandbox) => this.sleep(sandbox)));
  }

  private async wake(sandbox: SandboxId): Promise<Resident | undefined> {
    const opened = await this.parts.open(sandbox);
    if (!opened) return undefined;
    const resident: Resident = {
      // Above the opened one, not a copy of it: what it serves changes.
      cluster: Object.assign(Object.create(opened) as ServedCluster, {
        verbs: this.counting(opened.verbs, () => resident),
      }),
      // Actors see the cluster without the counting: their own watches must not keep it awake. They start when the
      // requests that woke it have been answered.
      actors: new Promise<void>((resolve) => setImmediate(resolve))
        .then(() => this.parts.startActors(opened))
        .catch((error: unknown) => {
          this.parts.log(`sandbox ${sandbox}: actors did not start: ${String(error)}`);
          return { stop: () => Promise.resolve() };
        }),
      watches: 0,
      usedAtMs: this.parts.clock.monotonicMs(),
    };
    this.armSweep();
    return resident;
  }

  private counting(verbs: Verbs, residentOf: () => Resident): Verbs {
    return Object.assign(Object.create(verbs) as Verbs, {
      watch: async (...[ctx, target, request, receiver]: Parameters<Verbs['watch']>): Promise<RegistryWatch> => {
        const resident = residentOf();
        resident.watches++;
        let open = true;
        const leave = () => {
          if (!open) return;
          open = false;
          resident.watches--;
          resident.usedAtMs = this.parts.clock.monotonicMs();
        };
        const counted: WatchReceiver = {
          events: (batch) => receiver.events(batch),
          initialEventsEnd: (at) => receiver.initialEventsEnd(at),
          closed: (error) => {
            leave();
            receiver.closed(error);
          },
        };
        try {
          const watch = await verbs.watch(ctx, target, request, counted);
          return { resourceVersion: () => watch.resourceVersion(), cancel: () => (leave(), watch.cancel()) };
        } catch (error) {
          leave();
          throw error;
        }
      },
    });
  }

  private armSweep(): void {
    this.sweep ??= this.parts.clock.setTimer(this.parts.idleMs / 2, () => {
      this.sweep = undefined;
      void this.sweepOnce();
    });
  }

  private async sweepOnce(): Promise<void> {
    const latest = this.parts.clock.monotonicMs() - this.parts.idleMs;
    let othersAwake = 0;
    for (const [sandbox, waking] of this.residents) {
      if (sandbox === HOST_SANDBOX_ID) continue;
      const resident = await waking.catch(() => undefined);
      if (resident && resident.watches === 0 && resident.usedAtMs < latest) await this.sleep(sandbox);
      else othersAwake++;
    }
    if (othersAwake > 0 && !this.closed) this.armSweep();
  }
}
