import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { holdDataDir } from './data-dir.js';

describe('holdDataDir', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'sandkube-lock-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('refuses a directory that a living server holds, and takes it when that one let go', () => {
    const release = holdDataDir(dir);
    expect(() => holdDataDir(dir)).toThrow(
      `data directory ${dir} is in use by the server with process id ${process.pid}`,
    );
    release();
    holdDataDir(dir)();
  });

  it('takes over from a killed server whose number another process has since', () => {
    writeFileSync(join(dir, 'server.lock'), `${process.pid}\nanother-boot/1\n`);
    holdDataDir(dir)();
  });

  it('takes over from a process that is gone', () => {
    writeFileSync(join(dir, 'server.lock'), '4194303\n\n');
    holdDataDir(dir)();
  });

  it('says what is wrong with a path that cannot be a directory', () => {
    writeFileSync(join(dir, 'file'), '');
    expect(() => holdDataDir(join(dir, 'file'))).toThrow(/^cannot make data directory/);
  });
});
