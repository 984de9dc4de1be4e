import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entropy } from '#base';

/** Another living server owns the data directory. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';

  constructor(
    readonly dataDir: string,
    readonly pid: number,
  ) {
    super(`the data directory ${dataDir} is in use by process ${pid}; stop it or choose another directory`);
  }
}

interface Owner {
  readonly pid: number;
  /** When the process started, as the kernel counts: tells it from a later process with the same pid. '' if unknown. */
  readonly started: string;
}

export interface OwnerLock {
  release(): Promise<void>;
}

/**
 * Makes this process the owner of `dataDir`. What a dead owner left is taken over: a kill -9 must not need a hand.
 * Rejects with DataDirectoryInUseError.
 */
export async function lockDataDirectory(dataDir: string): Promise<OwnerLock> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'owner.json');
  const mine = JSON.stringify({ pid: process.pid, started: await startedAt(process.pid) } satisfies Owner);
  for (;;) {
    try {
      await writeFile(path, mine, { flag: 'wx' });
      return { release: () => rm(path, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const text = await readFile(path, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const owner = parseOwner(text);
    if (owner !== undefined && (await isAlive(owner))) throw new DataDirectoryInUseError(dataDir, owner.pid);
    await removeStale(path, text);
  }
}

/** Of several processes that find the same stale lock only one may remove it, and never a new one. */
async function removeStale(path: string, staleText: string): Promise<void> {
  const aside = `${path}.${entropy(4)}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if ((await readFile(aside, 'utf8')) === staleText) await rm(aside);
  else await rename(aside, path);
}

function parseOwner(text: string): Owner | undefined {
  try {
    const { pid, started } = JSON.parse(text) as Partial<Owner>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    // Half written by a process that was killed meanwhile.
    return undefined;
  }
}

async function isAlive(owner: Owner): Promise<boolean> {
  return isRunning(owner.pid) && (await startedAt(owner.pid)) === owner.started;
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Field 22 of /proc/<pid>/stat, counted after the command, which may hold anything. '' where there is no /proc. */
async function startedAt(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
