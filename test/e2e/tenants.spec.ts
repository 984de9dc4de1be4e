import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

const PODS = '/api/v1/namespaces/default/pods';

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
    tokens.host = (
      await host.ok('--context host config view --raw --minify -o jsonpath={.users[0].user.token}')
    ).trim();
  });
  afterAll(() => server.dispose());

  async function ask(who: string, sandboxName: string, path: string, method = 'GET') {
    const token = tokens[who];
    const response = await fetch(`http://127.0.0.1:${server.httpPort}/sandboxes/${sandboxName}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(method === 'POST' ? { body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}' } : {}),
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
      ['GET', '/openapi/v3'],
      ['GET', '/metrics'],
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
