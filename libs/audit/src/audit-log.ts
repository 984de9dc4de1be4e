import type { Clock, SandboxId, Timer } from '#base';
import type { AuditRows } from '#storage';

export interface AuditLogLimits {
  /** Kept of one sandbox; older ones go. */
  readonly eventsMax: number;
  readonly bytesMax: number;
  /** Waiting to be written, in characters: of one sandbox, and of all together. What comes on top is dropped and counted. */
  readonly waitingMax: number;
  readonly waitingAllMax: number;
}

/** As much as an exercise needs, little enough for a thousand sandboxes on one disk. */
const DEFAULTS: AuditLogLimits = {
  eventsMax: 10_000,
  bytesMax: 16 * 1024 * 1024,
  waitingMax: 4 * 1024 * 1024,
  waitingAllMax: 32 * 1024 * 1024,
};

/** Lines wait this long for others: one row for all of them. */
const FLUSH_MS = 200;
/** What could not be written is tried again after this, and given up after that. */
const RETRY_MS = 1_000;
const GIVE_UP_MS = 60_000;
/** Another process may write to the same log: whoever follows it looks this often. */
const FOLLOW_MS = 2_000;
/** Of one row. */
const ROW_CHARS_MAX = 256 * 1024;
/** Rows between two looks at what may be dropped. */
const TRIM_EVERY = 32;
const READ_ROWS = 16;

export interface AuditRead {
  /** Only events received at or after this, milliseconds of the sandbox's clock. */
  readonly sinceMs?: number;
  /** Only so many of the last. */
  readonly limit?: number;
}

interface Waiting {
  lines: string[];
  chars: number;
  sealed: boolean;
  /** Since when they could not be written, monotonic. */
  failingSinceMs: number | undefined;
}

/** After that row, and after so many lines of the next. */
interface Position {
  readonly row: number;
  readonly skip: number;
}

interface Kept {
  rowsSinceTrim: number;
}

/**
 * The audit logs of all sandboxes: lines in, rows out, off the way of requests. A sandbox that has said nothing lately costs
 * nothing here, and no timer runs while nothing waits. What waits is written when the process ends in good order, and
 * when a database that was away is back; it is lost when the process is killed, unless somebody waited for `flush`.
 */
export class AuditLog {
  /** For metrics. */
  readonly counts = { events: 0, dropped: 0, failed: 0 };
  private waiting = new Map<SandboxId, Waiting>();
  private readonly kept = new Map<SandboxId, Kept>();
  private chars = 0;
  private timer: Timer | undefined;
  private closed = false;
  private readonly followers = new Map<SandboxId, Set<() => void>>();
  private writing: Promise<void> = Promise.resolve();
  private readonly limits: AuditLogLimits;

  constructor(
    private readonly rows: AuditRows,
    private readonly clock: Clock,
    private readonly onFault: (error: unknown) => void,
    limits: Partial<AuditLogLimits> = {},
  ) {
    this.limits = { ...DEFAULTS, ...limits };
  }

  append(sandbox: SandboxId, line: string, sealed: boolean): void {
    this.counts.events++;
    let waiting = this.waiting.get(sandbox);
    const chars = line.length + 1;
    const full =
      (waiting?.chars ?? 0) + chars > this.limits.waitingMax || this.chars + chars > this.limits.waitingAllMax;
    if (full || this.closed) return void this.counts.dropped++;
    if (!waiting)
      this.waiting.set(sandbox, (waiting = { lines: [], chars: 0, sealed: false, failingSinceMs: undefined }));
    waiting.lines.push(line);
    waiting.chars += chars;
    waiting.sealed ||= sealed;
    this.chars += chars;
    this.flushIn(FLUSH_MS);
  }

  /** Resolves when what was appended before is written down, or could not be. Never rejects. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** JSON lines, oldest first, a piece at a time. Fails as the rows do. */
  async *read(sandbox: SandboxId, { sinceMs, limit }: AuditRead = {}): AsyncGenerator<string> {
    await this.flush();
    yield* this.after(sandbox, await this.startOf(sandbox, limit), sinceMs);
  }

  /**
   * The same, then what is written from then on, until `signal` aborts. Nothing is held for whoever reads slowly: it reads
   * on from its row, and misses what is trimmed before it comes to it.
   */
  async *follow(sandbox: SandboxId, { sinceMs, limit }: AuditRead, signal: AbortSignal): AsyncGenerator<string> {
    await this.flush();
    let at = await this.startOf(sandbox, limit);
    while (!signal.aborted) {
      // Waits from before the reading on, so that nothing comes in between.
      const news = this.newsOf(sandbox, signal);
      at = yield* this.after(sandbox, at, sinceMs);
      await news;
    }
  }

  /** A sandbox fell asleep: nothing is remembered of it. */
  async forget(sandbox: SandboxId): Promise<void> {
    if (this.waiting.has(sandbox)) await this.flush();
    this.kept.delete(sandbox);
  }

