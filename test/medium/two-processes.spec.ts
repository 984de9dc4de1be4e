import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Clock, revision, type SandboxId, sandboxId, systemClock } from '#base';
import { openPostgresStore, type PostgresStoreOptions, type Store } from '#storage';
import { del, put, RecordingSink, TEST_SERVER_KEY, useTestPostgres, valueOf } from '#testing';

const postgres = useTestPostgres();
const opened: Store[] = [];
let count = 0;

const open = async (options: Partial<PostgresStoreOptions> = {}): Promise<Store> => {
  const store = await openPostgresStore({ url: postgres.url, serverKey: TEST_SERVER_KEY, ...options });
  opened.push(store);
  return store;
};
const sandboxOn = async (store: Store): Promise<SandboxId> => {
  const id = sandboxId(`two-${++count}`)!;
  await store.createSandbox(id);
  return id;
};
const query = async <T extends pg.QueryResultRow>(text: string, values: unknown[] = []) => {
  const client = new pg.Client(postgres.url);
  await client.connect();
  const { rows } = await client.query<T>(text, values).finally(() => client.end());
  return rows;
};

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

describe('two processes on one database', () => {
  it('read what the other has just written, and tell their watchers', async () => {
    const [a, b] = [await open(), await open()];
    const id = await sandboxOn(a);
    const sinks = [new RecordingSink(), new RecordingSink()];
    await a.watch(id, 'pods/', revision(1), sinks[0]!);
    await b.watch(id, 'pods/', revision(1), sinks[1]!);
    let expected = 0;
    for (let i = 0; i < 6; i++) {
      const [writer, reader] = i % 2 === 0 ? [a, b] : [b, a];
      const [written] = await writer.commit(id, [put('pods/d/a', `v${i}`, expected, { encrypted: true })]);
      expected = written!.revision;
      expect(valueOf((await reader.get(id, 'pods/d/a'))!.text)).toBe(`v${i}`);
      expect(await reader.head(id)).toBe(expected);
    }
    for (const sink of sinks)
      expect((await sink.until(6)).map((text) => text.split('=')[1])).toEqual(['v0', 'v1', 'v2', 'v3', 'v4', 'v5']);
  });

  it('never lose a write when both write at once', async () => {
    const stores = [
      await open({ limits: { leaseMs: 200, sharedMs: 100 } }),
      await open({ limits: { leaseMs: 200, sharedMs: 100 } }),
    ];
    const id = await sandboxOn(stores[0]!);
    await stores[0]!.commit(id, [put('pods/d/counter', '0')]);
    const add = async (store: Store) => {
      for (;;) {
        const current = (await store.get(id, 'pods/d/counter'))!;
        const next = String(Number(valueOf(current.text)) + 1);
        const done = await store
          .commit(id, [put('pods/d/counter', next, current.revision)])
          .catch((error: { code: string }) => {
            if (error.code !== 'conflict') throw error;
          });
        if (done !== undefined) return;
      }
    };
    await Promise.all(stores.flatMap((store) => Array.from({ length: 20 }, () => add(store))));
    for (const store of stores) expect(valueOf((await store.get(id, 'pods/d/counter'))!.text)).toBe('40');
    expect(await stores[0]!.head(id)).toBe(42);
  });

  it('fence a process that slept through the end of its lease', async () => {
    let asleep = false;
    let sleptAtMs = 0;
    // Its clock stands still: it believes in its lease for ever.
    const clock: Clock = { ...systemClock, monotonicMs: () => (asleep ? sleptAtMs : systemClock.monotonicMs()) };
    const limits = { leaseMs: 150, sharedMs: 50 };
    const sleeper = await open({ clock, limits, exclusive: true });
    const other = await open({ limits });
    const id = await sandboxOn(sleeper);
    await sleeper.commit(id, [put('pods/d/a', 'one')]);
    sleptAtMs = systemClock.monotonicMs();
    asleep = true;
    await other.commit(id, [put('pods/d/a', 'two', 2), put('pods/d/b', 'one')]);
    const sink = new RecordingSink();
    await sleeper.watch(id, 'pods/', revision(2), sink);
    await expect(sleeper.commit(id, [put('pods/d/a', 'stale', 2)])).rejects.toMatchObject({
      code: 'conflict',
      found: { current: { revision: 3 } },
    });
    expect((await sleeper.commit(id, [put('pods/d/c', 'one')]))[0]!.revision).toBe(5);
    expect(await sink.until(3)).toEqual(['MODIFIED pods/d/a@3=two', 'ADDED pods/d/b@4=one', 'ADDED pods/d/c@5=one']);
  });

  it('see the end of a sandbox, and tell it from the next one of its name', async () => {
    const [a, b] = [await open({ limits: { leaseMs: 50 } }), await open({ limits: { leaseMs: 50, pollMs: 20 } })];
    const id = await sandboxOn(a);
    await a.commit(id, [put('pods/d/a', 'one')]);
    const sink = new RecordingSink();
    const ended = new Promise<unknown>((resolve) => (sink.closed = resolve));
    await b.watch(id, 'pods/', revision(1), sink);
    await a.deleteSandbox(id);
    expect(await ended).toMatchObject({ code: 'no-such-sandbox' });
    await a.createSandbox(id);
    await a.commit(id, [put('pods/d/z', 'new')]);
    expect(await b.get(id, 'pods/d/a')).toBeUndefined();
    await expect(b.commit(id, [del('pods/d/a', 2)])).rejects.toMatchObject({ code: 'conflict' });
    expect(valueOf((await b.get(id, 'pods/d/z'))!.text)).toBe('new');
  });
});

