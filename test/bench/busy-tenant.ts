import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { connectHttp2 } from './connection.js';
import type { Endpoint } from './kubeconfig.js';
import { mustBe, underLoad } from './load.js';
import { configMap } from './objects.js';
import type { Summary } from './statistics.js';

/** What a busy tenant does. */
export interface BusyWork {
  readonly endpoint: Endpoint;
  readonly clients: number;
  readonly connections: number;
  readonly seconds: number;
  /** Begins the names of what it makes. */
  readonly prefix: string;
}

const MAPS = '/api/v1/namespaces/default/configmaps';

/**
 * Load in a process of its own: what the quiet tenant's answers wait for in the generator's own event loop is not the
 * server's fault. Resolves when the load runs; its `done` when it is over.
 */
export async function startBusyTenant(work: BusyWork): Promise<{ done: Promise<Summary> }> {
  const child = fork(fileURLToPath(import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const heard = () =>
    new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve);
      child.once('exit', (code) => reject(new Error(`the busy tenant ended with ${code}`)));
    });
  child.send(work);
  await heard();
  return { done: heard() as Promise<Summary> };
}

async function beBusy({ endpoint, clients, connections, seconds, prefix }: BusyWork): Promise<void> {
  const connection = await connectHttp2(endpoint, connections);
  const load = underLoad({ clients, seconds }, async (i) =>
    mustBe(201, await connection.send('POST', MAPS, configMap(`${prefix}-${i}`))),
  );
  process.send!('started');
  const summary = await load;
  process.send!(summary, () => process.exit(0));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.once('message', (work) => {
    beBusy(work as BusyWork).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
}
