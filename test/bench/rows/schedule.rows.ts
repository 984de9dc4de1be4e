import { each, mustBe, sleep } from '../load.js';
import { node, nodeStatus, pod } from '../objects.js';
import type { Bench, Result, Row } from '../row.js';

const MERGE = 'application/merge-patch+json';
const WAIT_MS_MAX = 60_000;

async function makeNodes(bench: Bench, count: number): Promise<() => Promise<void>> {
  const connection = await bench.connect('h2', 10);
  const name = (i: number) => `bench-node-${String(i).padStart(4, '0')}`;
  await each(count, 10, async (i) => {
    mustBe(201, await connection.send('POST', '/api/v1/nodes', JSON.stringify(node(name(i)))));
    const status = JSON.stringify(nodeStatus(Date.now()));
    mustBe(200, await connection.send('PATCH', `/api/v1/nodes/${name(i)}/status`, status, MERGE));
  });
  await each(count, 10, async (i) => {
    // What the node lifecycle controller sets on nodes that it has not seen ready yet.
    const untainted = JSON.stringify({ spec: { taints: null } });
    mustBe(200, await connection.send('PATCH', `/api/v1/nodes/${name(i)}`, untainted, MERGE));
  });
  return async () => {
    await each(count, 10, async (i) => void (await connection.send('DELETE', `/api/v1/nodes/${name(i)}`)));
    connection.close();
  };
}

/** From the first create to the last binding seen by a watch, so creating is in it. */
async function schedule(bench: Bench, pods: number): Promise<{ seconds: number; bound: number }> {
  const namespace = await bench.namespace();
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const connection = await bench.connect('h2', 50);
  const bound = new Set<string>();
  let lastMs = 0;
  const stop = await connection.watch(`${path}?watch=1`, (line) => {
    const { object } = JSON.parse(line) as { object: { metadata: { name: string }; spec?: { nodeName?: string } } };
    if (!object.spec?.nodeName || bound.has(object.metadata.name)) return;
    bound.add(object.metadata.name);
    lastMs = performance.now();
  });
  const startMs = performance.now();
  await each(pods, 50, async (i) => {
    mustBe(201, await connection.send('POST', path, pod(`p${i}`, { schedulerName: 'default-scheduler' })));
  });
  while (bound.size < pods && performance.now() - startMs < WAIT_MS_MAX) await sleep(20);
  stop();
  mustBe(200, await connection.send('DELETE', `${path}?gracePeriodSeconds=0`));
  connection.close();
  return { seconds: (lastMs - startMs) / 1000, bound: bound.size };
}

function scheduleRow(pods: number, nodes: number, reference: number): Row {
  const name = `schedule ${pods} pods on ${nodes} nodes`;
  return {
    name,
    async run(bench): Promise<Result[]> {
      const scale = bench.arguments.quick ? 5 : 1;
      const removeNodes = await makeNodes(bench, nodes / scale);
      try {
        const { seconds, bound } = await schedule(bench, pods / scale);
        const note = bound === pods / scale ? `in ${seconds.toFixed(2)} s` : `only ${bound} were bound`;
        return [{ name, value: bound / seconds, unit: 'pods/s', better: 'higher', reference, note }];
      } finally {
        await removeNodes();
      }
    },
  };
}

export const scheduleRows: readonly Row[] = [scheduleRow(1_000, 100, 533), scheduleRow(1_000, 1_000, 308)];
