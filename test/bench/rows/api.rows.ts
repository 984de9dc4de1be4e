import { each, mustBe, underLoad } from '../load.js';
import { configMap, pod } from '../objects.js';
import { type Bench, type Protocol, rate, type Result, type Row } from '../row.js';

const POD_COUNT = 500;
const REQUESTS_MAX = 200_000;

/** So many pods to read or patch, in a namespace of their own. */
async function withPods(bench: Bench, count: number): Promise<string> {
  const namespace = await bench.namespace();
  const connection = await bench.connect('h2', 10);
  await each(count, 10, async (i) => {
    mustBe(201, await connection.send('POST', `/api/v1/namespaces/${namespace}/pods`, pod(`p${i}`)));
  });
  connection.close();
  return namespace;
}

async function load(
  bench: Bench,
  protocol: Protocol,
  clients: number,
  request: (send: Awaited<ReturnType<Bench['connect']>>['send'], index: number) => Promise<void>,
) {
  const connection = await bench.connect(protocol, clients);
  const { secondsPerRow } = bench.arguments;
  // A run first, not counted: servers cache at their first requests, and V8 compiles what has run some thousand times.
  await underLoad({ clients, seconds: secondsPerRow / 2 }, (i) => request(connection.send, i + 1e7));
  const summary = await underLoad({ clients, seconds: secondsPerRow, requestsMax: REQUESTS_MAX }, (i) =>
    request(connection.send, i),
  );
  connection.close();
  return summary;
}

function createRow(
  what: string,
  path: string,
  body: (name: string) => string,
  clients: number,
  reference: number,
): Row {
  const name = `create ${what} by ${clients}`;
  return {
    name,
    bothProtocols: true,
    async run(bench, protocol): Promise<Result[]> {
      const namespace = await bench.namespace();
      const summary = await load(bench, protocol, clients, async (send, i) => {
        mustBe(201, await send('POST', `/api/v1/namespaces/${namespace}/${path}`, body(`o${i}`)));
      });
      return [rate(name, summary, reference)];
    },
  };
}

function getRow(clients: number, reference: number): Row {
  const name = `get Pod by ${clients}`;
  return {
    name,
    bothProtocols: true,
    async run(bench, protocol) {
      const namespace = await withPods(bench, 100);
      const summary = await load(bench, protocol, clients, async (send, i) => {
        mustBe(200, await send('GET', `/api/v1/namespaces/${namespace}/pods/p${i % 100}`));
      });
      return [rate(name, summary, reference)];
    },
  };
}

const patchRow: Row = {
  name: 'patch status by 10',
  bothProtocols: true,
  async run(bench, protocol) {
    const namespace = await withPods(bench, 100);
    const summary = await load(bench, protocol, 10, async (send, i) => {
      const body = JSON.stringify({ status: { message: `patch ${i}` } });
      const path = `/api/v1/namespaces/${namespace}/pods/p${i % 100}/status`;
      mustBe(200, await send('PATCH', path, body, 'application/merge-patch+json'));
    });
    return [rate('patch status by 10', summary, 1_271)];
  },
};

const listRow: Row = {
  name: 'list 500 pods',
  bothProtocols: true,
  async run(bench, protocol) {
    const namespace = await withPods(bench, POD_COUNT);
    const summary = await load(bench, protocol, 1, async (send) => {
      mustBe(200, await send('GET', `/api/v1/namespaces/${namespace}/pods`));
    });
    return [rate('list 500 pods', summary, 46)];
  },
};

export const apiRows: readonly Row[] = [
  createRow('ConfigMap', 'configmaps', configMap, 1, 618),
  createRow('ConfigMap', 'configmaps', configMap, 10, 1_940),
  createRow('ConfigMap', 'configmaps', configMap, 50, 2_983),
  createRow('Pod', 'pods', pod, 1, 571),
  createRow('Pod', 'pods', pod, 10, 1_371),
  createRow('Pod', 'pods', pod, 50, 2_058),
  getRow(1, 1_147),
  getRow(10, 3_938),
  getRow(50, 5_715),
  patchRow,
  listRow,
];
