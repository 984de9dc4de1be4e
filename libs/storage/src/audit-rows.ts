import type { SandboxId } from '#base';

/** Some lines of one sandbox's audit log. */
export interface AuditRow {
  /** Ascending; from 1. */
  readonly row: number;
  /** Whole lines, each with its end. */
  readonly text: string;
}

/** Audit logs, written down. They are no part of a sandbox's own log: no fork, no rewind, no revision. */
export interface AuditRows {
  /** `sealed`: encrypted where it is written down. */
  append(sandbox: SandboxId, events: number, text: string, sealed: boolean): Promise<void>;
  /** Rows after `after`, in order. */
  read(sandbox: SandboxId, after: number, rowsMax: number): Promise<readonly AuditRow[]>;
  /** Where the last `events` events begin: after that row, and after so many lines of the next. */
  position(sandbox: SandboxId, events: number): Promise<{ row: number; skip: number }>;
  /** Drops the oldest rows until what is left is within both bounds; the newest always stays. */
  trim(sandbox: SandboxId, eventsMax: number, bytesMax: number): Promise<void>;
  close(): Promise<void>;
}

/** Where the last `wanted` events begin in rows that are told newest first. */
export function positionIn(newestFirst: readonly { row: number; events: number }[], wanted: number) {
  let left = wanted;
  for (const { row, events } of newestFirst) {
    if (events >= left) return { row: row - 1, skip: events - left };
    left -= events;
  }
  return { row: 0, skip: 0 };
}

/** For tests: they end with the process. */
export function memoryAuditRows(): AuditRows {
  const rows = new Map<SandboxId, { row: number; events: number; text: string }[]>();
  const of = (sandbox: SandboxId) => rows.get(sandbox) ?? [];
  let count = 0;
  return {
    async append(sandbox, events, text) {
      rows.set(sandbox, [...of(sandbox), { row: ++count, events, text }]);
    },
    read: async (sandbox, after, max) =>
      of(sandbox)
        .filter(({ row }) => row > after)
        .slice(0, max)
        .map(({ row, text }) => ({ row, text })),
    position: async (sandbox, events) => positionIn(of(sandbox).toReversed(), events),
    async trim(sandbox, eventsMax, bytesMax) {
      let [events, bytes] = [0, 0];
      const kept = of(sandbox)
        .toReversed()
        .filter((one, i) => {
          events += one.events;
          bytes += Buffer.byteLength(one.text);
          return i === 0 || (events <= eventsMax && bytes <= bytesMax);
        });
      rows.set(sandbox, kept.toReversed());
    },
    close: async () => undefined,
  };
}
