import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { HOST_SANDBOX_ID } from '#base';
import { ALPHA, aSpecServer, type SpecServer } from './spec-server.js';

interface Event {
  auditID: string;
  stage: string;
  verb: string;
  requestURI: string;
  user: { username?: string };
  impersonatedUser?: object;
  objectRef?: object;
  responseStatus?: { code: number; status?: string; reason?: string; message?: string };
}

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';

let server: SpecServer;
beforeEach(async () => {
  const fails = async () => {
    throw new Error('the secret of another tenant');
  };
  server = await aSpecServer({
    inFlight: { readsMax: 5, writesMax: 5, sandboxMax: 1, allMax: 10 },
    mounts: [{ path: '/fails', handle: fails }],
  });
});
afterEach(() => server.close());

async function policy(rules: string, mode?: string) {
  const data = {
    ...(mode ? { mode } : {}),
    'policy.yaml': `{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [${rules}]}`,
  };
  const made = await request(server.plain)
    .post('/sandboxes/alpha/api/v1/namespaces/kube-system/configmaps')
    .set('authorization', server.bearer(ALPHA))
    .send({ metadata: { name: 'audit-policy' }, data });
  expect(made.status).toBe(201);
}

function get(path: string, headers: Record<string, string> = {}) {
  let call = request(server.plain).get(`/sandboxes/alpha${path}`);
  const all: Record<string, string> = { authorization: server.bearer(ALPHA), ...headers };
  for (const [name, value] of Object.entries(all)) if (value !== '') call = call.set(name, value);
  return call;
}

async function events(): Promise<Event[]> {
  let text = '';
  for await (const piece of server.auditLog.read(ALPHA)) text += piece;
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Event);
}

const ALL = '{level: RequestResponse}';

