import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entropy } from '#base';
import { isRunning, startedAt } from './process-facts.js';

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
 * Makes this process the owner of `dataDir`, which is made when missing. What a dead owner left is taken over: a kill -9 must not need a hand.
 * Rejects with DataDirectoryInUseError.
 */
export async function lockDataDirectory(dataDir: string): Promise<OwnerLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'owner.json');
  const mine = JSON.stringify({ pid: process.pid, started: startedAt(process.pid) } satisfies Owner);
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
    if (owner !== undefined && isAlive(owner)) throw new DataDirectoryInUseError(dataDir, owner.pid);
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

function isAlive(owner: Owner): boolean {
  return isRunning(owner.pid) && startedAt(owner.pid) === owner.started;
}
