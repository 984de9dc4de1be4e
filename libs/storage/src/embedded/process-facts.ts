import { readFileSync } from 'node:fs';

/** '/proc/<pid>/stat' after the command, which may hold anything: state first, start time twentieth. */
function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/**
 * Whether a process still does anything. One that was killed and that its parent has not buried (a zombie) does not;
 * in containers without an init they stay for good.
 */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !['Z', 'X'].includes(statFields(pid)?.[0] ?? '');
}

/** When a process started, in the kernel's ticks: tells it from a later one with the same number. '' where there is no /proc. */
export function startedAt(pid: number): string {
  return statFields(pid)?.[19] ?? '';
}
