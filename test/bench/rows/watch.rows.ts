import { each, mustBe, sleep } from '../load.js';
import { configMap } from '../objects.js';
import type { Row } from '../row.js';
import { percentile } from '../statistics.js';

const WATCHERS = 1_000;
const CREATES_PER_SECOND = 10;
/** The last events may still be on their way. */
const TAIL_MS = 1_000;

/** Everybody watches the same namespace; the time is from the sending of a create to each watcher's line. */
export const watchRows: readonly Row[] = [
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
