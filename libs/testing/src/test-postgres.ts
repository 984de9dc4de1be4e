import { afterAll, beforeAll } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#storage';

export interface TestPostgres {
  /** Valid inside tests and hooks. */
  readonly url: string;
  readonly server: EmbeddedPostgres;
}

/** Call at the top of a test file: a PostgreSQL of its own in a temporary directory, stopped and removed at the end. */
export function useTestPostgres(): TestPostgres {
  let server: EmbeddedPostgres | undefined;
  let dir: string | undefined;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sandkube-test-'));
    server = await startEmbeddedPostgres({ dataDir: join(dir, 'pg'), durable: false });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
    if (dir !== undefined) await rm(dir, { recursive: true, force: true });
  }, 60_000);

  const running = () => {
    if (server === undefined) throw new Error('the test PostgreSQL runs only inside tests and hooks');
    return server;
  };
  return {
    get url() {
      return running().url;
    },
    get server() {
      return running();
    },
  };
}

/** 32 bytes that are no secret. */
export const TEST_SERVER_KEY = Buffer.alloc(32, 7);
