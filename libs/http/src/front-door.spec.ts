import { connect as connectHttp2, constants } from 'node:http2';
import { connect as connectTcp } from 'node:net';
import { request as httpsRequest } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { HOST_SANDBOX_ID, type SandboxId } from '#base';
import { ALPHA, aSpecServer, BETA, type SpecServer } from './spec-server.js';

let server: SpecServer;
beforeAll(async () => {
  server = await aSpecServer({
    mounts: [
      {
        path: '/echo',
        handle: async (incoming, _reply, cluster, ctx) => ({
          body: incoming.body,
          at: cluster.env.id,
          user: ctx.user.username,
        }),
        upgrade: (_incoming, socket, _head, cluster) => socket.end(`HTTP/1.1 101 Switching\r\n\r\n${cluster.env.id}`),
      },
    ],
  });
});
afterAll(() => server.close());

const MAPS = '/api/v1/namespaces/default/configmaps';
const mapNamed = (name: string) => ({ metadata: { name }, data: { k: 'v' } });

/** One HTTP/2 request; the session is closed afterwards. */
function http2Get(path: string, sandbox?: SandboxId): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(server.secure, server.client(sandbox));
    session.on('error', reject);
    const stream = session.request({ ':path': path });
    let body = '';
    let status = 0;
    stream.on('response', (headers) => (status = headers[':status'] ?? 0));
    stream.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    stream.on('end', () => {
      session.close();
      resolve({ status, body });
    });
    stream.end();
  });
}

