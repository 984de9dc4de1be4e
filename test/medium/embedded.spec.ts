import { afterEach, describe, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { type EmbeddedPostgres, migrate, startEmbeddedPostgres } from '#storage';

const dirs: string[] = [];
const servers: EmbeddedPostgres[] = [];
const owners: ChildProcess[] = [];

const newDir = async (): Promise<string> => {
  const dir = await mkdtemp(join(tmpdir(), 'sandkube-test-'));
  dirs.push(dir);
  return join(dir, 'pg');
};
const start = async (dataDir: string): Promise<EmbeddedPostgres> => {
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  servers.push(server);
  return server;
};
const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<Record<string, unknown>>(text).finally(() => client.end());
  return rows;
};
/** A process that was ended but not yet buried by its parent runs no more. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.stop();
  for (const dir of dirs.splice(0)) await rm(dir, { recursive: true, force: true });
});

describe('the embedded PostgreSQL', () => {
  it('keeps its data from one start to the next, and leaves nothing running', async () => {
    const dataDir = await newDir();
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    const { pid } = first;
    await first.stop();
    expect(isRunning(pid)).toBe(false);
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(await query(second.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('says when its directory is in use', async () => {
    const dataDir = await newDir();
    await start(dataDir);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({
      name: 'DataDirectoryInUseError',
      dataDir,
      pid: process.pid,
    });
  });

  it('takes over what a killed server left running', async () => {
    const dataDir = await newDir();
    const script = join(import.meta.dirname, 'embedded-owner.ts');
    const { NODE_OPTIONS: _dropped, ...env } = process.env;
    const args = ['--import', 'tsx', '-C', 'sandkube-source', script, dataDir];
    const owner = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    owners.push(owner);
    const [line] = (await once(createInterface(owner.stdout), 'line')) as [string];
    const orphan = JSON.parse(line) as { url: string; pid: number };
    await query(orphan.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    expect(isRunning(orphan.pid)).toBe(true);
    const server = await start(dataDir);
    expect(isRunning(orphan.pid)).toBe(false);
    expect(await query(server.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  });

  it('throws a half-made cluster away', async () => {
    const dataDir = await newDir();
    await mkdir(join(dataDir, 'data.new'), { recursive: true });
    await writeFile(join(dataDir, 'data.new', 'PG_VERSION'), '18');
    const server = await start(dataDir);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('puts its socket elsewhere when its directory is too deep for one', async () => {
    const deep = join(await newDir(), 'x'.repeat(60), 'y'.repeat(60));
    await mkdir(deep, { recursive: true });
    const server = await start(deep);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});

describe('migrations', () => {
  it('run once when several processes start together, and again after one was cut short', async () => {
    const { url } = await start(await newDir());
    const applied = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
    await query(url, 'UPDATE _prisma_migrations SET finished_at = NULL');
    await query(url, 'DROP TABLE snapshot_object');
    expect(await migrate(url)).toEqual(applied.find((names) => names.length > 0));
    expect(await query(url, 'SELECT count(*)::int AS n FROM snapshot_object')).toEqual([{ n: 0 }]);
    expect(await migrate(url)).toEqual([]);
  });
});
