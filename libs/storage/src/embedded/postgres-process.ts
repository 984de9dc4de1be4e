import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import type { Clock } from '#base';
import { isRunning } from './process-facts.js';
import { settingsArgs } from './postgres-settings.js';
import { type Launch, launchAs, type PostgresUser } from './postgres-user.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where one embedded cluster lives: `data` (PostgreSQL's own), `postgres.log`, the socket. */
export interface ClusterHome {
  readonly dataDir: string;
  readonly binaries: PostgresBinaries;
  readonly user: PostgresUser | undefined;
  readonly durable: boolean;
  readonly clock: Clock;
}

export const SUPERUSER = 'sandkube';

/** The kernel's limit of a socket's path is 107 bytes; PostgreSQL adds a file name. */
const SOCKET_DIR_BYTES_MAX = 85;

/** Crash recovery replays up to max_wal_size: long on a slow disk, but not for ever. */
const START_MS_MAX = 120_000;
const STOP_MS_MAX = 30_000;
const POLL_MS = 10;

/** Makes the cluster unless it is there. A half-made one (killed meanwhile) is thrown away. */
export async function initCluster(home: ClusterHome): Promise<void> {
  const data = join(home.dataDir, 'data');
  if (await exists(join(data, 'PG_VERSION'))) return;
  const fresh = join(home.dataDir, 'data.new');
  await rm(fresh, { recursive: true, force: true });
  await makeOwnDir(fresh, home.user);
  const args = [`--pgdata=${fresh}`, `--username=${SUPERUSER}`, '--auth=trust', '--encoding=UTF8', '--locale=C'];
  if (!home.durable) args.push('--no-sync');
  const launch = await launchAs(home.user, home.binaries.initdb, args, [fresh]);
  const child = spawn(launch.command, launch.args, { ...launch.options, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-2000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await exitOf(child);
  if (code !== 0) throw new Error(`initdb failed (${code}): ${output.trim()}`);
  await rename(fresh, data);
}

/** A private directory for the socket: in the data directory, or, when that is too deep for a socket, a temporary one. */
export async function makeSocketDir(home: ClusterHome): Promise<string> {
  const near = join(home.dataDir, 'run');
  if (Buffer.byteLength(near) <= SOCKET_DIR_BYTES_MAX) {
    await makeOwnDir(near, home.user);
    return near;
  }
  const far = await mkdtemp(join(tmpdir(), 'sandkube-pg-'));
  if (home.user !== undefined) await chown(far, home.user.uid, home.user.gid);
  return far;
}

async function makeOwnDir(dir: string, user: PostgresUser | undefined): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(dir, user.uid, user.gid);
}

/** Starts the server and waits until it takes connections. Rejects, with the end of its log, when it ends instead. */
export async function spawnPostgres(home: ClusterHome, socketDir: string): Promise<ChildProcess> {
  const data = join(home.dataDir, 'data');
  const args = ['-D', data, '-k', socketDir, ...settingsArgs(home.durable)];
  const launch: Launch = await launchAs(home.user, home.binaries.postgres, args, [data, join(socketDir, 'socket')]);
  const logPath = join(home.dataDir, 'postgres.log');
  const log = await open(logPath, 'w', 0o600);
  // Its own process group: Ctrl-C in a terminal is for the server, which stops PostgreSQL last.
  const child = spawn(launch.command, launch.args, {
    ...launch.options,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  let ended: Error | undefined;
  child.once('error', (error) => (ended = error));
  child.once('exit', (code, signal) => (ended ??= new Error(`it ended with ${signal ?? code}`)));
  await log.close();
  for (let waited = 0; waited < START_MS_MAX; waited += POLL_MS) {
    if (ended !== undefined) break;
    if (await isReady(data, child.pid)) return child;
    await home.clock.sleep(POLL_MS);
  }
  child.kill('SIGQUIT');
  const tail = (await readFile(logPath, 'utf8').catch(() => '')).slice(-1500).trim();
  throw new Error(`the embedded PostgreSQL did not start: ${ended?.message ?? 'it took too long'}\n${tail}`);
}

/** The postmaster writes its state into the last line of its pid file, as pg_ctl relies on. */
async function isReady(data: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

/**
 * Stops a server that outlived its owner (kill -9). It is found by its pid file only, and touched only when it is
 * a server on this very directory: the pid may long be someone else's.
 */
export async function stopOrphan(home: ClusterHome): Promise<void> {
  const data = join(home.dataDir, 'data');
  const [pidLine, dirLine] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(pidLine);
  if (!(pid > 1) || dirLine !== data || !isRunning(pid)) return;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  if (command !== undefined && !command.split('\0').includes(data)) return;
  await stopProcess(pid, home.clock);
}

/** Fast shutdown: open transactions are rolled back, a checkpoint is written; after a while without the checkpoint. */
export async function stopProcess(pid: number, clock: Clock): Promise<void> {
  const letGo = holdProcessOpen();
  signal(pid, 'SIGINT');
  for (let waited = 0; waited < STOP_MS_MAX * 2 && isRunning(pid); waited += POLL_MS) {
    if (waited === STOP_MS_MAX) signal(pid, 'SIGQUIT');
    await clock.sleep(POLL_MS);
  }
  letGo();
}

/** The clock's timers do not keep Node running; while a stop is waited for, nothing else may. */
function holdProcessOpen(): () => void {
  const { port1 } = new MessageChannel();
  port1.on('message', () => undefined);
  return () => port1.close();
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It has gone meanwhile.
  }
}

function exitOf(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, name) => resolve(code ?? name ?? 'unknown'));
  });
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
