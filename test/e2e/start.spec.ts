import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { freePort, ServerProcess } from './support/server-process.js';

const PROBLEM = /^sandkube: .+$/m;

/** A start that must fail: one line on the output that begins with the program's name, exit code 1. */
async function failedStart(env: Record<string, string>): Promise<string> {
  const server = await ServerProcess.spawn(env);
  try {
    const { code } = await server.ended;
    expect(code).toBe(1);
    const lines = server.text.trim().split('\n');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(PROBLEM);
    return lines[0]!;
  } finally {
    await server.dispose();
  }
}

describe('start and stop', () => {
  it('is ready, answers /readyz, refuses a second start on its directory, drains on SIGTERM', async () => {
    const server = await ServerProcess.start();
    try {
      expect(server.text.match(/^ready in \d+ ms$/gm)).toHaveLength(1);
      const ready = await fetch(`http://127.0.0.1:${server.httpPort}/readyz`);
      expect([ready.status, await ready.text()]).toEqual([200, 'ok']);
      expect(readFileSync(server.kubeconfig, 'utf8')).toContain('current-context: default');

      const second = await ServerProcess.spawn({ SANDKUBE_DATA_DIR: server.dataDir });
      expect((await second.ended).code).toBe(1);
      expect(second.text.trim()).toBe(
        `sandkube: the data directory ${server.dataDir} is in use by process ${server.pid}; stop it or choose another directory`,
      );

      expect(await server.stop()).toEqual({ code: 0, signal: null });
    } finally {
      await server.dispose();
    }
  });

  it('says that a port is in use', async () => {
    const holder = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => holder.listen(port, '127.0.0.1', resolve));
    try {
      expect(await failedStart({ SANDKUBE_HTTPS_PORT: String(port) })).toBe(
        `sandkube: 127.0.0.1:${port} is in use (SANDKUBE_HTTPS_PORT)`,
      );
    } finally {
      holder.close();
    }
  });

  it('says that the database cannot be reached', async () => {
    const port = await freePort();
    expect(await failedStart({ SANDKUBE_DATABASE_URL: `postgres://nobody@127.0.0.1:${port}/none` })).toContain(
      `sandkube: cannot reach the database at 127.0.0.1:${port}`,
    );
  });

  it('says that a setting is wrong', async () => {
    expect(await failedStart({ SANDKUBE_HTTP_PORT: 'eighty' })).toBe(
      'sandkube: SANDKUBE_HTTP_PORT must be a port between 0 and 65535, not "eighty"',
    );
  });

  it('says that Node is too old', async () => {
    const pretend = 'Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.4"}})';
    expect(await failedStart({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(pretend)}` })).toBe(
      'sandkube: Node 20.19 or newer is needed, this is 18.20.4',
    );
  });
});
