/** Who beats in one sandbox. Nothing is written while something beats: its times are made when it is read. */
export class Heartbeats {
  private readonly beats = new Map<string, { periodMs: number; startedMs: number; stoppedMs: number | undefined }>();

  private readonly listeners = new Set<(key: string, beating: boolean) => void>();

  constructor(private readonly clock: { nowMs(): number }) {}

  /** Tells when something begins to beat or stops: no watch does. The result ends it. */
  listen(listener: (key: string, beating: boolean) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  get size(): number {
    return this.beats.size;
  }

  /** `key` is the object's storage key. Beating on with the same period keeps the rhythm. */
  beat(key: string, periodMs: number): void {
    const known = this.beats.get(key);
    if (known && known.stoppedMs === undefined && known.periodMs === periodMs) return;
    this.beats.set(key, { periodMs, startedMs: this.clock.nowMs(), stoppedMs: undefined });
    if (known === undefined || known.stoppedMs !== undefined) this.tell(key, true);
  }

  /** Freezes its times at the last beat. */
  stop(key: string): void {
    const known = this.beats.get(key);
    if (!known || known.stoppedMs !== undefined) return;
    known.stoppedMs = this.clock.nowMs();
    this.tell(key, false);
  }

  /** The object is gone: who made it beat may want to make it anew. */
  forget(key: string): void {
    const known = this.beats.get(key);
    this.beats.delete(key);
    if (known && known.stoppedMs === undefined) this.tell(key, false);
  }

  /** It beat once, and does no more. */
  isStopped(key: string): boolean {
    return this.beats.get(key)?.stoppedMs !== undefined;
  }

  /** Epoch milliseconds of the last beat; undefined when it never beat. */
  lastBeatMs(key: string): number | undefined {
    const known = this.beats.get(key);
    if (!known) return undefined;
    const untilMs = known.stoppedMs ?? this.clock.nowMs();
    return known.startedMs + Math.max(0, Math.floor((untilMs - known.startedMs) / known.periodMs)) * known.periodMs;
  }
  private tell(key: string, beating: boolean): void {
    for (const listener of this.listeners) listener(key, beating);
  }
}
