import type { Clock, Timer } from '#base';
import type { Database, Row } from './database.js';

export interface HistoryPolicy {
  /** Width of one partition of history. */
  readonly partitionHours: number;
  /** Partitions that ended longer ago than this are dropped. */
  readonly retentionHours: number;
}

/** One process at a time makes and drops partitions. */
const MAINTENANCE_LOCK = 7_309_940_834;

/** Partitions beyond the current one that are made ahead. */
const AHEAD = 2;

const BEGIN = 'BEGIN';

/** The partitions that should exist now, by the database's clock: names and bounds. */
const DUE = {
  name: 'partitions-due',
  text: `
SELECT 'event_p' || to_char(lower, 'YYYYMMDDHH24') AS name, lower::text, (lower + width)::text AS upper
FROM (
  SELECT to_timestamp((floor(extract(epoch FROM now()) / ($1::int * 3600)) + n) * $1::int * 3600) AT TIME ZONE 'UTC' AS lower,
    $1::int * interval '1 hour' AS width
  FROM generate_series(0, $2::int) AS n
) AS p
WHERE pg_try_advisory_xact_lock($3) AND to_regclass('event_p' || to_char(lower, 'YYYYMMDDHH24')) IS NULL`,
};

/** Partitions whose time is over: dropped when all of it is older than the retention. The name says when one began. */
const OVER = {
  name: 'partitions-over',
  text: `
SELECT c.relname AS name
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'event'::regclass AND c.relname ~ '^event_p[0-9]{10}$'
  AND to_timestamp(substr(c.relname, 8), 'YYYYMMDDHH24')::timestamp
    < (now() AT TIME ZONE 'UTC') - ($1::int + $2::int) * interval '1 hour'
  AND pg_try_advisory_xact_lock($3)
ORDER BY 1`,
};

/** What the default partition holds is dropped row by row: only a jumping clock puts anything there. */
const CLEAR_DEFAULT = {
  name: 'clear-default',
  text: `
DELETE FROM event_default WHERE at < now() - $1::int * interval '1 hour'`,
};

/** Before history is dropped, the logs in it say so. In a transaction of its own: no reader sees a gap. */
const raiseCompacted = (name: string, hours: number) => ({
  name: `raise-${name}`,
  text: `
WITH last AS (
  SELECT sandbox_id, max(revision) AS revision FROM ${name}
  WHERE at < now() - ${hours} * interval '1 hour' GROUP BY sandbox_id
), locked AS (
  SELECT h.sandbox_id, l.revision FROM sandbox_head h JOIN last l ON l.sandbox_id = h.sandbox_id
  WHERE h.compacted < l.revision ORDER BY h.sandbox_id FOR NO KEY UPDATE OF h
)
UPDATE sandbox_head h SET compacted = greatest(h.compacted, l.revision)
FROM locked l WHERE h.sandbox_id = l.sandbox_id`,
});

interface Due extends Row {
  readonly name: string;
  readonly lower: string;
  readonly upper: string;
}

/** Makes partitions of history ahead of time and drops those that are over. One timer for the whole process. */
export class Maintenance {
  private timer: Timer | undefined;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly policy: HistoryPolicy,
    private readonly onFault: (message: string, error: unknown) => void,
  ) {}

  start(): void {
    if (this.stopped) return;
    this.timer = this.clock.setTimer((this.policy.partitionHours * 3_600_000) / 2, () => {
      this.run()
        .catch((error: unknown) => this.onFault('maintenance of history failed and is tried again later', error))
        .finally(() => this.start());
    });
  }

  stop(): void {
    this.stopped = true;
    this.timer?.cancel();
  }

  /** Safe to run in several processes at once, and at any time. */
  async run(): Promise<void> {
    await this.makeAhead();
    await this.dropOld();
  }

  private async makeAhead(): Promise<void> {
    await this.database.transaction(BEGIN, async (run) => {
      const due = await run<Due>(DUE, [this.policy.partitionHours, AHEAD, MAINTENANCE_LOCK]);
      for (const { name, lower, upper } of due) {
        const bounds = `FROM ('${lower}+00') TO ('${upper}+00')`;
        const text = `CREATE TABLE ${name} PARTITION OF event FOR VALUES ${bounds} WITH (toast_tuple_target = 8160)`;
        await run({ name: '', text }, []);
      }
    });
  }

  private async dropOld(): Promise<void> {
    const { partitionHours, retentionHours } = this.policy;
    const over = await this.database.read<Row & { name: string }>(OVER, [
      retentionHours,
      partitionHours,
      MAINTENANCE_LOCK,
    ]);
    await this.database.transaction(BEGIN, (run) => run(raiseCompacted('event_default', retentionHours), []));
    await this.database.read(CLEAR_DEFAULT, [retentionHours]);
    for (const { name } of over) {
      await this.database.transaction(BEGIN, (run) => run(raiseCompacted(name, retentionHours), []));
      await this.database.transaction(BEGIN, (run) => run({ name: '', text: `DROP TABLE IF EXISTS ${name}` }, []));
    }
  }
}
