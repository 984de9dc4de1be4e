import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#storage';
import { eventually } from './support/kubectl.js';
import { Rest, type WireEvent } from './support/rest.js';
import { ServerProcess } from './support/server-process.js';

const MAPS = '/api/v1/namespaces/default/configmaps';
/** Beyond what clients wait for, but enough for a slow machine. */
const ANSWER_MS_MAX = 30_000;

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
const create = (rest: Rest, name: string) => rest.fetch(MAPS, { method: 'POST', body: configMap(name) });

interface Answer {
  status: number;
  retryAfter: string | null;
  body: { kind: string; reason?: string; metadata: { name: string; resourceVersion: string } };
}

async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Answer['body'];
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

const namesIn = async (rest: Rest): Promise<string[]> => {
  const list = (await (await rest.fetch(MAPS)).json()) as { items: { metadata: { name: string } }[] };
  return list.items.map(({ metadata }) => metadata.name).filter((name) => name !== 'kube-root-ca.crt');
};

interface PodShown {
  status: { phase: string; podIP?: string };
}

const podsOf = async (rest: Rest): Promise<PodShown[]> =>
  ((await (await rest.fetch('/api/v1/namespaces/default/pods')).json()) as { items: PodShown[] }).items;

const WEB = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'nginx', image: 'nginx' }] },
    },
  },
};

/** A second server has a directory of its own, and the same keys: what is stored is sealed with them. */
function copyOfKeys(dataDir: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'sandkube-e2e-'));
  cpSync(join(dataDir, 'pki'), join(copy, 'pki'), { recursive: true });
  return copy;
}

