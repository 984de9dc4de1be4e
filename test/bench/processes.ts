import { readdirSync, readFileSync } from 'node:fs';

const MEGABYTE = 1024 * 1024;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Resident memory of one process in bytes; shared pages of others are counted by their part where the kernel tells. */
function residentBytes(pid: number): number {
  const kilobytes =
    /^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ??
    /^VmRSS:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ??
    '0';
  return Number(kilobytes) * 1024;
}

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => Number(/^PPid:\s+(\d+)/m.exec(read(`/proc/${child}/status`))?.[1]) === pid);
}

export interface MemoryMegabytes {
  readonly server: number;
  /** Its children: the embedded database. */
  readonly database: number;
}

export function memoryOf(pid: number): MemoryMegabytes {
  const below = (parent: number): number =>
    childrenOf(parent).reduce((sum, child) => sum + residentBytes(child) + below(child), 0);
  return { server: residentBytes(pid) / MEGABYTE, database: below(pid) / MEGABYTE };
}

/** For how long the main thread of a process has been on a CPU. Milliseconds; 0 where the kernel does not tell. */
export function mainThreadMs(pid: number): number {
  return Number(read(`/proc/${pid}/task/${pid}/schedstat`).split(' ')[0]) / 1e6;
}
