import type { Connection } from './connection.js';
import { endpointOf } from './kubeconfig.js';
import { mustBe, until } from './load.js';
import type { Bench } from './row.js';

/** Where sandboxes are made. */
const PATH = '/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes';
const READY_MS_MAX = 30_000;

let made = 0;
export const newName = () => `bench-${process.pid}-${made++}`;

export async function createSandbox(host: Connection, name: string): Promise<void> {
  const body = JSON.stringify({ apiVersion: 'sandkube.dev/v1alpha1', kind: 'Sandbox', metadata: { name }, spec: {} });
  mustBe(201, await host.send('POST', PATH, body));
}

/** Its kubeconfig, as soon as there is one. */
export async function kubeconfigOf(host: Connection, name: string): Promise<string> {
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
export async function enter(bench: Bench, host: Connection, name: string): Promise<Connection> {
  const connection = await bench.connect('h2', 1, endpointOf(await kubeconfigOf(host, name)));
  await until(`nodes of ${name}`, READY_MS_MAX, async () => {
    const { status, text } = await connection.send('GET', '/api/v1/nodes');
    return status === 200 && (JSON.parse(text) as { items: unknown[] }).items.length > 0;
  });
  return connection;
}

export async function deleteSandbox(host: Connection, name: string): Promise<void> {
  await host.send('DELETE', `${PATH}/${name}`);
}
