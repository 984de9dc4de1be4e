import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './config.js';

/**
 * What tells a process from a later one with the same number: its start time in ticks since boot, and which boot.
 * Linux only; elsewhere the number alone has to do.
 */
function birthOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces; the 22nd is the start time.
    const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${startTicks}`;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The living server that holds the directory, if any: a lock left by a killed one does not count. */
function holderOf(lockFile: string): number | undefined {
  let text: string;
  try {
    text = readFileSync(lockFile, 'utf8');
  } catch {
    return undefined;
  }
  const [pidText = '', birth = ''] = text.split('\n');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return birth === '' || birth === (birthOf(pid) ?? '') ? pid : undefined;
}

/** Makes the directory this server's own until the result is called. Fails with StartError when another has it. */
export function holdDataDir(dataDir: string): () => void {
  const lockFile = join(dataDir, 'server.lock');
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new StartError(`cannot make data directory ${dataDir}: ${(error as Error).message}`);
  }
  const holder = holderOf(lockFile);
  if (holder !== undefined) {
    throw new StartError(`data directory ${dataDir} is in use by the server with process id ${holder}`);
  }
  rmSync(lockFile, { force: true });
  try {
    writeFileSync(lockFile, `${process.pid}\n${birthOf(process.pid) ?? ''}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw new StartError(`cannot lock data directory ${dataDir}: ${(error as Error).message}`);
  }
  return () => rmSync(lockFile, { force: true });
}
