import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';
import { sendBytes } from './support/wire.js';

const PODS = '/api/v1/namespaces/default/pods';
const MAPS = '/api/v1/namespaces/default/configmaps';
const MAP = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
const QUERY = { query: '{ coreV1 { namespaces { items { metadata { name } } } } }' };
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n' +
  'Sec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==';

interface List {
  metadata: { resourceVersion: string; continue?: string };
}
interface Item {
  metadata: { uid: string };
}

const sandbox = (name: string) => `
apiVersion: sandkube.dev/v1alpha1
kind: Sandbox
metadata: { name: ${name}, namespace: default }
spec: { template: starter }
`;

describe('a sandbox, to those who have no business in it', () => {
  let server: ServerProcess;
  const tokens: Record<string, string | undefined> = { anonymous: undefined, garbage: 'garbage' };

  beforeAll(async () => {
    server = await ServerProcess.start();
    const host = new Kubectl(server.kubeconfig);
    await host.ok('--context host apply -f -', `${sandbox('blue')}---${sandbox('green')}`);
    await host.ok('--context host wait --for=condition=Ready sandbox/blue sandbox/green --timeout=30s');
    const path = '/apis/sandkube.dev/v1alpha1/namespaces/default/sandboxes/green/kubeconfig';
    const green = await host.ok(`--context host get --raw ${path}`);
    tokens.green = /token: (\S+)/.exec(green)![1]!;
    const own = await host.ok(`--context host get --raw ${path.replace('green', 'blue')}`);
    tokens.blue = /token: (\S+)/.exec(own)![1]!;
    tokens.host = (
      await host.ok('--context host config view --raw --minify -o jsonpath={.users[0].user.token}')
    ).trim();
  });
  afterAll(() => server.dispose());

  async function ask(who: string, sandboxName: string, path: string, asked = 'GET', sent: object = MAP) {
    const token = tokens[who];
    const [method, object] = asked === 'QUERY' ? ['POST', QUERY] : [asked, sent];
    const hasBody = ['POST', 'PUT', 'PATCH'].includes(method) || sent !== MAP;
    const response = await fetch(`http://127.0.0.1:${server.httpPort}/sandboxes/${sandboxName}${path}`, {
      method,
      headers: {
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(object) } : {}),
    });
    return { status: response.status, body: await response.text() };
  }

  it.each(['host', 'green', 'anonymous', 'garbage'])('refuses %s whatever is asked', async (who) => {
    for (const [method, path] of [
      ['GET', PODS],
      ['GET', `${PODS}?watch=1`],
      ['GET', '/api/v1/namespaces/default'],
      ['POST', '/api/v1/namespaces/default/configmaps'],
      ['DELETE', '/api/v1/namespaces/default'],
      ['PUT', '/api/v1/namespaces/default/configmaps/x'],
      ['PATCH', '/api/v1/namespaces/default/configmaps/x'],
      ['DELETE', '/api/v1/namespaces/default/configmaps'],
      ['HEAD', PODS],
      ['GET', '/api/v1/watch/namespaces/default/pods'],
      ['GET', '/api/v1/namespaces/default/pods/x/log'],
      ['GET', '/api/v1/namespaces/default/pods/x/proxy/'],
      ['POST', '/api/v1/namespaces/default/pods/x/exec'],
      ['POST', '/api/v1/namespaces/default/pods/x/binding'],
      ['POST', '/api/v1/namespaces/default/serviceaccounts/default/token'],
      ['POST', '/apis/authentication.k8s.io/v1/tokenreviews'],
      ['POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews'],
      ['GET', '/apis/nobody.example.com/v1/things'],
      ['GET', '/openapi/v2'],
      ['GET', '/openapi/v3'],
      ['GET', '/metrics'],
      ['GET', '/logs/kube-apiserver/audit.log'],
      ['GET', '/logs/kube-apiserver/audit.log?follow=true'],
      ['GET', '/nothing/here'],
    ] as const) {
      const { status } = await ask(who, 'blue', path, method);
      expect([path, [401, 403, 404].includes(status), status]).toEqual([path, true, status]);
    }
  });

  it.each(['host', 'green', 'anonymous', 'garbage'])('tells %s nothing of what exists', async (who) => {
    const there = await ask(who, 'blue', '/api/v1/namespaces/default');
    const absent = await ask(who, 'blue', '/api/v1/namespaces/absent');
    expect(absent.status).toBe(there.status);
    expect(absent.body.replaceAll('absent', 'default')).toBe(there.body);
  });

  it.each(['host', 'green', 'garbage'])('answers no query and no subscription of %s', async (who) => {
    const query = await ask(who, 'blue', '/graphql', 'QUERY');
    expect([query.status, query.body]).toEqual([401, expect.not.stringContaining('kube-system')]);
    for (const path of ['/graphql', `${PODS}/x/exec?command=sh&stdin=true`, `${PODS}/x/portforward`]) {
      const head = `GET /sandboxes/blue${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens[who]}\r\n${UPGRADE}\r\n\r\n`;
      const { text, closed } = await sendBytes(server, head, 10_000);
      expect([path, closed, text.slice(0, 12)]).toEqual([path, true, expect.stringMatching(/^HTTP\/1\.1 40[0134]/)]);
    }
  });

  it('is told apart in what one tenant takes to another: continue tokens, revisions, UIDs, owners', async () => {
    const list = JSON.parse(
      (await ask('blue', 'blue', '/api/v1/namespaces/kube-system/configmaps?limit=1')).body,
    ) as List;
    const { resourceVersion, continue: token } = list.metadata;
    const mark = { metadata: { name: 'only-in-blue' }, data: { k: 'blue' } };
    expect((await ask('blue', 'blue', `${MAPS}`, 'POST', mark)).status).toBe(201);
    const { uid } = (JSON.parse((await ask('blue', 'blue', `${MAPS}/only-in-blue`)).body) as Item).metadata;
    // Far ahead of green, which has hardly begun.
    for (let i = 0; i < 40; i++) await ask('blue', 'blue', MAPS, 'POST', { metadata: { name: `more-${i}` } });
    const ahead = (JSON.parse((await ask('blue', 'blue', MAPS)).body) as List).metadata.resourceVersion;
    const aheadToken = Buffer.from(
      JSON.stringify({ v: 'meta.k8s.io/v1', rv: Number(ahead), start: 'kube-root-ca.crt\0' }),
    );

    const answers = [
      await ask('green', 'green', `/api/v1/namespaces/kube-system/configmaps?limit=1&continue=${token}`),
      await ask('green', 'green', `${MAPS}?limit=1&continue=${aheadToken.toString('base64url')}`),
      await ask('green', 'green', `${MAPS}?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`),
      await ask('green', 'green', `${MAPS}?resourceVersion=${ahead}&resourceVersionMatch=Exact`),
      await ask('green', 'green', `${MAPS}/only-in-blue?resourceVersion=${ahead}`),
      await ask('green', 'green', `${MAPS}?watch=1&resourceVersion=${resourceVersion}&timeoutSeconds=1`),
      await ask('green', 'green', `${MAPS}?watch=1&resourceVersion=${ahead}&timeoutSeconds=1`),
      await ask('green', 'green', `${MAPS}?fieldSelector=metadata.uid%3D${uid}`),
    ];
    expect(answers.map(({ status }) => status).filter((status) => status >= 500 && status !== 504)).toEqual([]);
    expect(answers.map(({ body }) => body).join()).not.toMatch(/only-in-blue"|more-\d/);

    const preconditions = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid } };
    expect((await ask('green', 'green', `${MAPS}/kube-root-ca.crt`, 'DELETE', preconditions)).status).toBe(409);
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'only-in-blue', uid };
    const owned = { metadata: { name: 'owned', ownerReferences: [owner] } };
    expect((await ask('green', 'green', MAPS, 'POST', owned)).status).toBe(201);
    // Its owner is in no cluster that its collector can see.
    await eventually(
      async () => (await ask('green', 'green', `${MAPS}/owned`)).status,
      (status) => status === 404,
    );
    expect((await ask('blue', 'blue', `${MAPS}/only-in-blue`)).status).toBe(200);
  });

  it('signs tokens that are valid in no other, and reviews none of them', async () => {
    const path = '/api/v1/namespaces/default/serviceaccounts/default/token';
    const made = await ask('blue', 'blue', path, 'POST', { spec: {} });
    expect(made.status).toBe(201);
    tokens.account = (JSON.parse(made.body) as { status: { token: string } }).status.token;
    // Known in its own, where it may not list pods; in the other it is nobody's.
    expect((await ask('account', 'blue', PODS)).status).toBe(403);
    expect((await ask('account', 'green', PODS)).status).toBe(401);
    const review = { spec: { token: tokens.account } };
    const reviewed = async (who: string) =>
      JSON.parse((await ask(who, who, '/apis/authentication.k8s.io/v1/tokenreviews', 'POST', review)).body) as object;
    expect(await reviewed('blue')).toMatchObject({ status: { authenticated: true } });
    expect(await reviewed('green')).not.toMatchObject({ status: { authenticated: true } });
    delete tokens.account;
  });

  it('is not found by a name that nobody has', async () => {
    for (const who of Object.keys(tokens)) expect((await ask(who, 'nobody', PODS)).status).toBe(404);
  });

  it('is refused for being elsewhere: the same tokens open their own cluster', async () => {
    expect((await ask('green', 'green', PODS)).status).toBe(200);
    const atHost = await fetch(`http://127.0.0.1:${server.httpPort}/api/v1/namespaces/default`, {
      headers: { authorization: `Bearer ${tokens.host}` },
    });
    expect(atHost.status).toBe(200);
  });
});
