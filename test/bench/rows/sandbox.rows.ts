import type { Connection } from '../connection.js';
import { each, sleep } from '../load.js';
import { memoryOf } from '../processes.js';
import type { Bench, Result, Row } from '../row.js';
import { createSandbox, deleteSandbox, enter, kubeconfigOf, newName } from '../sandboxes.js';
import { summaryOf } from '../statistics.js';

/** How many of the grown ones are used at the end, one after another, and how long at most. */
const AWAKE_COUNT = 200;
const VISITS_MS_MAX = 15_000;
const SETTLE_MS = 2_000;

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
      await createSandbox(host, name);
      (await enter(bench, host, name)).close();
      latencies.push(performance.now() - sentMs);
      await deleteSandbox(host, name);
    }
    host.close();
    const { p50Ms, p99Ms } = summaryOf(latencies, performance.now() - startMs);
    const name = 'sandbox to first get nodes: p99';
    return [
      { name, value: p99Ms, unit: 'ms', better: 'lower', reference: 100, p50Ms, p99Ms, note: 'reference: target' },
    ];
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
      await createSandbox(host, names[i]!);
      latencies.push(performance.now() - sentMs);
    });
    await each(count, 10, async (i) => void (await kubeconfigOf(host, names[i]!)));
    const elapsedMs = performance.now() - startMs;
    await sleep(SETTLE_MS);
    const grown = server();
    const visits = await visitSome(bench, host, names);
    await sleep(SETTLE_MS);
    const used = server();
    await each(count, 10, async (i) => deleteSandbox(host, names[i]!));
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

export const sandboxRows: readonly Row[] = [creationRow, growthRow];
