import { readFileSync } from 'node:fs';
import { type BenchArguments, parseArguments } from './arguments.js';
import { type Connection, connectHttp1, connectHttp2 } from './connection.js';
import { contextsOf, type Endpoint, endpointOf } from './kubeconfig.js';
import { mustBe, until } from './load.js';
import { type OwnServer, startOwnServer } from './own-server.js';
import { tableOf, thisMachine, writeJson } from './report.js';
import type { Bench, Protocol, Result, Row } from './row.js';
import { apiRows } from './rows/api.rows.js';
import { processRows } from './rows/process.rows.js';
import { sandboxRows } from './rows/sandbox.rows.js';
import { scheduleRows } from './rows/schedule.rows.js';
import { tenantRows } from './rows/tenants.rows.js';
import { watchRows } from './rows/watch.rows.js';

/**
 * Measures a Kubernetes API from outside, over the network, with its full pipeline on: this server or any other.
 * Load comes from this process (a busy neighbour's from a third), the server is another; on a small machine they share
 * cores, as they did for the reference figures.
 */
const rows: readonly Row[] = [...processRows, ...apiRows, ...watchRows, ...scheduleRows, ...tenantRows, ...sandboxRows];

/** HTTP/2 takes many clients on few connections; a server may run each connection on one core. */
const HTTP2_CONNECTIONS_MAX = 4;
const CLIENTS_PER_CONNECTION = 25;

function connect(protocol: Protocol, clients: number, endpoint: Endpoint): Promise<Connection> {
  if (protocol === 'h1') return Promise.resolve(connectHttp1(endpoint, clients));
  const connections = Math.ceil(clients / CLIENTS_PER_CONNECTION);
  return connectHttp2(endpoint, clients > 100 ? connections : Math.min(connections, HTTP2_CONNECTIONS_MAX));
}

async function newNamespace(endpoint: Endpoint, name: string): Promise<string> {
  const connection = await connect('h2', 1, endpoint);
  mustBe(201, await connection.send('POST', '/api/v1/namespaces', JSON.stringify({ metadata: { name } })));
  // Pods are refused until their namespace has its service account.
  await until(`service account in ${name}`, 10_000, async () => {
    return (await connection.send('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`)).status === 200;
  });
  connection.close();
  return name;
}

function benchOf(options: BenchArguments, kubeconfig: string, server: OwnServer | undefined): Bench {
  const endpoint = endpointOf(kubeconfig, options.context);
  const host = contextsOf(kubeconfig).includes('host') ? endpointOf(kubeconfig, 'host') : undefined;
  let namespaces = 0;
  return {
    arguments: options,
    endpoint,
    host,
    server,
    namespace: () => newNamespace(endpoint, `bench-${process.pid}-${namespaces++}`),
    connect: (protocol, clients, to = endpoint) => connect(protocol, clients, to),
  };
}

function isWanted(row: Row, bench: Bench): boolean {
  const { only } = bench.arguments;
  if (only.length > 0 && !only.some((start) => row.name.startsWith(start))) return false;
  return row.needs === undefined || bench[row.needs] !== undefined;
}

async function runAll(bench: Bench): Promise<{ results: Result[]; failures: string[] }> {
  const results: Result[] = [];
  const failures: string[] = [];
  for (const row of rows.filter((one) => isWanted(one, bench))) {
    const { protocol } = bench.arguments;
    const protocols: Protocol[] = protocol !== 'both' ? [protocol] : row.bothProtocols ? ['h2', 'h1'] : ['h2'];
    for (const each of protocols) {
      process.stderr.write(`${row.name} …\n`);
      try {
        const measured = await row.run(bench, each);
        results.push(
          ...measured.map((one) => (protocols.length > 1 ? { ...one, name: `${one.name} (${each})` } : one)),
        );
      } catch (error) {
        failures.push(`${row.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
  return { results, failures };
}

async function main(): Promise<number> {
  const options = parseArguments(process.argv.slice(2));
  const server = options.kubeconfig === undefined ? await startOwnServer() : undefined;
  try {
    const kubeconfig = server?.kubeconfig ?? readFileSync(options.kubeconfig!, 'utf8');
    const bench = benchOf(options, kubeconfig, server);
    const { results, failures } = await runAll(bench);
    const target = bench.endpoint.origin + bench.endpoint.base;
    const { cpu, cores, node, kernel } = thisMachine();
    console.log(
      `${target} on ${cpu}, ${cores} cores, Node ${node}, Linux ${kernel}${options.quick ? ', QUICK: not to be compared' : ''}\n\n${tableOf(results)}`,
    );
    for (const failure of failures) console.error(`FAILED ${failure}`);
    console.log(`\n${writeJson(options.out, { target, quick: options.quick }, results, failures)}`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    await server?.stop();
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
