import type { Clock, SandboxId, Timer } from '#base';
import type { ServedCluster } from '#registry';
import type { ActorLocks } from '#storage';
import type { Actors, ActorStarter } from './cluster-house.js';

/** How soon another process takes over the actors of one that died. */
const CAMPAIGN_MS = 2_000;

/** Starts actors only where their sandbox's lock is held, and keeps asking for it while the sandbox is awake here. */
export function elected(start: ActorStarter, locks: ActorLocks, clock: Clock): ActorStarter {
  const all = new Set<ElectedActors>();
  locks.onLost(() => all.forEach((actors) => actors.lost()));
  return async (cluster) => {
    const actors = new ElectedActors(cluster, start, locks, clock, () => all.delete(actors));
    all.add(actors);
    await actors.campaign();
    return actors;
  };
}

class ElectedActors implements Actors {
  private running: Promise<Actors> | undefined;
  private timer: Timer | undefined;
  private stopped = false;
  private readonly id: SandboxId;

  constructor(
    private readonly cluster: ServedCluster,
    private readonly start: ActorStarter,
    private readonly locks: ActorLocks,
    private readonly clock: Clock,
    private readonly forget: () => void,
  ) {
    this.id = cluster.env.id;
  }

  /** Resolves when the actors run, or when another process was found to run them. */
  async campaign(): Promise<void> {
    const isHeld = await this.locks.tryHold(this.id);
    if (this.stopped) return isHeld ? this.locks.release(this.id) : undefined;
    if (!isHeld) return this.later();
    this.running ??= this.start(this.cluster);
    await this.running;
  }

  /** Another process may act from now on. */
  lost(): void {
    const running = this.running;
    this.running = undefined;
    void running?.then((actors) => actors.stop());
    if (!this.stopped) this.later();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.forget();
    this.timer?.cancel();
    await (await this.running)?.stop();
    await this.locks.release(this.id);
  }

  private later(): void {
    this.timer?.cancel();
    this.timer = this.clock.setTimer(CAMPAIGN_MS, () => void this.campaign());
  }
}
