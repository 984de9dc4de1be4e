import { type Clock, entropy, FairTurns, type SandboxId, systemClock } from '#base';
import { ServerKey } from '../crypto.js';
import { migrate } from '../migrate.js';
import type { Store } from '../store.js';
import { AwakeSandboxes } from './awake-sandboxes.js';
import { Database } from './database.js';
import { type FaultPoint, Flusher } from './flusher.js';
import { Heads } from './heads.js';
import { LogReader } from './log-reader.js';
import { Maintenance } from './maintenance.js';
import { PostgresStore } from './postgres-store.js';
import { Snapshots } from './snapshots.js';
import { RELEASE_FOREIGN } from './sql.js';
import { Wakeups } from './wakeups.js';

export interface PostgresStoreOptions {
  readonly url: string;
  /** 32 bytes. Everything encrypted is lost without it. */
  readonly serverKey: Uint8Array;
  /** This is the only process on the database (the embedded one): it waits for nobody's lease, and polls nothing. */
  readonly exclusive?: boolean;
  /** false: the schema is up to date, as `migrate` left it. */
  readonly migrate?: boolean;
  readonly clock?: Clock;
  /** In which answers of commits go out. Shared with whatever else takes the process's time. */
  readonly turns?: FairTurns<SandboxId>;
  /** Told of what went wrong in the background. */
  readonly onFault?: (message: string, error: unknown) => void;
  readonly limits?: Partial<PostgresStoreLimits>;
  /** For tests. */
  readonly faultPoint?: (point: FaultPoint) => void | Promise<void>;
}

/** Defaults fit a server with 2 cores and 1,000 awake sandboxes. */
export interface PostgresStoreLimits {
  /** Connections that flush at once. */
  readonly flightsMax: number;
  readonly readersMax: number;
  readonly connectMsMax: number;
  readonly statementMsMax: number;
  readonly lockMsMax: number;
  /** A write that the database did not take by then fails with `unavailable`. */
  readonly writeMsMax: number;
  readonly leaseMs: number;
  readonly sharedMs: number;
  readonly pollMs: number;
  /** An unwatched sandbox is forgotten after this without a use; 0: never. */
  readonly idleMs: number;
  readonly ringChangesMax: number;
  readonly ringCharactersMax: number;
  readonly historyPartitionHours: number;
  readonly historyRetentionHours: number;
}

const DEFAULTS: PostgresStoreLimits = {
  flightsMax: 3,
  readersMax: 6,
  connectMsMax: 2000,
  statementMsMax: 8000,
  lockMsMax: 2000,
  writeMsMax: 5000,
  leaseMs: 3000,
  sharedMs: 5000,
  pollMs: 1000,
  idleMs: 10 * 60_000,
  ringChangesMax: 2048,
  ringCharactersMax: 4 * 1024 * 1024,
  historyPartitionHours: 1,
  historyRetentionHours: 24,
};

/** Opens the store, its schema brought up to date. Rejects when the database cannot be reached. */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const limits = { ...DEFAULTS, ...options.limits };
  if (options.migrate ?? true) await migrate(options.url);
  const clock = options.clock ?? systemClock;
  const onFault = options.onFault ?? (() => undefined);
  const serverKey = new ServerKey(options.serverKey);
  const { connectMsMax, statementMsMax, lockMsMax, flightsMax, readersMax, pollMs } = limits;
  const bounds = { connectMsMax, statementMsMax, lockMsMax, writers: flightsMax, readers: readersMax };
  const database = new Database({ url: options.url, ...bounds });
  const holderNumber = Number.parseInt(entropy(6), 16) || 1;

  const snapshots = new Snapshots(database, serverKey);
  const reader = new LogReader(database, serverKey);
  const ringLimits = { changesMax: limits.ringChangesMax, charactersMax: limits.ringCharactersMax };
  const awake = new AwakeSandboxes({
    database,
    snapshots,
    serverKey,
    clock,
    ringLimits,
    idleMs: limits.idleMs,
    onFault,
  });
  const lease = { holderNumber, leaseMs: limits.leaseMs, sharedMs: limits.sharedMs };
  const heads = new Heads(database, reader, clock, lease, (holder) => awake.drop(holder));
  const others = { database, heads, clock, holderNumber, pollMs, holders: () => awake.all() };
  const wakeups = options.exclusive ? undefined : new Wakeups({ ...others, holderOf: (id) => awake.get(id) });
  const history = { partitionHours: limits.historyPartitionHours, retentionHours: limits.historyRetentionHours };
  const maintenance = new Maintenance(database, clock, history, onFault);
  const flusher = new Flusher({
    ...{ database, heads, clock, serverKey, lease, flightsMax, onFault },
    turns: options.turns ?? new FairTurns(clock),
    onCommitted: (holders) => wakeups?.committed(holders),
    onWanting: (holder) => wakeups?.wanting(holder),
    ...(options.faultPoint === undefined ? {} : { faultPoint: options.faultPoint }),
  });

  try {
    await maintenance.run();
    if (options.exclusive) await database.read(RELEASE_FOREIGN, []);
  } catch (error) {
    await database.close();
    throw error;
  }
  maintenance.start();
  wakeups?.start();
  const writeMsMax = limits.writeMsMax;
  const parts = { database, awake, heads, reader, flusher, snapshots, maintenance, wakeups, clock, writeMsMax };
  return new PostgresStore({ ...parts, holderNumber });
}
