import { describe, expect, it } from '@jest/globals';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const DIR = join(import.meta.dirname, '../../libs/storage/src/postgres');

/** Every query is in one of these files, and each change of one shows in the review of its snapshot. */
const FILES = ['sql.ts', 'snapshot-sql.ts', 'maintenance.ts', 'actor-locks.ts', 'audit-sql.ts'];

async function queriesOf(file: string): Promise<string[]> {
  const source = await readFile(join(DIR, file), 'utf8');
  return [...source.matchAll(/`\n?((?:SELECT|WITH|INSERT|UPDATE|DELETE)\b[^`]*)`/g)].map((match) => match[1]!.trim());
}

describe('hand-written SQL', () => {
  it.each(FILES)('of %s is as reviewed', async (file) => {
    const queries = await queriesOf(file);
    expect(queries.length).toBeGreaterThan(0);
    expect(`${queries.join(';\n\n')};\n`).toMatchSnapshot();
  });

  it('writes to tables nowhere else', async () => {
    const others = (await readdir(DIR)).filter((file) => !FILES.includes(file));
    for (const file of others)
      expect([file, (await queriesOf(file)).filter((text) => /\bsandbox_|event|object/.test(text))]).toEqual([
        file,
        [],
      ]);
  });
});
