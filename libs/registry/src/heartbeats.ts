/** Who beats in one sandbox. Nothing is written while something beats: its times are made when it is read. */
export class Heartbeats {
  private readonly beats = new Map<string, { periodMs: number; startedMs: number; stoppedMs: number | undefined }>();

  constructor(private readonly clock: { nowMs(): number }) {}

  get size(): number {
    return this.beats.size;
  }

  /** `key` is the object's storage key. Beating on with the same period keeps the rhythm. */
  beat(key: string, periodMs: number): void {
    const known = this.beats.get(key);
    if (known && known.stoppedMs === undefined && known.periodMs === periodMs) return;
    this.beats.set(key, { periodMs, startedMs: this.clock.nowMs(), stoppedMs: undefined });
  }

  /** Freezes its times at the last beat. */
  stop(key: string): void {
    const known = this.beats.get(key);
    if (known) known.stoppedMs ??= this.clock.nowMs();
  }

  /** The object is gone. */
  forget(key: string): void {
    this.beats.delete(key);
  }

  /** Epoch milliseconds of the last beat; undefined when it never beat. */
  lastBeatMs(key: string): number | undefined {
    const known = this.beats.get(key);
    if (!known) return undefined;
    const untilMs = known.stoppedMs ?? this.clock.nowMs();
    return known.startedMs + Math.max(0, Math.floor((untilMs - known.startedMs) / known.periodMs)) * known.periodMs;
  }
}
