import { describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { entropy, Random } from '#base';
import { memoryStore, openPostgresStore, type Store } from '#storage';
import { TEST_SERVER_KEY, useTestPostgres } from '#testing';
import { History } from './history.js';

/** Fixed seeds keep what was once found from coming back; the last one is new every time and printed when it fails. */
const SEEDS = ['one', 'two', 'three', 'four', entropy(4)];

const postgres = useTestPostgres();

describe('random histories', () => {
  it.each(SEEDS)('on one store in memory (seed %s)', async (seed) => {
    const store = memoryStore();
    const disturb = async () => undefined;
    const history = new History({ seed, stores: [store], clients: 4, stepsPerClient: 100, disturb });
    expect(await history.run()).toEqual([]);
    await store.close();
  });

  it.each(SEEDS)('on two processes with lost connections and lost answers (seed %s)', async (seed) => {
    const admin = new pg.Client(postgres.url);
    await admin.connect();
    const chance = new Random(`${seed} faults`);
    // Between COMMIT and the answer, or before the statement went out: the process cannot tell which.
    const faultPoint = () => {
      if (chance.int(15) === 0) throw new Error('the connection was lost (injected)');
    };
    const limits = { leaseMs: 150, sharedMs: 100, pollMs: 30, writeMsMax: 4000, ringChangesMax: 40 };
    const open = () => openPostgresStore({ url: postgres.url, serverKey: TEST_SERVER_KEY, limits, faultPoint });
    const stores: Store[] = [await open(), await open()];
    const disturb = async (random: Random) => {
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name LIKE 'sandkube%' AND datname = current_database() AND pid % 4 = $1`,
        [random.int(4)],
      );
    };
    const history = new History({ seed, stores, clients: 8, stepsPerClient: 60, disturb });
    const faults = await history.run().finally(async () => {
      await Promise.all(stores.map((store) => store.close()));
      await admin.end();
    });
    expect(faults).toEqual([]);
    expect(history.answers.get('written')).toBeGreaterThan(50);
    expect([...history.answers.keys()]).toEqual(
      expect.arrayContaining(['written', 'conflict', 'got', 'listed', 'listed past', 'watched', 'forked']),
    );
  });
});
