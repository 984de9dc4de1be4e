import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startBusyTenant } from '../busy-tenant.js';
import type { Connection } from '../connection.js';
import { endpointOf } from '../kubeconfig.js';
import { mustBe, sleep, underLoad } from '../load.js';
import { configMap } from '../objects.js';
import type { LoopDelay } from '../own-server.js';
import { mainThreadMs } from '../processes.js';
import type { Bench, Result, Row } from '../row.js';
import { createSandbox, deleteSandbox, enter, kubeconfigOf, newName } from '../sandboxes.js';
import { summaryOf } from '../statistics.js';

/** Alone and beside take turns, so that whatever else the machine does falls on both. */
const ROUNDS = 4;
/** The busy tenant runs so much longer at both ends than is measured. */
const EDGE_SECONDS = 0.5;
const BUSY_CLIENTS = 50;
const BUSY_CONNECTIONS = 2;
const MAPS = '/api/v1/namespaces/default/configmaps';
/** Between two writes of the quiet tenant. */
const PAUSE_MS = 10;

let round = 0;

interface Quiet {
  readonly latencies: number[];
  /**
   * What the server's main thread worked while each waited, milliseconds: its own work and that of all who were served
   * before it. Unlike the latencies it is the same on a machine that has other things to do.
   */
  readonly worked: number[];
}

/** A tenant who writes now and then, for so long. */
async function quietWrites(to: Connection, seconds: number, server: number | undefined): Promise<Quiet> {
  const prefix = `quiet-${round++}`;
  const latencies: number[] = [];
  const worked: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  for (let i = 0; performance.now() < endMs; i++) {
    const before = server === undefined ? 0 : mainThreadMs(server);
    const sentMs = performance.now();
    mustBe(201, await to.send('POST', MAPS, configMap(`${prefix}-${i}`)));
    latencies.push(performance.now() - sentMs);
    if (server !== undefined) worked.push(mainThreadMs(server) - before);
    await sleep(PAUSE_MS);
  }
  return { latencies, worked };
}

interface Measured {
  readonly alone: Quiet;
  readonly beside: Quiet;
  readonly rates: number[];
  /** What the server's main thread worked for each request while the busy one ran, milliseconds. */
  readonly costs: number[];
  readonly delays: LoopDelay[];
}

async function measure(bench: Bench, quiet: Connection, busyKubeconfig: string): Promise<Measured> {
  const seconds = bench.arguments.secondsPerRow / ROUNDS;
  const none = (): Quiet => ({ latencies: [], worked: [] });
  const measured: Measured = { alone: none(), beside: none(), rates: [], costs: [], delays: [] };
  const add = (to: Quiet, { latencies, worked }: Quiet) => {
    to.latencies.push(...latencies);
    to.worked.push(...worked);
  };
  for (let i = 0; i < ROUNDS; i++) {
    add(measured.alone, await quietWrites(quiet, seconds, bench.server?.pid));
    const workedMs = mainThreadMs(bench.server?.pid ?? 0);
    const busy = await startBusyTenant({
      endpoint: endpointOf(busyKubeconfig),
      clients: BUSY_CLIENTS,
      connections: BUSY_CONNECTIONS,
      seconds: seconds + 2 * EDGE_SECONDS,
      prefix: `busy-${i}`,
    });
    await sleep(EDGE_SECONDS * 1000);
    const beside = () => quietWrites(quiet, seconds, bench.server?.pid);
    const watched = bench.server ? await bench.server.loopDelay(beside) : { result: await beside(), delay: undefined };
    add(measured.beside, watched.result);
    if (watched.delay) measured.delays.push(watched.delay);
    const { ratePerSecond, count } = await busy.done;
    measured.rates.push(ratePerSecond);
    measured.costs.push((mainThreadMs(bench.server?.pid ?? 0) - workedMs) / count);
  }
  return measured;
}

const average = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;

/** One tenant at full load beside another who wants little: by how much the latter waits longer. */
const tenantsRow: Row = {
  name: 'another tenant under load',
  needs: 'host',
  async run(bench): Promise<Result[]> {
    const host = await bench.connect('h2', 1, bench.host);
    const [busyName, quietName] = [newName(), newName()];
    for (const name of [busyName, quietName]) await createSandbox(host, name);
    const quiet = await enter(bench, host, quietName);
    (await enter(bench, host, busyName)).close();
    let warm = 0;
    await underLoad({ clients: 1, seconds: bench.arguments.secondsPerRow / 5 }, async () => {
      mustBe(201, await quiet.send('POST', MAPS, configMap(`warm-${warm++}`)));
    });
    const own = monitorEventLoopDelay({ resolution: 1 });
    own.enable();
    const { alone, beside, rates, costs, delays } = await measure(bench, quiet, await kubeconfigOf(host, busyName));
    own.disable();
    for (const name of [busyName, quietName]) await deleteSandbox(host, name);
    for (const connection of [host, quiet]) connection.close();
    const [before, after] = [summaryOf(alone.latencies, 1), summaryOf(beside.latencies, 1)];
    const [workBefore, workAfter] = [summaryOf(alone.worked, 1), summaryOf(beside.worked, 1)];
    const texts = [
      `alone p50 ${before.p50Ms.toFixed(1)} p99 ${before.p99Ms.toFixed(1)} ms`,
      `beside p50 ${after.p50Ms.toFixed(1)} p99 ${after.p99Ms.toFixed(1)} ms`,
      `server worked meanwhile p50 ${workBefore.p50Ms.toFixed(1)} p99 ${workBefore.p99Ms.toFixed(1)}, beside p50 ${workAfter.p50Ms.toFixed(1)} p99 ${workAfter.p99Ms.toFixed(1)} ms`,
      ...(delays.length > 0
        ? [`server's loop p99 ${Math.max(...delays.map(({ p99Ms }) => p99Ms)).toFixed(1)} ms`]
        : []),
      `generator's ${(own.percentile(99) / 1e6 - 1).toFixed(1)} ms`,
    ];
    return [
      {
        name: 'p99 beside a tenant at full load',
        value: after.p99Ms / before.p99Ms,
        unit: 'times',
        better: 'lower',
        reference: 2,
        note: `${texts.join(', ')}; reference: target`,
      },
      {
        name: 'that tenant at full load',
        value: average(rates),
        unit: '/s',
        better: 'higher',
        note: `${average(costs).toFixed(2)} ms of the server each`,
      },
    ];
  },
};

export const tenantRows: readonly Row[] = [tenantsRow];
