import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fastify, { type FastifyInstance } from 'fastify';
import { getIntrospectionQuery } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { ANONYMOUS } from '#auth';
import { StatusError } from '#apimachinery';
import { graphqlMount, type GraphqlMount } from './mount.js';
import { ADMIN, SpecCluster } from './spec-cluster.js';
import { SpecGate } from './spec-gate.js';

const PREFIX = '/sandboxes/spec';
const reports: Error[] = [];

/** The mount as the HTTP library serves it, at a sandbox's address. */
async function serve(cluster: SpecCluster, mount: GraphqlMount): Promise<FastifyInstance> {
  const app = fastify({ forceCloseConnections: true });
  const user = (request: { headers: IncomingMessage['headers'] }) => (request.headers['x-user'] ? ADMIN : ANONYMOUS);
  app.setErrorHandler((error, _request, reply) =>
    error instanceof StatusError ? reply.code(error.code).send(error.toStatus()) : reply.code(500).send(String(error)),
  );
  app.all(`${PREFIX}/graphql*`, (request, reply) =>
    mount.handle(request, reply, cluster.served, cluster.request(user(request))),
  );
  app.server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) =>
    mount.upgrade(request, socket, head, cluster.served, cluster.request(user(request)), new SpecGate()),
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  return app;
}

interface Answer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  json(): { data: never; errors: { message: string; extensions: { code: unknown } }[]; extensions?: unknown };
}

