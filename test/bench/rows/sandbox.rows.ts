import type { Connection } from '../connection.js';
import { endpointOf } from '../kubeconfig.js';
import { each, mustBe, sleep, until, underLoad } from '../load.js';
import { configMap } from '../objects.js';
import { memoryOf } from '../processes.js';
import type { Bench, Result, Row } from '../row.js';
import { summaryOf } from '../statistics.js';

const PATH = '/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes';
const READY_MS_MAX = 30_000;
/** How many of the grown ones are used at the end, one after another, and how long at most. */
const AWAKE_COUNT = 200;
const VISITS_MS_MAX = 15_000;
const SETTLE_MS = 2_000;

let made = 0;
const newName = () => `bench-${process.pid}-${made++}`;

async function create(host: Connection, name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'sandkube.dev/v1alpha1', kind: 'Sandbox', metadata: { name }, spec: {} });
  mustBe(201, await host.send('POST', PATH, body));
}

/** Its kubeconfig, as soon as there is one. */
async function kubeconfigOf(host: Connection, name: string): Promise<string> {
  let text = '';
  await until(`kubeconfig of ${name}`, READY_MS_MAX, async () => {
    const answer = await host.send('GET', `${PATH}/${name}/kubeconfig`);
    text = answer.text;
    return answer.status === 200;
  });
  // As text, or inside of an object.
  const trimmed = text.trimStart();
  if (!trimmed.startsWith('{')) return text;
  const object = JSON.parse(trimmed) as { kind?: string; kubeconfig?: string; status?: { kubeconfig?: string } };
  return object.kubeconfig ?? object.status?.kubeconfig ?? text;
}

/** A connection of its own to a sandbox, which has nodes. */
async function enter(bench: Bench, host: Connection, name: string): Promise<Connection> {
  const connection = await bench.connect('h2', 1, endpointOf(await kubeconfigOf(host, name)));
  await until(`nodes of ${name}`, READY_MS_MAX, async () => {
    const { status, text } = await connection.send('GET', '/api/v1/nodes');
    return status === 200 && (JSON.parse(text) as { items: unknown[] }).items.length > 0;
  });
  return connection;
}

const creationRow: Row = {
  name: 'sandbox to first get nodes',
  needs: 'host',
  async run(bench): Promise<Result[]> {
    const host = await bench.connect('h2', 1, bench.host);
    const latencies: number[] = [];
    const startMs = performance.now();
    const count = bench.arguments.quick ? 10 : 50;
    for (let i = 0; i < count; i++) {
      const name = newName();
      const sentMs = performance.now();
      await create(host, name);
      (await enter(bench, host, name)).close();
      latencies.push(performance.now() - sentMs);
      await host.send('DELETE', `${PATH}/${name}`);
    }
    host.close();
    const { p50Ms, p99Ms } = summaryOf(latencies, performance.now() - startMs);
    const name = 'sandbox to first get nodes: p99';
    return [
      { name, value: p99Ms, unit: 'ms', better: 'lower', reference: 100, p50Ms, p99Ms, note: 'reference: target' },
    ];
  },
};

const tenantsRow: Row = {
  name: 'another tenant under load',
  needs: 'host',
  async run(bench): Promise<Result[]> {
    const host = await bench.connect('h2', 1, bench.host);
    const [busyName, quietName] = [newName(), newName()];
    for (const name of [busyName, quietName]) await create(host, name);
    const busy = await enter(bench, host, busyName);
    const quiet = await enter(bench, host, quietName);
    const write = async (to: Connection, name: string) =>
      mustBe(201, await to.send('POST', '/api/v1/namespaces/default/configmaps', configMap(name)));
    const seconds = bench.arguments.secondsPerRow;
    await underLoad({ clients: 1, seconds: seconds / 5 }, (i) => write(quiet, `warm-${i}`));
    const measure = async (label: string) => {
      const latencies: number[] = [];
      const startMs = performance.now();
      for (let i = 0; performance.now() - startMs < seconds * 1000; i++) {
        const sentMs = performance.now();
        await write(quiet, `${label}-${i}`);
        latencies.push(performance.now() - sentMs);
        await sleep(10);
      }
      return summaryOf(latencies, performance.now() - startMs);
    };
    const alone = await measure('alone');
    const [beside] = await Promise.all([
      measure('beside'),
      underLoad({ clients: 50, seconds }, (i) => write(busy, `busy-${i}`)),
    ]);
    for (const name of [busyName, quietName]) await host.send('DELETE', `${PATH}/${name}`);
    for (const connection of [host, busy, quiet]) connection.close();
    const note = `alone ${alone.p99Ms.toFixed(1)} ms, beside ${beside.p99Ms.toFixed(1)} ms; reference: target`;
    const value = beside.p99Ms / alone.p99Ms;
    return [{ name: 'p99 beside a tenant at full load', value, unit: 'times', better: 'lower', reference: 2, note }];
  },
};