  /** Writes what waits. What comes later is dropped. */
  async close(): Promise<void> {
    this.closed = true;
    this.timer?.cancel();
    this.timer = undefined;
    await this.flush();
    for (const { lines } of this.waiting.values()) this.counts.failed += lines.length;
    this.waiting.clear();
    await this.rows.close();
  }

  private flushIn(delayMs: number): void {
    this.timer ??= this.clock.setTimer(delayMs, () => {
      this.timer = undefined;
      void this.flush();
    });
  }

  private async startOf(sandbox: SandboxId, limit: number | undefined): Promise<Position> {
    return limit === undefined ? { row: 0, skip: 0 } : this.rows.position(sandbox, limit);
  }

  /** Returns where it ended. */
  private async *after(
    sandbox: SandboxId,
    start: Position,
    sinceMs: number | undefined,
  ): AsyncGenerator<string, Position> {
    let at = start;
    for (;;) {
      const rows = await this.rows.read(sandbox, at.row, READ_ROWS);
      for (const { row, text } of rows) {
        let lines = at.skip > 0 ? text.split('\n').slice(at.skip).join('\n') : text;
        if (sinceMs !== undefined) lines = since(lines, sinceMs);
        at = { row, skip: 0 };
        if (lines !== '') yield lines;
      }
      if (rows.length < READ_ROWS) return at;
    }
  }

  /** Resolves when there may be something new, or nobody asks any more. */
  private newsOf(sandbox: SandboxId, signal: AbortSignal): Promise<void> {
    const followers = this.followers.get(sandbox) ?? new Set();
    this.followers.set(sandbox, followers);
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        signal.removeEventListener('abort', done);
        followers.delete(done);
        if (followers.size === 0 && this.followers.get(sandbox) === followers) this.followers.delete(sandbox);
        resolve();
      };
      const timer = this.clock.setTimer(FOLLOW_MS, done);
      followers.add(done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
  }

  private async write(): Promise<void> {
    const taken = this.waiting;
    if (taken.size === 0) return;
    this.waiting = new Map();
    for (const [sandbox, waiting] of taken) {
      const pieces = inPieces(waiting.lines);
      let written = 0;
      try {
        for (; written < pieces.length; written++) {
          const piece = pieces[written]!;
          await this.rows.append(sandbox, piece.length, `${piece.join('\n')}\n`, waiting.sealed);
          waiting.failingSinceMs = undefined;
        }
        await this.trim(sandbox, pieces.length);
      } catch (error) {
        this.onFault(error);
      }
      this.chars -= waiting.chars;
      if (written < pieces.length) this.again(sandbox, pieces.slice(written).flat(), waiting);
      if (written > 0) this.followers.get(sandbox)?.forEach((wake) => wake());
    }
  }

  /** What could not be written waits before what came meanwhile; too long, and it is given up. */
  private again(sandbox: SandboxId, lines: string[], { sealed, failingSinceMs }: Waiting): void {
    const nowMs = this.clock.monotonicMs();
    const since = failingSinceMs ?? nowMs;
    if (nowMs - since >= GIVE_UP_MS) return void (this.counts.failed += lines.length);
    const chars = lines.reduce((sum, line) => sum + line.length + 1, 0);
    this.chars += chars;
    const later = this.waiting.get(sandbox) ?? { lines: [], chars: 0, sealed: false, failingSinceMs: since };
    this.waiting.set(sandbox, {
      lines: [...lines, ...later.lines],
      chars: chars + later.chars,
      sealed: sealed || later.sealed,
      failingSinceMs: since,
    });
    if (!this.closed) this.flushIn(RETRY_MS);
  }

  private async trim(sandbox: SandboxId, rows: number): Promise<void> {
    // The first look comes early: nobody knows what an earlier life of the sandbox left.
    const kept = this.kept.get(sandbox) ?? { rowsSinceTrim: TRIM_EVERY };
    kept.rowsSinceTrim += rows;
    this.kept.set(sandbox, kept);
    if (kept.rowsSinceTrim < TRIM_EVERY) return;
    kept.rowsSinceTrim = 0;
    await this.rows.trim(sandbox, this.limits.eventsMax, this.limits.bytesMax);
  }
}

function inPieces(lines: readonly string[]): string[][] {
  const pieces: string[][] = [[]];
  let chars = 0;
  for (const line of lines) {
    if (chars > 0 && chars + line.length > ROW_CHARS_MAX) {
      pieces.push([]);
      chars = 0;
    }
    pieces[pieces.length - 1]!.push(line);
    chars += line.length;
  }
  return pieces;
}

function since(lines: string, sinceMs: number): string {
  let kept = '';
  for (const line of lines.split('\n')) {
    if (line === '') continue;
    const { requestReceivedTimestamp } = JSON.parse(line) as { requestReceivedTimestamp: string };
    if (Date.parse(requestReceivedTimestamp) >= sinceMs) kept += `${line}\n`;
  }
  return kept;
}