/** Over a real connection, as the server answers it. */
async function ask(app: FastifyInstance, path: string, init: RequestInit = {}): Promise<Answer> {
  const { port } = app.server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}${PREFIX}${path}`, init);
  const body = await response.text();
  const headers = Object.fromEntries(response.headers);
  return { statusCode: response.status, headers, body, json: () => JSON.parse(body) as ReturnType<Answer['json']> };
}

describe('graphqlMount', () => {
  let cluster: SpecCluster;
  let mount: GraphqlMount;
  let app: FastifyInstance;
  let clients: Client[];
  beforeAll(async () => {
    cluster = await SpecCluster.make();
    mount = graphqlMount({ clock: cluster.clock, report: (error) => reports.push(error) });
    app = await serve(cluster, mount);
    await cluster.create('configmaps', { metadata: { name: 'first' }, data: { a: '1' } });
  });
  beforeEach(() => {
    clients = [];
    reports.length = 0;
  });
  afterAll(async () => {
    await mount.close();
    await app.close();
  });

  const post = (body: object, headers: Record<string, string> = { 'x-user': 'admin' }, to = app) =>
    ask(to, '/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const names = '{ coreV1 { configMaps { items { metadata { name } } } } }';
  const everyName = { coreV1: { configMaps: { items: [{ metadata: { name: 'first' } }] } } };

  it('answers POST and GET', async () => {
    expect((await post({ query: names })).json()).toEqual({ data: everyName });
    const got = await ask(app, `/graphql?query=${encodeURIComponent(names)}`, {
      headers: { accept: 'application/json', 'x-user': 'admin', 'apollo-require-preflight': '1' },
    });
    expect(got.json()).toEqual({ data: everyName });
  });

  it.each([
    [
      'a query by GET that a page of another site could send',
      { method: 'GET', url: `?query=${encodeURIComponent(names)}` },
    ],
    ['a form', { method: 'POST', url: '', headers: { 'content-type': 'text/plain' }, body: names }],
    [
      'a batch',
      {
        method: 'POST',
        url: '',
        headers: { 'content-type': 'application/json' },
        body: '[{"query":"{__typename}"}]',
      },
    ],
    ['nothing', { method: 'POST', url: '', headers: { 'content-type': 'application/json' }, body: '{}' }],
  ] as const)('refuses %s', async (_what, { url, ...request }) => {
    const response = await ask(app, `/graphql${url}`, request);
    expect(response.statusCode).toBe(400);
  });

  it.each([
    ['an unknown field', '{ coreV1 { plods { continue } } }', 'Cannot query field "plods" on type "CoreV1Queries"'],
    ['bad syntax', '{ coreV1 {', 'Syntax Error'],
    [
      'a deep query',
      `{ coreV1 { pod(name: "p") { ${'owner { ... on CoreV1Pod { '.repeat(14)} kind ${'} }'.repeat(14)} } } }`,
      'more than the 15 allowed',
    ],
  ])('refuses %s', async (_what, query, message) => {
    const response = await post({ query });
    expect(response.statusCode).toBe(400);
    expect(response.json().errors[0]!.message).toContain(message);
  });

  it('refuses a query text that is too long', async () => {
    const response = await post({ query: `{ __typename ${' '.repeat(100_001)} }` });
    expect(response.json()).toMatchObject({ kind: 'Status', code: 413 });
  });

  it('gives failures of the API as code, reason and details', async () => {
    const response = await post({ query: '{ coreV1 { pod(name: "none") { kind } } }' });
    expect(response.json()).toEqual({
      data: { coreV1: { pod: null } },
      errors: [
        {
          message: 'pods "none" not found',
          locations: [{ line: 1, column: 12 }],
          path: ['coreV1', 'pod'],
          extensions: { code: 404, reason: 'NotFound', details: { name: 'none', kind: 'pods' } },
        },
      ],
    });
  });

  it('tells nobody but the log of what is broken inside', async () => {
    const broken = graphqlMount({ clock: cluster.clock, report: (error) => reports.push(error) });
    const served = {
      ...cluster.served,
      verbs: { ...cluster.served.verbs, list: () => Promise.reject(new Error('password=1')) },
    };
    const inside = await serve(Object.assign(Object.create(cluster), { served }), broken);
    const response = await post({ query: names }, { 'x-user': 'admin' }, inside);
    await inside.close();
    expect(response.body).not.toContain('password');
    expect(response.json().errors[0]!.extensions).toMatchObject({ code: 500, reason: 'InternalError' });
    expect(reports.map((error) => error.message)).toEqual(['password=1']);
  });

  it('passes the warnings of a write on', async () => {
    const object = { metadata: { name: 'warned' }, dada: {} };
    const response = await post({
      query: 'mutation M($o: Manifest!) { coreV1 { createConfigMap(object: $o, dryRun: true) { metadata { name } } } }',
      variables: { o: object },
    });
    expect(response.json()).toEqual({
      data: { coreV1: { createConfigMap: { metadata: { name: 'warned' } } } },
      extensions: { warnings: ['unknown field "dada"'] },
    });
  });

  it('answers introspection, the second time from memory', async () => {
    const first = await post({ query: getIntrospectionQuery() }, {});
    expect(first.json().data).toMatchObject({ __schema: { queryType: { name: 'Query' } } });
    expect((await post({ query: getIntrospectionQuery() }, {})).body).toBe(first.body);
  });

  it('gives browsers a page whose every file comes from here', async () => {
    const page = await ask(app, '/graphql', { headers: { accept: 'text/html' } });
    const { port } = app.server.address() as AddressInfo;
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("script-src 'self'");
    expect(page.headers['content-security-policy']).toContain(
      `connect-src 'self' ws://127.0.0.1:${port} wss://127.0.0.1:${port}`,
    );
    expect(page.body).not.toMatch(/https?:\/\//);
    const files = [...page.body.matchAll(/(?:src|href)="(graphql[^"]+)"/g)].map((match) => match[1]!);
    expect(files).toHaveLength(7);
    for (const file of files) {
      const asset = await ask(app, `/${file}`);
      expect([file, asset.statusCode, asset.headers['content-type']]).toEqual([
        file,
        200,
        expect.stringMatching(file.endsWith('.css') ? /^text\/css/ : /^text\/javascript/),
      ]);
      expect(asset.body.length).toBeGreaterThan(100);
      const again = await ask(app, `/${file}`, { headers: { 'if-none-match': asset.headers['etag']! } });
      expect(again.statusCode).toBe(304);
    }
  });

  it.each(['assets/none.js', 'assets/%2e%2e%2fmount.js', 'assets/constructor', 'else'])(
    'has nothing at %s',
    async (path) => {
      expect((await ask(app, `/graphql/${path}`)).statusCode).toBe(404);
    },
  );

  const client = (connectionParams: Record<string, string>) => {
    const { port } = app.server.address() as AddressInfo;
    const made = createClient({
      url: `ws://127.0.0.1:${port}${PREFIX}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams,
    });
    clients.push(made);
    return made;
  };
  const asAdmin = { authorization: 'Bearer admin' };

  it('subscribes over a socket: what exists, a bookmark, each change', async () => {
    const query = 'subscription { coreV1ConfigMaps(labelSelector: "w=1") { type object { metadata { name } data } } }';
    await cluster.create('configmaps', { metadata: { name: 'w1', labels: { w: '1' } }, data: { a: '1' } });
    const events = client(asAdmin).iterate({ query });
    const next = async () => (await events.next()).value?.data?.['coreV1ConfigMaps'];
    expect(await next()).toEqual({ type: 'ADDED', object: { metadata: { name: 'w1' }, data: { a: '1' } } });
    expect(await next()).toEqual({ type: 'BOOKMARK', object: null });
    await cluster.create('configmaps', { metadata: { name: 'w2', labels: { w: '1' } } });
    expect(await next()).toEqual({ type: 'ADDED', object: { metadata: { name: 'w2' }, data: null } });
    await events.return!();
    await clients[0]!.dispose();
  });

  it('runs queries over a socket too', async () => {
    const results = client(asAdmin).iterate({ query: names });
    expect((await results.next()).value).toMatchObject({
      data: { coreV1: { configMaps: { items: expect.any(Array) } } },
    });
    await clients[0]!.dispose();
  });

  it.each([
    [
      'without credentials, as REST does',
      {},
      'subscription { coreV1Secrets { type } }',
      { code: 403, reason: 'Forbidden' },
    ],
    ['what is no query', asAdmin, '{ coreV1 { ', undefined],
    [
      'resuming from the future',
      asAdmin,
      'subscription { coreV1Secrets(resourceVersion: "x") { type } }',
      expect.objectContaining({ code: 400 }),
    ],
  ])('refuses %s', async (_what, params, query, extensions) => {
    const failure = await client(params as Record<string, string>)
      .iterate({ query })
      .next()
      .catch((error: unknown) => error);
    const errors = Array.isArray(failure) ? failure : (failure as { value: { errors: unknown[] } }).value.errors;
    expect(errors[0]).toMatchObject({ message: expect.any(String), ...(extensions ? { extensions } : {}) });
    await clients[0]!.dispose();
  });

  it('closes a socket that brings a bad token', async () => {
    const { port } = app.server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}${PREFIX}/graphql`, 'graphql-transport-ws');
    socket.on('open', () => socket.send('{"type":"connection_init","payload":{"authorization":"Basic eA=="}}'));
    const code = await new Promise((resolve) => socket.once('close', resolve));
    expect(code).toBe(4403);
  });

  it('lets no page of another site open a socket', async () => {
    const { port } = app.server.address() as AddressInfo;
    const attempt = (origin: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}${PREFIX}/graphql`, 'graphql-transport-ws', { origin });
        socket.once('open', () => (socket.close(), resolve('open')));
        socket.once('error', (error) => resolve(error.message));
      });
    expect(await attempt('https://evil.example')).toContain('403');
    expect(await attempt(`http://127.0.0.1:${port}`)).toBe('open');
  });
});