/** First `get nodes` of sandboxes spread over all; milliseconds of each. */
async function visitSome(bench: Bench, host: Connection, names: readonly string[]): Promise<number[]> {
  const latencies: number[] = [];
  const count = Math.min(AWAKE_COUNT, names.length);
  const endMs = performance.now() + VISITS_MS_MAX;
  for (let i = 0; i < count && performance.now() < endMs; i++) {
    const sentMs = performance.now();
    (await enter(bench, host, names[Math.floor((i * names.length) / count)]!)).close();
    latencies.push(performance.now() - sentMs);
  }
  return latencies;
}

const growthRow: Row = {
  name: 'growth to many sandboxes',
  needs: 'host',
  async run(bench): Promise<Result[]> {
    const count = bench.arguments.sandboxes;
    const host = await bench.connect('h2', 10, bench.host);
    const server = () => (bench.server ? memoryOf(bench.server.pid).server : Number.NaN);
    const names = Array.from({ length: count }, newName);
    const before = server();
    const startMs = performance.now();
    const latencies: number[] = [];
    await each(count, 10, async (i) => {
      const sentMs = performance.now();
      await create(host, names[i]!);
      latencies.push(performance.now() - sentMs);
    });
    await each(count, 10, async (i) => void (await kubeconfigOf(host, names[i]!)));
    const elapsedMs = performance.now() - startMs;
    await sleep(SETTLE_MS);
    const grown = server();
    const visits = await visitSome(bench, host, names);
    await sleep(SETTLE_MS);
    const used = server();
    await each(count, 10, async (i) => void (await host.send('DELETE', `${PATH}/${names[i]!}`)));
    host.close();
    const visit = summaryOf(visits, 1);
    const perSecond = summaryOf(latencies, elapsedMs);
    const created: Result = {
      name: `create ${count} sandboxes`,
      value: (count / elapsedMs) * 1000,
      unit: '/s',
      better: 'higher',
      p50Ms: perSecond.p50Ms,
      p99Ms: perSecond.p99Ms,
    };
    const first: Result = {
      name: `first visit among ${count}: p99`,
      value: visit.p99Ms,
      unit: 'ms',
      better: 'lower',
      reference: 100,
      p50Ms: visit.p50Ms,
      p99Ms: visit.p99Ms,
      note: 'reference: target',
    };
    if (!bench.server) return [created, first];
    const kilobytes = (megabytes: number, among: number) => Math.max(0, (megabytes * 1024) / among);
    return [
      created,
      first,
      {
        name: `memory for each of ${count} created`,
        value: kilobytes(grown - before, count),
        unit: 'kB',
        better: 'lower',
        reference: 800,
        note: `${grown.toFixed(0)} MB in all; reference: kplane, the smallest peer`,
      },
      {
        name: 'memory for each one just used',
        value: kilobytes(used - grown, visits.length),
        unit: 'kB',
        better: 'lower',
        reference: 3_000,
        note: `${visits.length} of them; ${used.toFixed(0)} MB in all`,
      },
    ];
  },
};

export const sandboxRows: readonly Row[] = [creationRow, tenantsRow, growthRow];