describe('who asks', () => {
  it('knows the holder of a client certificate, over HTTP/2 and HTTP/1.1', async () => {
    const path = `/sandboxes/alpha${MAPS}`;
    expect(await http2Get(path, ALPHA)).toMatchObject({ status: 200 });
    const { ca, cert, key } = server.client(ALPHA);
    const status = await new Promise((resolve, reject) => {
      const options = { ca, cert: cert!, key: key!, agent: false as const };
      httpsRequest(server.secure + path, options, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });

  it('takes a caller without credentials for anonymous', async () => {
    const { status, body } = await http2Get(`/sandboxes/alpha${MAPS}`);
    expect(status).toBe(403);
    expect(JSON.parse(body)).toMatchObject({
      reason: 'Forbidden',
      message:
        'configmaps is forbidden: User "system:anonymous" cannot list resource "configmaps" in API group "" in the namespace "default"',
    });
  });

  it('lets anonymous see health and version, but no other path', async () => {
    for (const path of ['/readyz', '/livez', '/healthz', '/version']) {
      expect((await request(server.plain).get(path)).status).toBe(200);
    }
    const metrics = await request(server.plain).get('/metrics');
    expect(metrics.body.message).toBe('forbidden: User "system:anonymous" cannot get path "/metrics"');
  });

  it('impersonates for those who may, and nobody else', async () => {
    const as = (token: string) =>
      request(server.plain).get(`/sandboxes/alpha${MAPS}`).set('authorization', token).set('impersonate-user', 'jane');
    const { status, body } = await as(server.bearer(ALPHA));
    expect([status, body.message]).toEqual([403, expect.stringContaining('User "jane" cannot list')]);
    expect((await as('Bearer wrong')).status).toBe(401);
    const groupOnly = await request(server.plain)
      .get(`/sandboxes/alpha${MAPS}`)
      .set('authorization', server.bearer(ALPHA))
      .set('impersonate-group', 'a,b');
    expect(groupOnly.status).toBe(400);
    expect(groupOnly.body.message).toBe(
      'requested &user.DefaultInfo{Name:"", UID:"", Groups:[]string{"a,b"}, Extra:map[string][]string(nil)} without ' +
        'impersonating a user name',
    );
    const unknown = request(server.plain).get(`/sandboxes/alpha${MAPS}`).set('authorization', 'Bearer wrong');
    expect((await unknown.set('impersonate-group', 'a')).status).toBe(401);
    const anonymous = await request(server.plain).get(`/sandboxes/alpha${MAPS}`).set('impersonate-user', 'jane');
    expect([anonymous.status, anonymous.body.message]).toEqual([
      403,
      'configmaps is forbidden: User "system:anonymous" cannot impersonate-on:user-info:list resource "configmaps" in ' +
        'API group "" in the namespace "default"',
    ]);
  });
});

/** Every route that leads into a sandbox, asked with credentials of another one. */
const FOREIGN: readonly (readonly ['get' | 'post' | 'put' | 'patch' | 'delete', string])[] = [
  ['get', MAPS],
  ['get', `${MAPS}/a`],
  ['get', `${MAPS}?watch=1`],
  ['post', MAPS],
  ['put', `${MAPS}/a`],
  ['patch', `${MAPS}/a`],
  ['delete', `${MAPS}/a`],
  ['delete', MAPS],
  ['get', '/api'],
  ['get', '/apis/apps/v1'],
  ['get', '/openapi/v2'],
  ['get', '/openapi/v3'],
  ['get', '/metrics'],
  ['get', '/version'],
  ['post', '/echo'],
];

describe('a foreign sandbox', () => {
  it.each(FOREIGN)('%s %s is refused', async (method, path) => {
    for (const base of ['/sandboxes/beta', '']) {
      const response = await request(server.plain)
        [method](base + path)
        .set('authorization', server.bearer(ALPHA));
      expect([response.status, response.body.reason]).toEqual([401, 'Unauthorized']);
    }
  });

  it('is refused to a certificate of another authority', async () => {
    expect((await http2Get(`/sandboxes/beta${MAPS}`, ALPHA)).status).toBe(401);
    expect((await http2Get(MAPS, ALPHA)).status).toBe(401);
    expect((await http2Get(`/sandboxes/beta${MAPS}`, BETA)).status).toBe(200);
    expect((await http2Get(MAPS, HOST_SANDBOX_ID)).status).toBe(200);
  });

  it.each([
    ['one that is not there', '/sandboxes/gamma/api', 'gamma'],
    ['the host under a sandbox name', '/sandboxes/host/api', 'host'],
    ['an id that cannot be', '/sandboxes/A_b/api', 'A_b'],
    ['an encoded way out', '/sandboxes/%2e%2e/api', '%2e%2e'],
  ])('%s is not found, whoever asks', async (_case, path, id) => {
    for (const token of [server.bearer(ALPHA), 'Bearer wrong']) {
      const { status, body } = await request(server.plain).get(path).set('authorization', token);
      expect([status, body.message]).toEqual([404, `sandboxes.sandkube.dev "${id}" not found`]);
    }
  });

  it.each(['/sandboxes/alpha/../beta/api', '/sandboxes/alpha/%2e%2e/beta/api', '/sandboxes/alpha//api'])(
    '%s leads nowhere',
    async (path) => {
      const status = await new Promise((resolve) => {
        const { port } = new URL(server.plain);
        const socket = connectTcp(Number(port), '127.0.0.1');
        let text = '';
        socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        socket.on('close', () => resolve(text.split(' ')[1]));
        socket.write(
          `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${server.bearer(ALPHA)}\r\nconnection: close\r\n\r\n`,
        );
      });
      expect(status).toBe('404');
    },
  );

  it('sees nothing of another, whatever is written', async () => {
    const put = (name: string, sandbox: SandboxId) =>
      request(server.plain)
        .post(`/sandboxes/${sandbox}${MAPS}`)
        .set('authorization', server.bearer(sandbox))
        .send(mapNamed(name));
    expect((await put('mine', ALPHA)).status).toBe(201);
    const beta = await request(server.plain).get(`/sandboxes/beta${MAPS}`).set('authorization', server.bearer(BETA));
    expect(beta.body.items).toEqual([]);
  });
});

describe('connections', () => {
  const raw = (head: string): Promise<string> =>
    new Promise((resolve) => {
      const { port } = new URL(server.plain);
      const socket = connectTcp(Number(port), '127.0.0.1');
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
      socket.on('error', () => resolve(text));
      socket.write(head);
    });

  it('takes 60 kB of headers and answers 431 with a Status to more', async () => {
    const headers = (bytes: number) =>
      `GET /version HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-a: ${'a'.repeat(bytes)}\r\n\r\n`;
    expect(await raw(headers(60_000))).toMatch(/^HTTP\/1\.1 200/);
    const refused = await raw(headers(70_000));
    expect(refused).toMatch(/^HTTP\/1\.1 431/);
    expect(JSON.parse(refused.slice(refused.indexOf('{')))).toMatchObject({ kind: 'Status', code: 431 });
  });

  it('answers 400 with a Status to what is not HTTP', async () => {
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 .*"kind":"Status"/s);
  });

  it('ends a connection whose client opens streams only to break them off', async () => {
    const session = connectHttp2(server.secure, server.client(ALPHA));
    const closed = new Promise((resolve) => session.on('close', resolve));
    session.on('error', () => {});
    await new Promise((resolve) => session.on('connect', resolve));
    for (let i = 0; i < 10 && !session.closed; i++) {
      const streams = Array.from({ length: 100 }, () =>
        session.request({ ':path': `/sandboxes/alpha${MAPS}?watch=1` }),
      );
      for (const stream of streams) stream.on('error', () => {});
      await Promise.all(
        streams.map((stream) => new Promise((resolve) => stream.on('response', resolve).on('close', resolve))),
      );
      for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
    }
    await closed;
    expect((await http2Get('/sandboxes/alpha/version', ALPHA)).status).toBe(200);
  });
});

describe('mounts', () => {
  it('stand in every cluster, behind authentication', async () => {
    const { body } = await request(server.plain)
      .post('/sandboxes/alpha/echo')
      .set('authorization', server.bearer(ALPHA))
      .send({ a: 1 });
    expect(body).toEqual({ body: { a: 1 }, at: 'alpha', user: 'kubernetes-admin' });
  });

  it('answer malformed JSON with a Status', async () => {
    const { status, body } = await request(server.plain)
      .post('/sandboxes/alpha/echo')
      .set('authorization', server.bearer(ALPHA))
      .set('content-type', 'application/json')
      .send('{"a":');
    expect([status, body.kind]).toEqual([400, 'Status']);
  });

  it.each([
    ['/sandboxes/alpha/echo', () => server.bearer(ALPHA), /101[^]*alpha$/],
    ['/sandboxes/beta/echo', () => server.bearer(ALPHA), /^HTTP\/1\.1 401/],
    ['/sandboxes/gamma/echo', () => server.bearer(ALPHA), /^HTTP\/1\.1 404/],
    ['/sandboxes/alpha/api', () => server.bearer(ALPHA), /^HTTP\/1\.1 400/],
  ])('upgrade at %s', async (path, token, expected) => {
    const text = await new Promise<string>((resolve) => {
      const { port } = new URL(server.plain);
      const socket = connectTcp(Number(port), '127.0.0.1');
      let got = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => (got += chunk));
      socket.on('close', () => resolve(got));
      const head = `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: ${token()}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n`;
      socket.write(head);
    });
    expect(text).toMatch(expected);
  });
});
