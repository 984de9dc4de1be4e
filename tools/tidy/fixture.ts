import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';

export const REPOSITORY = join(import.meta.dirname, '../..');

/** A small repository in a temporary folder, with this one's configuration, for checkers to be tried on. */
export interface Fixture {
  readonly root: string;
  /** Runs a program of node_modules/.bin in it; gives what it printed. */
  run(program: string, ...args: string[]): string;
  remove(): void;
}

export function makeFixture(files: Readonly<Record<string, string>>, linked: readonly string[]): Fixture {
  const root = mkdtempSync(join(tmpdir(), 'sandkube-fixture-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of linked) symlinkSync(join(REPOSITORY, path), join(root, path));
  return {
    root,
    run(program, ...args) {
      const ran = spawnSync(join(REPOSITORY, 'node_modules/.bin', program), args, { cwd: root, encoding: 'utf8' });
      return `${ran.stdout}${ran.stderr}`;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}
