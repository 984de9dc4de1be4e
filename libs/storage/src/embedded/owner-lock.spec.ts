import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lockDataDirectory } from './owner-lock.js';
import { startedAt } from './process-facts.js';

describe('lockDataDirectory', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sandkube-lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const owned = (pid: number, started: string) =>
    writeFileSync(join(dir, 'owner.json'), JSON.stringify({ pid, started }));
  const taken = async () => (await lockDataDirectory(dir)).release();

  it('refuses a directory that a living process owns, and takes it when that one let go', async () => {
    const lock = await lockDataDirectory(dir);
    await expect(lockDataDirectory(dir)).rejects.toMatchObject({
      name: 'DataDirectoryInUseError',
      message: `the data directory ${dir} is in use by process ${process.pid}; stop it or choose another directory`,
    });
    await lock.release();
    await taken();
  });

  it('takes over from a killed process whose number another one has since', async () => {
    owned(process.pid, '1');
    await taken();
  });

  it('takes over from a process that is gone, and from a lock half written', async () => {
    owned(4_194_303, '1');
    await taken();
    writeFileSync(join(dir, 'owner.json'), '{"pid":');
    await taken();
  });

  it('takes over from a killed process that its parent has not buried', async () => {
    // The shell starts a child and becomes a program that never waits for it: killed then, the child stays a zombie.
    const parent = spawn('sh', ['-c', 'sleep 30 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const until = async (file: string, holds: RegExp) => {
      while (!holds.test(readFileSync(file, 'utf8'))) await new Promise(setImmediate);
    };
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const zombie = Number(line.toString().trim());
      await until(`/proc/${parent.pid}/comm`, /^sleep$/m);
      process.kill(zombie, 'SIGKILL');
      await until(`/proc/${zombie}/status`, /^State:\s+Z/m);
      owned(zombie, startedAt(zombie));
      await taken();
    } finally {
      parent.kill();
    }
  });
});
