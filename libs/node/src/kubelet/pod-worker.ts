import type { Pod } from '#kinds';
import type { NodeSide } from './node-side.js';
import { Interrupted, PodLife } from './pod-life.js';

/** Calls the worker's `kick` at a time; one date per worker. */
export interface WorkerAgenda {
  at(worker: PodWorker, dueMs: number): void;
  cancel(worker: PodWorker): void;
}

/** After something went wrong that will pass (the API was away). */
const RETRY_MS = 1_000;

/**
 * Runs one pod's life, one pass at a time: whatever happens calls `kick`, and when a pass has nothing more to do the
 * worker is put down in the agenda for the next date that matters, or nowhere. Nothing of it is on a timer in between.
 */
export class PodWorker {
  private readonly life: PodLife;
  private busy = false;
  private again = false;
  private closed = false;
  private paused: { untilMs: number; resolve: () => void; reject: (error: Error) => void } | undefined;

  constructor(
    pod: Pod,
    private readonly node: NodeSide,
    private readonly agenda: WorkerAgenda,
  ) {
    this.life = new PodLife(pod, node, {
      pause: (ms) => this.pause(ms),
      retry: () => this.agenda.at(this, node.clock.nowMs() + RETRY_MS),
    });
  }

  get pod(): Pod {
    return this.life.pod;
  }

  /** The pod as the API shows it now. */
  seen(pod: Pod): void {
    this.life.seen(pod);
    this.kick();
  }

  /** The pod is no more: drops what is under way, and gives back what it had. */
  close(): void {
    this.closed = true;
    this.agenda.cancel(this);
    this.interrupt();
    this.life.release();
  }

  kick(): void {
    if (this.closed) return;
    if (this.paused) return this.kickPaused(this.paused);
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    void this.run();
  }

  /** In the middle of something that takes time: goes on when that is over, drops it when the pod is to stop. */
  private kickPaused({ untilMs, resolve }: { untilMs: number; resolve: () => void }): void {
    if (this.life.mustStop()) this.interrupt();
    else if (this.node.clock.nowMs() < untilMs) this.agenda.at(this, untilMs);
    else {
      this.paused = undefined;
      resolve();
    }
  }

  private interrupt(): void {
    const { paused } = this;
    this.paused = undefined;
    paused?.reject(new Interrupted());
  }

  private pause(ms: number): Promise<void> {
    if (this.closed || this.life.mustStop()) return Promise.reject(new Interrupted());
    const untilMs = this.node.clock.nowMs() + ms;
    this.agenda.at(this, untilMs);
    return new Promise((resolve, reject) => {
      this.paused = { untilMs, resolve, reject };
    });
  }

  private async run(): Promise<void> {
    let retry = false;
    while (this.again && !this.closed) {
      this.again = false;
      try {
        if (await this.life.pass()) this.again = true;
        retry = false;
      } catch (error) {
        if (error instanceof Interrupted) this.again = true;
        else retry = true;
      }
    }
    this.busy = false;
    if (!this.closed) this.rest(retry);
  }

  /** Until the next date that matters. */
  private rest(retry: boolean): void {
    const dueMs = Math.min(this.life.dueMs(), retry ? this.node.clock.nowMs() + RETRY_MS : Infinity);
    if (dueMs < Infinity) this.agenda.at(this, dueMs);
    else this.agenda.cancel(this);
  }
}