describe('a process', () => {
  it('answers once, and rightly, when the connection is lost after COMMIT', async () => {
    let breaks = 0;
    const store = await open({
      faultPoint: (point) => {
        if (point === 'after-commit' && breaks-- > 0) throw new Error('the connection was lost (injected)');
      },
    });
    const id = await sandboxOn(store);
    const sink = new RecordingSink();
    await store.watch(id, 'pods/', revision(1), sink);
    breaks = 2;
    const [written] = await store.commit(id, [put('pods/d/a', 'one')]);
    expect(written!.revision).toBe(2);
    breaks = 1;
    const answers = await Promise.all(['b', 'c'].map((name) => store.commit(id, [put(`pods/d/${name}`, 'one')])));
    expect(answers.map(([object]) => object!.revision)).toEqual([3, 4]);
    expect(await sink.until(3)).toEqual(['ADDED pods/d/a@2=one', 'ADDED pods/d/b@3=one', 'ADDED pods/d/c@4=one']);
    expect(await store.head(id)).toBe(4);
  });

  it('is unavailable while the database is down, and recovers by itself', async () => {
    const store = await open({ exclusive: true, limits: { leaseMs: 50, writeMsMax: 300 } });
    const id = await sandboxOn(store);
    await store.commit(id, [put('pods/d/a', 'one')]);
    const sink = new RecordingSink();
    await store.watch(id, 'pods/', revision(2), sink);
    process.kill(postgres.server.pid, 'SIGKILL');
    const failed: string[] = [];
    const untilItWorks = async <T>(call: () => Promise<T>): Promise<T> => {
      for (;;) {
        try {
          return await call();
        } catch (error) {
          failed.push((error as { code: string }).code);
          await systemClock.sleep(20);
        }
      }
    };
    // The kill takes a moment.
    while (failed.length === 0) await store.ping().catch((error: { code: string }) => failed.push(error.code));
    await untilItWorks(() => store.ping());
    expect(new Set(failed)).toEqual(new Set(['unavailable']));
    await untilItWorks(() => store.commit(id, [put(`pods/d/b${failed.length}`, 'one')]));
    expect((await sink.until(1))[0]).toMatch(/^ADDED pods\/d\/b\d+@3=one$/);
    expect(valueOf((await store.get(id, 'pods/d/a'))!.text)).toBe('one');
  });

  it('writes no secret into the database: not in objects, history or snapshots', async () => {
    const store = await open();
    const id = await sandboxOn(store);
    const secret = (value: string, expected: number) => put('secrets/d/s', value, expected, { encrypted: true });
    await store.commit(id, [secret('topsecret-1', 0)]);
    await store.commit(id, [secret('topsecret-2', 2)]);
    await store.commit(id, [{ ...secret('topsecret-3', 3), op: 'delete' }]);
    await store.commit(id, [secret('topsecret-4', 0)]);
    await store.snapshot(id);
    for (const table of ['object', 'event', 'snapshot_object']) {
      const [row] = await query<{ total: number; leaks: number }>(
        `SELECT count(*)::int AS total, count(*) FILTER (WHERE t::text LIKE '%topsecret%')::int AS leaks FROM ${table} t`,
      );
      expect([table, row!.leaks, row!.total > 0]).toEqual([table, 0, true]);
    }
    const stranger = await open({ serverKey: Buffer.alloc(32, 9) });
    await expect(stranger.get(id, 'secrets/d/s')).rejects.toThrow();
  });

  it('drops history in partitions, and says so', async () => {
    const store = await open();
    const id = await sandboxOn(store);
    for (let i = 0; i < 3; i++) await store.commit(id, [put(`pods/d/${i}`, 'one')]);
    await query(
      `CREATE TABLE event_p2020010100 PARTITION OF event FOR VALUES FROM ('2020-01-01 00:00+00') TO ('2020-01-01 01:00+00')`,
    );
    await query(`UPDATE event SET at = '2020-01-01 00:30+00' WHERE sandbox_id = $1 AND revision <= 3`, [id]);
    const later = await open();
    expect(await query(`SELECT to_regclass('event_p2020010100') AS found`)).toEqual([{ found: null }]);
    expect(await later.compacted(id)).toBe(3);
    await expect(later.list(id, { prefix: 'pods/', at: revision(2) })).rejects.toMatchObject({ code: 'compacted' });
    const page = await later.list(id, { prefix: 'pods/', at: revision(3) });
    expect(page.items.map((item) => item.key)).toEqual(['pods/d/0', 'pods/d/1']);
  });

  it('forgets idle sandboxes, but not watched ones', async () => {
    const store = await open({ limits: { idleMs: 20 } });
    const [idle, watched] = [await sandboxOn(store), await sandboxOn(store)];
    await store.commit(idle, [put('pods/d/a', 'one')]);
    const first = await store.get(idle, 'pods/d/a');
    await store.commit(watched, [put('pods/d/a', 'one')]);
    const kept = await store.get(watched, 'pods/d/a');
    await store.watch(watched, 'pods/', revision(2), new RecordingSink());
    await systemClock.sleep(100);
    const again = await store.get(idle, 'pods/d/a');
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
    expect(await store.get(watched, 'pods/d/a')).toBe(kept);
  });
});
