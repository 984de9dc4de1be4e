import type { Probe } from '#kinds';
import { probeFailure, type ProbeTarget } from './probe-check.js';

/** Models the defaults of v1.Probe (1.36). */
const PERIOD_SECONDS = 10;
const FAILURE_THRESHOLD = 3;

/**
 * One probe of one process, worked out instead of run: what it finds changes only when the process begins to listen or
 * touches a file, so that only a few dates matter and a probe that goes on succeeding costs nothing.
 *
 *   ticks     |----|----|----|----|----|      startedAt + initialDelay + n × period
 *   listens         ^ changes                 tried again at the next tick
 *   verdict             fails … fails ✗       after failureThreshold; successThreshold the other way
 */
export class ProbeTrack {
  /** What has been concluded so far. */
  verdict: boolean;
  private streak = 0;
  private streakIs: boolean | undefined;
  private nextTickMs: number;
  private readonly periodMs: number;

  constructor(
    readonly probe: Probe,
    private readonly target: ProbeTarget,
    private readonly startedAtMs: number,
    /** Not tried before (the startup probe goes first). */
    notBeforeMs: number,
    initially: boolean,
  ) {
    this.verdict = initially;
    this.periodMs = Math.max(1, probe.periodSeconds ?? PERIOD_SECONDS) * 1_000;
    const firstMs = startedAtMs + (probe.initialDelaySeconds ?? 0) * 1_000;
    const missed = Math.max(0, Math.ceil((notBeforeMs - firstMs) / this.periodMs));
    this.nextTickMs = firstMs + missed * this.periodMs;
  }

  private get failureThreshold(): number {
    return this.probe.failureThreshold ?? FAILURE_THRESHOLD;
  }

  /** It failed as often in a row as it may. */
  get failedForGood(): boolean {
    return this.streakIs === false && this.streak >= this.failureThreshold;
  }

  /**
   * Runs the ticks up to `nowMs`. The result is what failed tries read, at most `failureThreshold` per row of failures:
   * what there is to tell.
   */
  advance(nowMs: number): string[] {
    const failures: string[] = [];
    while (this.nextTickMs <= nowMs) {
      const failure = probeFailure(this.probe, this.target, this.nextTickMs - this.startedAtMs);
      const ticks = this.ticksAlike(nowMs);
      const success = failure === undefined;
      this.streak = this.streakIs === success ? this.streak : 0;
      this.streakIs = success;
      for (let told = this.streak; !success && told < Math.min(this.streak + ticks, this.failureThreshold); told++) {
        failures.push(failure);
      }
      this.streak += ticks;
      if (this.streak >= (success ? (this.probe.successThreshold ?? 1) : this.failureThreshold)) this.verdict = success;
      this.nextTickMs += ticks * this.periodMs;
    }
    return failures;
  }

  /** How many ticks from the next one on, up to `nowMs`, find the same; stops where the verdict may turn. */
  private ticksAlike(nowMs: number): number {
    const changeMs = this.changeAfter(this.nextTickMs);
    const untilMs = Math.min(nowMs, changeMs - 1);
    return Math.max(1, Math.floor((untilMs - this.nextTickMs) / this.periodMs) + 1);
  }

  /** The next date after `fromMs` from which on the probe may find something else. */
  private changeAfter(fromMs: number): number {
    const { readyAfterMs, fileChangesMs = [] } = this.target.run;
    let next = Infinity;
    for (const offset of [readyAfterMs, ...fileChangesMs]) {
      const atMs = this.startedAtMs + offset;
      if (atMs > fromMs && atMs < next) next = atMs;
    }
    return next;
  }

  /** When to call `advance` again; Infinity when nothing will change. */
  dueMs(): number {
    const failing = probeFailure(this.probe, this.target, this.nextTickMs - this.startedAtMs) !== undefined;
    const settled = this.streakIs === !failing && this.verdict === !failing;
    const told = !failing || (this.streakIs === false && this.streak >= this.failureThreshold);
    if (!settled || !told) return this.nextTickMs;
    const changeMs = this.changeAfter(this.nextTickMs);
    if (changeMs === Infinity) return Infinity;
    return this.nextTickMs + Math.ceil((changeMs - this.nextTickMs) / this.periodMs) * this.periodMs;
  }
}