describe('what is recorded of a request over HTTP', () => {
  it.each<[what: string, headers: Record<string, string>, path: string, message: string]>([
    ['a token', { authorization: 'Bearer nope.nope.nope' }, PODS, 'Authentication failed, attempted: bearer'],
    [
      'a token, and another in the URL',
      { authorization: 'bearer nope' },
      `${PODS}?access_token=hush`,
      'Authentication failed, attempted: bearer, access_token',
    ],
  ])('%s that nobody knows: one event, without a user', async (_what, headers, path, message) => {
    await policy(ALL);
    expect((await get(path, headers)).status).toBe(401);
    const told = (await events()).filter(({ verb }) => verb === 'list');
    expect(told).toEqual([
      expect.objectContaining({
        stage: 'ResponseStarted',
        user: {},
        responseStatus: { metadata: {}, message, code: 401 },
        objectRef: { resource: 'pods', namespace: 'default', apiVersion: 'v1' },
      }),
    ]);
    expect(JSON.stringify(told)).not.toMatch(/nope|hush/);
  });

  it('a failed authentication is nobody, to a policy that speaks of users', async () => {
    await policy('{level: None, userGroups: ["system:masters"]}, {level: Metadata, omitStages: [ResponseComplete]}');
    await get(PODS, { authorization: 'Bearer nope' });
    await get(PODS);
    expect((await events()).map(({ stage }) => stage)).toEqual(['ResponseStarted']);
  });

  it('who acts, and as whom: the requester is the user', async () => {
    await policy('{level: Metadata, users: [kubernetes-admin], verbs: [list], omitStages: [RequestReceived]}');
    expect((await get(PODS, { 'impersonate-user': 'kim', 'impersonate-group': 'dev' })).status).toBe(403);
    expect(await events()).toEqual([
      expect.objectContaining({
        stage: 'ResponseComplete',
        user: expect.objectContaining({ username: 'kubernetes-admin' }),
        impersonatedUser: { username: 'kim', groups: ['dev', 'system:authenticated'] },
        authenticationMetadata: { impersonationConstraint: 'impersonate:user-info' },
        responseStatus: expect.objectContaining({ code: 403, reason: 'Forbidden' }),
      }),
    ]);
  });

  it('no constraint of who acts by the plain right alone', async () => {
    await policy('{level: Metadata, users: [kubernetes-admin], verbs: [list], omitStages: [RequestReceived]}');
    await get(PODS, { 'impersonate-user': 'kim', 'impersonate-group': 'system:masters' });
    const [event] = await events();
    expect(event).toMatchObject({ impersonatedUser: { username: 'kim' } });
    expect(event).not.toHaveProperty('authenticationMetadata');
  });

  it('who wants to act as somebody and may not: nobody is impersonated', async () => {
    await policy('{level: Metadata, omitStages: [RequestReceived]}');
    expect((await get(PODS, { authorization: '', 'impersonate-user': 'kim' })).status).toBe(403);
    const [denied, ...more] = (await events()).filter(({ verb }) => verb === 'list');
    expect(more).toEqual([]);
    expect(denied).toMatchObject({ user: { username: 'system:anonymous' }, responseStatus: { code: 403 } });
    expect(denied).not.toHaveProperty('impersonatedUser');
  });

  it('what nobody expected ends in stage Panic, and tells no more than the client learns', async () => {
    await policy(ALL);
    const { status, headers } = await get('/fails');
    expect([status, server.unexpected.splice(0)]).toMatchObject([500, [{ message: 'the secret of another tenant' }]]);
    const told = (await events()).filter(({ requestURI }) => requestURI.endsWith('/fails'));
    expect(told.map(({ stage }) => stage)).toEqual(['RequestReceived', 'Panic']);
    expect(told[1]).toMatchObject({
      auditID: told[0]!.auditID,
      responseStatus: {
        status: 'Failure',
        reason: 'InternalError',
        code: 500,
        message: expect.stringMatching(/^APIServer panic'd: Internal error occurred: request .+ failed unexpectedly/),
      },
    });
    expect(told[1]).not.toHaveProperty('responseObject');
    expect(JSON.stringify(told)).not.toContain('another tenant');
    expect(headers['content-type']).toContain('application/json');
  });

  it('what was refused for its query', async () => {
    await policy('{level: Metadata, omitStages: [RequestReceived]}');
    expect((await get(`${MAPS}?limit=%zz`)).status).toBe(400);
    const [told] = (await events()).filter(({ requestURI }) => requestURI.includes('%zz'));
    expect(told).toMatchObject({ user: { username: 'kubernetes-admin' }, responseStatus: { code: 400 } });
  });

  it('before its answer goes out, where the policy says so', async () => {
    const written = async () => {
      let text = '';
      for (const row of await server.auditRows.read(ALPHA, 0, 1_000)) text += row.text;
      return text;
    };
    await policy(ALL, 'blocking');
    expect((await get(`${MAPS}/none`)).status).toBe(404);
    expect(await written()).toContain(`${MAPS}/none`);
    expect((await get(MAPS)).status).toBe(200);
    expect(await written()).toContain('"ConfigMapList"');
  });

  it('what was turned away at the door, before anybody asked who it was', async () => {
    await policy('{level: Metadata}');
    const socket = connect(Number(new URL(server.plain).port), '127.0.0.1');
    const head = `POST /sandboxes/alpha${MAPS} HTTP/1.1\r\nhost: x\r\nauthorization: ${server.bearer(ALPHA)}`;
    socket.write(`${head}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n`);
    while (!(await events()).some(({ verb }) => verb === 'create'))
      await new Promise((resolve) => setImmediate(resolve));
    const { status } = await request(server.plain).post(`/sandboxes/alpha${PODS}`).send({});
    expect(status).toBe(429);
    const told = (await events()).filter(({ requestURI }) => requestURI.endsWith('/pods'));
    expect(told.map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete']);
    expect(told[1]).toMatchObject({ user: {}, responseStatus: { code: 429, reason: 'TooManyRequests' } });
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.destroy();
    await closed;
  });
});

describe('a log that is followed', () => {
  const LOG = '/logs/kube-apiserver/audit.log';

  async function follow(query = '') {
    const headers = { authorization: server.bearer(ALPHA), 'accept-encoding': 'gzip' };
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const url = `${server.plain}/sandboxes/alpha${LOG}?follow=true${query}`;
      httpGet(url, { headers, agent: false }, resolve).once('error', reject);
    });
    const got = { text: '', ended: false };
    response.setEncoding('utf8').on('data', (chunk: string) => (got.text += chunk));
    response.once('end', () => (got.ended = true)).on('error', () => undefined);
    return { response, got };
  }

  /** Moves the clock in steps until it is so: bytes take their own time. */
  async function until(isSo: () => boolean | Promise<boolean>) {
    for (let i = 0; i < 200 && !(await isSo()); i++) {
      await server.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await isSo()).toBe(true);
  }

  async function longRunning(): Promise<number> {
    const call = request(server.plain).get('/metrics').set('authorization', server.bearer(HOST_SANDBOX_ID));
    return Number(/^apiserver_longrunning_requests (\d+)$/m.exec((await call).text)![1]);
  }

  it('brings what is done, while it is done, and is itself recorded as what lasts', async () => {
    await policy('{level: Metadata, nonResourceURLs: ["/logs/*"]}, {level: Metadata, omitStages: [RequestReceived]}');
    const { response, got } = await follow('&limit=1');
    expect([response.statusCode, response.headers['content-encoding']]).toEqual([200, undefined]);
    expect(await longRunning()).toBe(1);
    await get(`${MAPS}/first`);
    await until(() => got.text.includes('/first'));
    await get(`${MAPS}/second`);
    await until(() => got.text.includes('/second'));
    expect(got.ended).toBe(false);
    response.destroy();
    await until(async () => (await longRunning()) === 0);
    const stages = (await events()).filter(({ requestURI }) => requestURI.includes(LOG)).map(({ stage }) => stage);
    expect(stages).toEqual(['RequestReceived', 'ResponseStarted', 'ResponseComplete']);
  });

  it('ends when its time is over', async () => {
    const { got } = await follow('&timeoutSeconds=30');
    await server.clock.advance(29_000);
    expect([got.ended, await longRunning()]).toEqual([false, 1]);
    await until(() => got.ended);
    expect(await longRunning()).toBe(0);
  });

  it('ends in good order when the server stops', async () => {
    await policy('{level: Metadata}');
    const { got } = await follow();
    await get(`${MAPS}/last`);
    await server.clock.advance(200);
    await server.door.close(1_000);
    await until(() => got.ended);
    expect(got.text.endsWith('}\n')).toBe(true);
  });

  it('is refused as other reading is', async () => {
    expect((await get(`${LOG}?follow=true`, { authorization: '' })).status).toBe(403);
    expect((await get(`${LOG}?follow=true&limit=0`)).status).toBe(400);
    expect((await get(`${LOG}?follow=true&timeoutSeconds=soon`)).status).toBe(400);
    expect(await longRunning()).toBe(0);
  });
});
