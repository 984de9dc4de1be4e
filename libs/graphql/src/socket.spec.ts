import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Executor } from './executor.js';
import { GraphqlSockets } from './socket.js';
import { SpecCluster } from './spec-cluster.js';
import { SpecGate } from './spec-gate.js';

const WATCH = 'subscription { coreV1ConfigMaps { type } }';
const CREATE =
  'mutation { coreV1 { createConfigMap(namespace: "default", object: { metadata: { name: "a" } }) { kind } } }';
const READ = '{ coreV1 { configMaps { resourceVersion } } }';

describe('a socket and the gate', () => {
  let gate: SpecGate;
  let server: Server;
  let sockets: GraphqlSockets;
  let client: Client;
  const reports: Error[] = [];

  beforeEach(async () => {
    gate = new SpecGate();
    const cluster = await SpecCluster.make();
    const executor = new Executor(cluster.schema, (error) => reports.push(error));
    sockets = new GraphqlSockets({
      clock: cluster.clock,
      report: (error) => reports.push(error),
      executorOf: async () => executor,
    });
    server = createServer();
    server.on('upgrade', (incoming: IncomingMessage, socket, head: Buffer) => {
      try {
        sockets.upgrade(incoming, socket, head, { cluster: cluster.served, request: cluster.request(), gate });
      } catch (error) {
        socket.end(`HTTP/1.1 429 ${(error as Error).message}\r\n\r\n`);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = createClient({
      url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
    });
  });
  afterEach(async () => {
    await client.dispose();
    sockets.close();
    await new Promise((resolve) => server.close(resolve));
    expect(reports).toEqual([]);
  });

  const ask = async (query: string) => (await client.iterate({ query }).next()).value;
  /** Sockets close when both ends have said so: nothing to be told of here but the count. */
  const untilWatches = async (count: number) => {
    while (gate.watches !== count) await new Promise((resolve) => setImmediate(resolve));
  };

  it('counts each operation while it runs, and by what it does', async () => {
    const asked = Promise.all([ask(READ), ask(CREATE)]);
    expect(await asked).toEqual([{ data: { coreV1: expect.any(Object) } }, { data: { coreV1: expect.any(Object) } }]);
    expect(gate.entered.toSorted()).toEqual(['admin reads', 'admin writes']);
    expect(gate.works).toBe(0);
  });

  it('counts a subscription as work while it opens, and as a watch while it is open', async () => {
    const events = client.iterate({ query: WATCH });
    expect((await events.next()).value).toMatchObject({ data: { coreV1ConfigMaps: { type: 'BOOKMARK' } } });
    // The socket itself is one.
    expect([gate.entered, gate.works, gate.watches]).toEqual([['admin reads'], 0, 2]);
    await events.return!();
    // Nothing holds the socket open any longer.
    await untilWatches(0);
  });

  it('gives back the watch of a subscription that could not be opened', async () => {
    const refused = await ask('subscription { coreV1ConfigMaps(labelSelector: "a b c") { type } }').catch(
      (error: unknown) => error,
    );
    expect(JSON.stringify(refused)).toContain('unable to parse requirement');
    await untilWatches(0);
  });

  it('refuses what is too much with an error of the operation, and goes on', async () => {
    gate.worksMax = 0;
    const extensions = { code: 429, reason: 'TooManyRequests', details: { retryAfterSeconds: 1 } };
    expect(await ask(READ)).toMatchObject({ errors: [{ message: 'too many works', extensions }] });
    gate.worksMax = 1;
    expect(await ask(READ)).toMatchObject({ data: expect.any(Object) });
    gate.watchesMax = 1;
    const refused = await ask(WATCH).catch((error: unknown) => error);
    expect(JSON.stringify(refused)).toContain('too many watches');
    expect(gate.works).toBe(0);
  });

  it('refuses a socket beyond the number that may be open', async () => {
    gate.watchesMax = 0;
    const failure = await ask(READ).catch((error: unknown) => error);
    expect((failure as { message: string }).message).toContain('429');
    expect(gate.watches).toBe(0);
  });
});
