import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where tools/test-setup.sh unpacks what is not to be installed. */
const UNPACKED = join(import.meta.dirname, '../../../node_modules/.cache/sandkube-tests');

/** The unpacked Prometheus, or the one that SANDKUBE_TEST_PROMETHEUS names. None is an error, not a skip. */
export function prometheusPath(): string {
  const path = process.env.SANDKUBE_TEST_PROMETHEUS ?? join(UNPACKED, 'usr/bin/prometheus');
  if (!existsSync(path)) throw new Error(`this test needs Prometheus, and ${path} is none: run tools/test-setup.sh`);
  return path;
}

/** Debian's own Python sees Debian's packages; another one on PATH does not. */
export const PYTHON = '/usr/bin/python3';

/** Runs a Python program to its end; fails with what it said on stderr. */
export function python(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(PYTHON, ['-c', program, ...args], { timeout: 50_000 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`python: ${error.message}\n${stdout}\n${stderr}`));
      else resolve(stdout);
    });
  });
}

/** A program that runs until it is ended; `text` is all that it printed so far. */
export function runOn(path: string, args: readonly string[]): { child: ChildProcess; text: () => string } {
  const child = spawn(path, args);
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return { child, text: () => text };
}
