import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { sandboxId } from '#base';
import { openActorLocks } from '#storage';
import { useTestPostgres } from '#testing';

const postgres = useTestPostgres();
const blue = sandboxId('blue')!;
const green = sandboxId('green')!;

describe('actor locks', () => {
  it('belong to one process each, until it lets go or ends', async () => {
    const [a, b] = [openActorLocks(postgres.url), openActorLocks(postgres.url)];
    expect(await a.tryHold(blue)).toBe(true);
    expect(await a.tryHold(blue)).toBe(true);
    expect(await b.tryHold(blue)).toBe(false);
    expect(await b.tryHold(green)).toBe(true);
    await a.release(blue);
    expect(await b.tryHold(blue)).toBe(true);
    await b.close();
    expect(await a.tryHold(blue)).toBe(true);
    expect(await a.tryHold(green)).toBe(true);
    await a.close();
  });

  it('are lost with the connection, which is said', async () => {
    const [a, b] = [openActorLocks(postgres.url), openActorLocks(postgres.url)];
    const lost = new Promise<void>((resolve) => a.onLost(resolve));
    expect(await a.tryHold(blue)).toBe(true);
    const admin = new pg.Client(postgres.url);
    await admin.connect();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()`,
    );
    await lost;
    expect(await b.tryHold(blue)).toBe(true);
    expect(await a.tryHold(blue)).toBe(false);
    await Promise.all([a.close(), b.close(), admin.end()]);
  });
});
