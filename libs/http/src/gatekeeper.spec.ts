import { afterEach, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import request from 'supertest';
import type { Mount } from './door.js';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

const FULL = { readsMax: 0, writesMax: 0, sandboxMax: 10, allMax: 10 };
const PODS = '/api/v1/namespaces/default/pods';

let server: SpecServer;
afterEach(() => server.close());

/** What the answer says of the flow: [code, schema, level]. */
async function flowOf(path: string, token?: string, method: 'get' | 'post' = 'get') {
  let call = request(server.plain)[method](`/sandboxes/alpha${path}`);
  if (token !== undefined) call = call.set('authorization', token);
  const { status, headers } = await call;
  return [status, headers['x-kubernetes-pf-flowschema-uid'], headers['x-kubernetes-pf-prioritylevel-uid']];
}

describe('the flow of a request', () => {
  const EXEMPT = ['FlowSchema/exempt', 'PriorityLevelConfiguration/exempt'];
  const DEFAULT = ['FlowSchema/global-default', 'PriorityLevelConfiguration/global-default'];

  it('is told by the headers of every answer, good or bad, once the caller is known', async () => {
    server = await aSpecServer();
    const admin = server.bearer(ALPHA);
    expect(await flowOf(PODS, admin)).toEqual([200, ...EXEMPT]);
    expect(await flowOf(`${PODS}/nope`, admin)).toEqual([404, ...EXEMPT]);
    expect(await flowOf('/version')).toEqual([200, ...DEFAULT]);
    expect(await flowOf(PODS)).toEqual([403, ...DEFAULT]);
    expect(await flowOf(`${PODS}/a%2Fb`)).toEqual([404, ...DEFAULT]);
    expect(await flowOf('/readyz')).toEqual([200, 'FlowSchema/probes', 'PriorityLevelConfiguration/exempt']);
    expect(await flowOf(PODS, 'Bearer nope')).toEqual([401, undefined, undefined]);
  });

  it('is none for what lasts, except watches', async () => {
    server = await aSpecServer();
    const admin = server.bearer(ALPHA);
    expect((await flowOf(`${PODS}/a/log`, admin)).slice(1)).toEqual([undefined, undefined]);
    expect((await flowOf(`${PODS}/a/exec`, admin, 'post')).slice(1)).toEqual([undefined, undefined]);
    expect((await flowOf(`${PODS}?watch=1&timeoutSeconds=nope`, admin)).slice(1)).toEqual(EXEMPT);
  });

  it('is none on a management plane, which has no FlowSchemas', async () => {
    server = await aSpecServer();
    const { headers } = await request(server.plain).get('/version');
    expect(headers['x-kubernetes-pf-flowschema-uid']).toBeUndefined();
  });
});

describe('too many requests', () => {
  it('are answered in plain text, with Retry-After and the flow', async () => {
    server = await aSpecServer({ inFlight: FULL });
    const { status, headers, text } = await request(server.plain).get('/sandboxes/alpha/version');
    expect([status, text]).toEqual([429, 'Too many requests, please try again later.\n']);
    expect(headers).toMatchObject({
      'retry-after': '1',
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'x-kubernetes-pf-flowschema-uid': 'FlowSchema/global-default',
    });
  });

  it('wait longer the more are refused', async () => {
    server = await aSpecServer({ inFlight: FULL });
    const told: string[] = [];
    for (let i = 0; i < 12; i++) {
      if (i % 4 === 0) await server.clock.advance(1_000);
      const { headers } = await request(server.plain).get('/sandboxes/alpha/version');
      told.push(headers['retry-after']!);
    }
    expect([told[0], told[4], told[11]]).toEqual(['1', '2', '2']);
  });

  it('are not those of an exempt level', async () => {
    server = await aSpecServer({ inFlight: FULL });
    expect((await flowOf(PODS, server.bearer(ALPHA)))[0]).toBe(200);
    expect((await flowOf('/livez'))[0]).toBe(200);
  });

  it('are refused of whomever beyond what a sandbox may have, so that its neighbours are served', async () => {
    server = await aSpecServer({ inFlight: { ...FULL, sandboxMax: 0 } });
    const { status, headers } = await request(server.plain)
      .get(`/sandboxes/alpha${PODS}`)
      .set('authorization', server.bearer(ALPHA));
    expect([status, headers['retry-after']]).toEqual([429, '1']);
  });
});

describe('mounts and upgrades', () => {
  const echo: Mount = {
    path: '/echo',
    handle: async () => 'here',
    upgrade: (_request, socket, _head, _cluster, ctx, gate) => {
      const work = async () => [await gate.enter(ctx, true), gate.watch(ctx), await gate.enter(ctx, false)];
      work().then(
        () => socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\nwelcome'),
        (error: Error) => socket.end(`HTTP/1.1 101 Switching Protocols\r\n\r\n${error.message}`),
      );
    },
  };

  async function upgrade(token?: string): Promise<string> {
    const socket = connect(Number(new URL(server.plain).port), '127.0.0.1');
    const authorization = token === undefined ? '' : `authorization: ${token}\r\n`;
    let got = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (got += chunk));
    socket.write(
      `GET /sandboxes/alpha/echo HTTP/1.1\r\nhost: x\r\n${authorization}connection: upgrade\r\nupgrade: websocket\r\n\r\n`,
    );
    await new Promise((resolve) => socket.once('close', resolve));
    return got;
  }

  it('pass through the same limits', async () => {
    server = await aSpecServer({ inFlight: FULL, mounts: [echo] });
    const { status, headers, text } = await request(server.plain).get('/sandboxes/alpha/echo');
    expect([status, headers['retry-after'], text]).toEqual([429, '1', 'Too many requests, please try again later.\n']);
    const refused = await upgrade();
    expect(refused).toMatch(/^HTTP\/1\.1 429 TooManyRequests\r\n/);
    expect(refused).toMatch(/\r\nretry-after: 1\r\n[^]*\r\n\r\nToo many requests, please try again later\.\n$/);
    const admin = await request(server.plain).get('/sandboxes/alpha/echo').set('authorization', server.bearer(ALPHA));
    expect([admin.status, admin.headers['x-kubernetes-pf-flowschema-uid']]).toEqual([200, 'FlowSchema/exempt']);
  });

  it('hold the work over an open socket to them too', async () => {
    server = await aSpecServer({ inFlight: FULL, mounts: [echo], watchesMax: 1 });
    expect(await upgrade(server.bearer(ALPHA))).toMatch(/welcome$/);
    // The first one's watch was never given back.
    expect(await upgrade(server.bearer(ALPHA))).toMatch(/Too many requests, please try again later\.$/);
  });

  it('hold the work of those who are not exempt to them', async () => {
    server = await aSpecServer({ inFlight: { ...FULL, readsMax: 1, writesMax: 1 }, mounts: [echo] });
    // The handshake has left its place, a write and a read are let in; a second read is one too many for one user.
    expect(await upgrade()).toMatch(/Too many requests, please try again later\.$/);
  });
});
