import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { sandboxId } from '#base';
import { migrate, openSandboxRecords } from '#storage';
import { recordsContract, TEST_SERVER_KEY, useTestPostgres } from '#testing';

const postgres = useTestPostgres();
const open = async (serverKey: Uint8Array = TEST_SERVER_KEY) => {
  await migrate(postgres.url);
  return openSandboxRecords({ url: postgres.url, serverKey });
};

recordsContract('postgres', () => open());

describe('records', () => {
  it('keep credentials where only the server key opens them', async () => {
    const records = await open();
    const id = sandboxId('secret')!;
    await records.create({ id, seed: '', credentials: 'top secret' });
    const client = new pg.Client(postgres.url);
    await client.connect();
    const { rows } = await client.query<{ credentials: string }>('SELECT credentials FROM sandbox WHERE id = $1', [id]);
    await client.end();
    expect(rows[0]!.credentials).not.toContain('secret');
    const stranger = await open(Buffer.alloc(32, 8));
    await expect(stranger.get(id)).rejects.toThrow();
    await Promise.all([records.close(), stranger.close()]);
  });

  it('say that the database is missing', async () => {
    const records = await openSandboxRecords({ url: 'postgresql://127.0.0.1:1/none', serverKey: TEST_SERVER_KEY });
    await expect(records.get(sandboxId('a')!)).rejects.toMatchObject({ code: 'unavailable' });
    await records.close();
  });
});
