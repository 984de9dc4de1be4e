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
}

interface Kept {
  rowsSinceTrim: number;
}

/**
 * The audit logs of all sandboxes: lines in, rows out, off the way of requests. A sandbox that has said nothing lately costs
 * nothing here, and no timer runs while nothing waits. What waits when the process is killed is lost: an audit backend of
 * mode `batch`, as kube-apiserver's webhook backend is by default.
 */
export class AuditLog {
  /** For metrics. */
  readonly counts = { events: 0, dropped: 0, failed: 0 };
  private waiting = new Map<SandboxId, Waiting>();
  private readonly kept = new Map<SandboxId, Kept>();
  private chars = 0;
  private timer: Timer | undefined;
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
    if (full) return void this.counts.dropped++;
    if (!waiting) this.waiting.set(sandbox, (waiting = { lines: [], chars: 0, sealed: false }));
    waiting.lines.push(line);
    waiting.chars += chars;
    waiting.sealed ||= sealed;
    this.chars += chars;
    this.timer ??= this.clock.setTimer(FLUSH_MS, () => {
      this.timer = undefined;
      void this.flush();
    });
  }

  /** Resolves when what was appended before is written down, or given up. Never rejects. */
  flush(): Promise<void> {
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** JSON lines, oldest first, a piece at a time. */
  async *read(sandbox: SandboxId, { sinceMs, limit }: AuditRead = {}): AsyncGenerator<string> {
    await this.flush();
    let after = limit === undefined ? { row: 0, skip: 0 } : await this.rows.position(sandbox, limit);
    for (;;) {
      const rows = await this.rows.read(sandbox, after.row, READ_ROWS);
      for (const { row, text } of rows) {
        let lines = after.skip > 0 ? text.split('\n').slice(after.skip).join('\n') : text;
        if (sinceMs !== undefined) lines = since(lines, sinceMs);
        after = { row, skip: 0 };
        if (lines !== '') yield lines;
      }
      if (rows.length < READ_ROWS) return;
    }
  }

  /** A sandbox fell asleep: nothing is remembered of it. */
  async forget(sandbox: SandboxId): Promise<void> {
    if (this.waiting.has(sandbox)) await this.flush();
    this.kept.delete(sandbox);
  }

  async close(): Promise<void> {
    this.timer?.cancel();
    this.timer = undefined;
    await this.flush();
    await this.rows.close();
  }

  private async write(): Promise<void> {
    const taken = this.waiting;
    if (taken.size === 0) return;
    this.waiting = new Map();
    for (const [sandbox, { lines, chars, sealed }] of taken) {
      const pieces = inPieces(lines);
      try {
        for (const piece of pieces) await this.rows.append(sandbox, piece.length, `${piece.join('\n')}\n`, sealed);
        await this.trim(sandbox, pieces.length);
      } catch (error) {
        this.counts.failed += lines.length;
        this.onFault(error);
      }
      this.chars -= chars;
    }
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
