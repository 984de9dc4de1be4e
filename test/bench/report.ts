import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { Result } from './row.js';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly node: string;
  readonly kernel: string;
}

export function thisMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? 'unknown',
    cores: cores.length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    kernel: release(),
  };
}

/** Above 1 is better than the reference, whichever way the unit counts. */
export function ratioOf({ value, reference, better }: Result): number | undefined {
  // Memory may shrink meanwhile; then there is nothing to compare.
  if (reference === undefined || value <= 0) return undefined;
  return better === 'higher' ? value / reference : reference / value;
}

const shown = (value: number | undefined) =>
  value === undefined ? '' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(value < 10 ? 2 : 1);

export function tableOf(results: readonly Result[]): string {
  const rows = results.map((result) => {
    const ratio = ratioOf(result);
    return [
      result.name,
      `${shown(result.value)} ${result.unit}`,
      shown(result.p50Ms),
      shown(result.p99Ms),
      shown(result.reference),
      ratio === undefined ? '' : `${ratio.toFixed(2)}x${ratio < 1 ? ' BEHIND' : ''}`,
      result.note ?? '',
    ];
  });
  const all = [['row', 'here', 'p50 ms', 'p99 ms', 'reference', 'ratio', 'note'], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const isNumber = (column: number) => column > 0 && column < 6;
  return all
    .map((row) =>
      row
        .map((cell, column) => (isNumber(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** One file for each run, to compare runs with. */
export function writeJson(
  folder: string,
  run: { readonly target: string; readonly quick: boolean },
  results: readonly Result[],
  failures: readonly string[],
): string {
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${at.replace(/[:.]/g, '-')}.json`);
  const rows = results.map((result) => ({ ...result, ratio: ratioOf(result) }));
  writeFileSync(file, `${JSON.stringify({ at, ...run, machine: thisMachine(), rows, failures }, null, 2)}\n`);
  return file;
}
