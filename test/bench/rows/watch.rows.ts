import type { Connection } from '../connection.js';
import { endpointOf } from '../kubeconfig.js';
import { each, mustBe, sleep, until } from '../load.js';
import { configMap } from '../objects.js';
import { memoryOf } from '../processes.js';
import type { Bench, Result, Row } from '../row.js';
import { createSandbox, deleteSandbox, enter, kubeconfigOf, newName } from '../sandboxes.js';
import { percentile } from '../statistics.js';

const WATCHERS = 1_000;
const CREATES_PER_SECOND = 10;
/** The last events may still be on their way. */
const TAIL_MS = 1_000;

const OPEN_WATCHES = 10_000;
/** Among so many sandboxes, for one may not have them all. */
const OPEN_SANDBOXES = 4;
const SETTLE_MS = 3_000;
const TOLD_MS_MAX = 30_000;
/** As `connect` divides them. */
const CLIENTS_PER_CONNECTION = 25;
const MAPS = '/api/v1/namespaces/default/configmaps';

/** Watches over a few connections, each told of one change. Resolves when all are open. */
async function openWatches(bench: Bench, kubeconfig: string, count: number, told: () => void): Promise<Connection> {
  const connection = await bench.connect('h2', Math.ceil(count / 100) * CLIENTS_PER_CONNECTION, endpointOf(kubeconfig));
  await each(count, 50, async () => {
    await connection.watch(`${MAPS}?watch=1&fieldSelector=metadata.name%3Dseen`, (line) => {
      if (line.includes('"name":"seen"')) told();
    });
  });
  return connection;
}

/** What a watch costs while nothing happens, and whether all of them are told when something does. */
const openWatchesRow: Row = {
  name: 'open watches',
  needs: 'host',
  async run(bench): Promise<Result[]> {
    if (!bench.server) return [];
    const { pid } = bench.server;
    const host = await bench.connect('h2', 1, bench.host);
    const names = Array.from({ length: OPEN_SANDBOXES }, newName);
    for (const name of names) await createSandbox(host, name);
    for (const name of names) (await enter(bench, host, name)).close();
    await sleep(SETTLE_MS);
    const before = memoryOf(pid).server;
    const count = (bench.arguments.quick ? OPEN_WATCHES / 10 : OPEN_WATCHES) / OPEN_SANDBOXES;
    let seen = 0;
    const connections: Connection[] = [];
    for (const name of names) {
      connections.push(await openWatches(bench, await kubeconfigOf(host, name), count, () => seen++));
    }
    await sleep(SETTLE_MS);
    const after = memoryOf(pid).server;
    for (const connection of connections) mustBe(201, await connection.send('POST', MAPS, configMap('seen')));
    const all = count * OPEN_SANDBOXES;
    await until('all watches told', TOLD_MS_MAX, async () => seen === all);
    for (const connection of connections) connection.close();
    for (const name of names) await deleteSandbox(host, name);
    host.close();
    const note = `${before.toFixed(0)} MB before, ${after.toFixed(0)} MB with them; all told of a change`;
    const value = ((after - before) * 1024) / all;
    return [{ name: `memory for each of ${all} open watches`, value, unit: 'kB', better: 'lower', note }];
  },
};

/** Everybody watches the same namespace; the time is from the sending of a create to each watcher's line. */
export const watchRows: readonly Row[] = [
  openWatchesRow,
  {
    name: 'watch by 1000',
    async run(bench, protocol) {
      const namespace = await bench.namespace();
      const path = `/api/v1/namespaces/${namespace}/configmaps`;
      const watchers = bench.arguments.quick ? WATCHERS / 10 : WATCHERS;
      const connection = await bench.connect(
        protocol,
        protocol === 'h1' ? watchers + 1 : Math.ceil(watchers / 100) * 25,
      );
      const sentMs = new Map<string, number>();
      const latencies: number[] = [];
      const seen = (line: string) => {
        const name = /"name":"(event-\d+)"/.exec(line)?.[1];
        const sent = name === undefined ? undefined : sentMs.get(name);
        if (sent !== undefined) latencies.push(performance.now() - sent);
      };
      const { text } = await connection.send('GET', `${path}?limit=1`);
      const { resourceVersion } = (JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata;
      const stops: (() => void)[] = [];
      await each(watchers, 50, async () => {
        stops.push(await connection.watch(`${path}?watch=1&resourceVersion=${resourceVersion}`, seen));
      });
      const creates = CREATES_PER_SECOND * bench.arguments.secondsPerRow;
      const writer = await bench.connect(protocol, 1);
      for (let i = 0; i < creates; i++) {
        const name = `event-${i}`;
        sentMs.set(name, performance.now());
        mustBe(201, await writer.send('POST', path, configMap(name)));
        await sleep(1000 / CREATES_PER_SECOND);
      }
      await sleep(TAIL_MS);
      for (const stop of stops) stop();
      connection.close();
      writer.close();
      const sorted = Float64Array.from(latencies).sort();
      const [p50Ms, p99Ms] = [percentile(sorted, 0.5), percentile(sorted, 0.99)];
      const missed = watchers * creates - sorted.length;
      const note = `${sorted.length} events seen${missed === 0 ? '' : `, ${missed} MISSED`}`;
      const name = `watch by ${watchers}, 10 creates/s`;
      return [
        { name: `${name}: p50`, value: p50Ms, unit: 'ms', better: 'lower', reference: 23, p50Ms, p99Ms, note },
        { name: `${name}: p99`, value: p99Ms, unit: 'ms', better: 'lower', reference: 52 },
      ];
    },
  },
];