describe('the embedded database', () => {
  let server: ServerProcess;
  let rest: Rest;
  const seen: WireEvent[] = [];
  const abort = new AbortController();
  let watching: Promise<void>;
  beforeAll(async () => {
    server = await ServerProcess.start();
    rest = new Rest(server);
    const { metadata } = (await (await rest.fetch(MAPS)).json()) as { metadata: { resourceVersion: string } };
    watching = rest.watch(
      `${MAPS}?watch=1&resourceVersion=${metadata.resourceVersion}`,
      (event) => void seen.push(event),
      abort.signal,
    );
  });
  afterAll(async () => {
    abort.abort();
    await watching;
    await server.dispose();
  });

  /** The main process of this test's own database, and of no other. */
  function databasePid(): number {
    const data = join(server.dataDir, 'postgres', 'data');
    const [pid, directory] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    if (directory !== data) throw new Error(`${directory} is not ${data}`);
    return Number(pid);
  }

  const ready = async () => (await fetch(`http://127.0.0.1:${server.httpPort}/readyz`)).status;

  it('is killed: 503 or a wait, then all goes on by itself and nothing acknowledged is lost', async () => {
    expect((await create(rest, 'before')).status).toBe(201);
    const killed = databasePid();
    process.kill(killed, 'SIGKILL');
    const acknowledged = ['before'];
    let after = 0;
    for (let i = 0; after < 5; i++) {
      const startedMs = performance.now();
      const { status, retryAfter, body } = await answerOf(await create(rest, `kill-${i}`));
      expect(performance.now() - startedMs).toBeLessThan(ANSWER_MS_MAX);
      if (status === 201) {
        acknowledged.push(`kill-${i}`);
        if (existsSync(join(server.dataDir, 'postgres', 'data', 'postmaster.pid')) && databasePid() !== killed) after++;
      } else expect([status, retryAfter, body.reason]).toEqual([503, '1', 'ServiceUnavailable']);
    }
    expect(await eventually(ready, (status) => status === 200)).toBe(200);
    const found = await namesIn(rest);
    expect(acknowledged.filter((name) => !found.includes(name))).toEqual([]);
    const told = () => seen.filter(({ type }) => type === 'ADDED').map(({ object }) => object.metadata.name);
    await eventually(told, (names) => names.length >= found.length);
    expect(told().toSorted()).toEqual(found.toSorted());
  });

  it('has its main process stopped: answers come in bounded time, and it goes on where it was', async () => {
    const pid = databasePid();
    process.kill(pid, 'SIGSTOP');
    let frozen: Answer[];
    try {
      const startedMs = performance.now();
      frozen = await Promise.all(['a', 'b'].map(async (name) => answerOf(await create(rest, `stop-${name}`))));
      expect(performance.now() - startedMs).toBeLessThan(ANSWER_MS_MAX);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    // The main process only starts others: connections that are open go on.
    for (const { status } of frozen) expect([201, 503]).toContain(status);
    const { status } = await answerOf(await create(rest, 'after-stop'));
    expect(status).toBe(201);
    expect(await namesIn(rest)).toContain('after-stop');
  });
});

describe('a database of its own and two servers', () => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'sandkube-e2e-pg-'));
  let database: EmbeddedPostgres;
  const servers: ServerProcess[] = [];
  let clients: Rest[];
  beforeAll(async () => {
    database = await startEmbeddedPostgres({ dataDir: databaseDir, durable: false });
    const first = await ServerProcess.start({ SANDKUBE_DATABASE_URL: database.url });
    servers.push(first);
  });
  afterAll(async () => {
    for (const server of servers) await server.dispose();
    await database.stop();
    rmSync(databaseDir, { recursive: true, force: true });
  });

  it('start on the same keys, and both serve the host and the sandbox', async () => {
    const second = await ServerProcess.start({
      SANDKUBE_DATABASE_URL: database.url,
      SANDKUBE_DATA_DIR: copyOfKeys(servers[0]!.dataDir),
    });
    servers.push(second);
    clients = servers.map((server) => new Rest(server));
    for (const server of servers) {
      expect((await new Rest(server, '', 'host').fetch('/api/v1/namespaces/default')).status).toBe(200);
      expect((await new Rest(server).fetch('/api/v1/nodes')).status).toBe(200);
    }
  });

  it('see what the other has just written, and tell their watchers', async () => {
    const seen: string[][] = [[], []];
    const abort = new AbortController();
    const watches = clients.map((client, i) =>
      client.watch(`${MAPS}?watch=1`, (event) => void seen[i]!.push(event.object.metadata.name), abort.signal),
    );
    for (let i = 0; i < 10; i++) {
      expect((await create(clients[i % 2]!, `both-${i}`)).status).toBe(201);
      expect((await clients[(i + 1) % 2]!.fetch(`${MAPS}/both-${i}`)).status).toBe(200);
    }
    for (const names of seen) {
      const told = () => names.filter((name) => name.startsWith('both-'));
      await eventually(told, (all) => all.length >= 10);
      expect(told()).toEqual(Array.from({ length: 10 }, (_, i) => `both-${i}`));
    }
    abort.abort();
    await Promise.all(watches);
  });

  it('lose no update when both write the same object', async () => {
    expect((await create(clients[0]!, 'counter')).status).toBe(201);
    const add = async (client: Rest) => {
      for (;;) {
        const object = (await (await client.fetch(`${MAPS}/counter`)).json()) as { data?: { n: string } };
        object.data = { n: String(Number(object.data?.n ?? 0) + 1) };
        const { status } = await client.fetch(`${MAPS}/counter`, { method: 'PUT', body: object });
        if (status === 200) return;
        expect(status).toBe(409);
      }
    };
    await Promise.all(clients.flatMap((client) => Array.from({ length: 10 }, () => add(client))));
    for (const client of clients) {
      const { data } = (await (await client.fetch(`${MAPS}/counter`)).json()) as { data: { n: string } };
      expect(data.n).toBe('20');
    }
  });

  it('run the actors of a sandbox once, and again in the other when the first is killed', async () => {
    const made = await clients[1]!.fetch('/apis/apps/v1/namespaces/default/deployments', { method: 'POST', body: WEB });
    expect(made.status).toBe(201);
    const running = async () => (await podsOf(clients[1]!)).filter(({ status }) => status.phase === 'Running');
    const pods = await eventually(running, (all) => all.length === 5);
    expect(await podsOf(clients[1]!)).toHaveLength(5);
    expect(new Set(pods.map(({ status }) => status.podIP)).size).toBe(5);

    await servers[0]!.kill();
    const scaled = await clients[1]!.fetch('/apis/apps/v1/namespaces/default/deployments/web/scale', {
      method: 'PUT',
      body: {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name: 'web', namespace: 'default' },
        spec: { replicas: 7 },
      },
    });
    expect(scaled.status).toBe(200);
    const more = await eventually(running, (all) => all.length === 7);
    expect(new Set(more.map(({ status }) => status.podIP)).size).toBe(7);
  });
});
