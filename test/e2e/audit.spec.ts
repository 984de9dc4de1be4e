import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, Kubectl } from './support/kubectl.js';
import { ServerProcess } from './support/server-process.js';

const LOG = '/logs/kube-apiserver/audit.log';
const POLICY = `
apiVersion: v1
kind: ConfigMap
metadata: { name: audit-policy, namespace: kube-system }
data:
  policy.yaml: |
    apiVersion: audit.k8s.io/v1
    kind: Policy
    omitStages: [RequestReceived]
    rules:
      - level: None
        nonResourceURLs: ["${LOG}"]
      - level: RequestResponse
        namespaces: [default]
        omitManagedFields: true
        resources:
          - group: ""
            resources: [configmaps, secrets]
            resourceNames: [open]
          - group: ""
            resources: [configmaps]
      - level: Metadata
`;

interface Event {
  auditID: string;
  level: string;
  stage: string;
  verb: string;
  requestURI: string;
  user: { username?: string };
  impersonatedUser?: { username: string };
  userAgent?: string;
  sourceIPs: string[];
  objectRef?: { resource: string; name?: string };
  responseStatus?: { code: number; reason?: string; message?: string };
  requestObject?: object;
  responseObject?: object;
  annotations?: Record<string, string>;
}

describe('audit', () => {
  let server: ServerProcess;
  let kubectl: Kubectl;
  let token: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    kubectl = new Kubectl(server.kubeconfig);
    token = (await kubectl.ok('config view --raw --minify -o jsonpath={.users[0].user.token}')).trim();
  });
  afterAll(() => server.dispose());

  const ask = (path: string, init: RequestInit & { as?: string } = {}) =>
    fetch(`http://127.0.0.1:${server.httpPort}/sandboxes/default${path}`, {
      ...init,
      headers: { authorization: `Bearer ${init.as ?? token}`, ...(init.headers as Record<string, string>) },
    });

  async function events(query = ''): Promise<Event[]> {
    const response = await ask(LOG + query);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    const lines = (await response.text()).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Event);
  }

  it('records nothing before there is a policy', async () => {
    expect(await events()).toEqual([]);
  });

  it('refuses a policy that is none', async () => {
    const refused = await kubectl.refused('apply -f -', POLICY.replace('level: Metadata', 'level: Gossip'));
    expect(refused).toContain(
      'The ConfigMap "audit-policy" is invalid: data[policy.yaml].rules[2].level: Unsupported value: "Gossip": ' +
        'supported values: "None", "Metadata", "Request", "RequestResponse"',
    );
    expect(await events()).toEqual([]);
  });

  it('records from the answer to the policy on, whoever acts', async () => {
    await kubectl.ok('apply -f -', POLICY);
    await kubectl.ok('create configmap told --from-literal=k=v');
    await kubectl.ok('create secret generic hidden --from-literal=k=hunter2');
    await kubectl.ok('create deployment web --image=nginx');
    await kubectl.refused('get pods --as=nobody');
    await kubectl.ok('rollout status deployment/web --timeout=30s');
    await ask('/api/v1/pods', { as: 'garbage.token.here' });
    const query = JSON.stringify({ query: '{ coreV1 { configMap(name: "told") { metadata { name } } } }' });
    await ask('/graphql', { method: 'POST', body: query, headers: { 'content-type': 'application/json' } });
    const asKim = {
      'content-type': 'application/json',
      'impersonate-user': 'kim',
      'impersonate-group': 'system:masters',
    };
    await ask('/graphql', { method: 'POST', body: query, headers: asKim });

    const all = await events();
    const of = (verb: string, resource: string, name?: string) =>
      all.filter(
        (one) => one.verb === verb && one.objectRef?.resource === resource && (!name || one.objectRef.name === name),
      );
    expect(of('create', 'configmaps', 'told')[0]).toMatchObject({
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      requestURI: expect.stringMatching(
        /^\/sandboxes\/default\/api\/v1\/namespaces\/default\/configmaps\?fieldManager=/,
      ),
      userAgent: expect.stringContaining('kubectl'),
      sourceIPs: ['127.0.0.1'],
      responseStatus: { code: 201 },
      requestObject: { data: { k: 'v' } },
      responseObject: { data: { k: 'v' } },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    });
    expect(of('create', 'secrets', 'hidden')[0]).toMatchObject({ level: 'Metadata', responseStatus: { code: 201 } });
    expect(JSON.stringify(all)).not.toMatch(/hunter2|aHVudGVyMg|garbage\.token/);
    expect(of('list', 'pods').find((one) => one.impersonatedUser)).toMatchObject({
      impersonatedUser: { username: 'nobody' },
      responseStatus: { code: 403, reason: 'Forbidden' },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    });
    expect(all.find((one) => one.responseStatus?.code === 401)).toMatchObject({
      user: {},
      verb: 'list',
      stage: 'ResponseStarted',
      responseStatus: { message: 'Authentication failed, attempted: bearer' },
    });
    // A step of a GraphQL operation, too, is the requester's, who acts as somebody else.
    expect(of('get', 'configmaps', 'told').at(-1)).toMatchObject({
      user: { username: 'kubernetes-admin' },
      impersonatedUser: { username: 'kim' },
    });
    expect(of('create', 'pods', undefined).map((one) => one.user.username)).toContain(
      'system:serviceaccount:kube-system:replicaset-controller',
    );
    expect(of('create', 'pods').some((one) => one.user.username === 'system:kube-scheduler')).toBe(true);
    expect(
      of('patch', 'pods')
        .concat(of('update', 'pods'))
        .some((one) => one.user.username?.startsWith('system:node:')),
    ).toBe(true);
    expect(all.find((one) => one.requestURI.endsWith('/graphql'))).toMatchObject({ verb: 'post' });
    expect(of('get', 'configmaps', 'told').at(-1)).toMatchObject({ level: 'RequestResponse' });
  });

  it('records the start and the end of a watch', async () => {
    await (await ask('/api/v1/namespaces/default/configmaps?watch=1&timeoutSeconds=1')).text();
    const watch = (await events()).filter(({ requestURI }) => requestURI.includes('timeoutSeconds=1'));
    expect(watch.map(({ stage }) => stage)).toEqual(['ResponseStarted', 'ResponseComplete']);
  });

  it('is read a part at a time, packed, or not at all', async () => {
    expect(await events('?limit=2')).toHaveLength(2);
    expect(await events('?since=2099-01-01T00:00:00Z')).toEqual([]);
    expect((await ask(`${LOG}?since=yesterday`)).status).toBe(400);
    expect((await ask(`${LOG}?limit=0`)).status).toBe(400);
    expect((await ask(LOG, { method: 'HEAD' })).status).toBe(200);
    const packed = await ask(LOG, { headers: { 'accept-encoding': 'gzip' } });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect((await packed.text()).split('\n').length).toBeGreaterThan(5);
    const refused = await ask(LOG, { headers: { 'impersonate-user': 'nobody' } });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining(`cannot get path`)]);
  });

  it('loses nothing when the server is stopped, and nothing that was answered when it is killed in mode blocking', async () => {
    const create = async (name: string) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
      const body = JSON.stringify({ metadata: { name } });
      return (await ask('/api/v1/namespaces/default/configmaps', { ...init, body })).status;
    };
    const recorded = async () => {
      const created = (await events()).filter(({ verb, stage }) => verb === 'create' && stage === 'ResponseComplete');
      return created.map(({ requestObject }) => (requestObject as { metadata?: { name: string } })?.metadata?.name);
    };
    const before = await events('?limit=1');
    expect(await create('stopped')).toBe(201);
    await server.stop();
    server = await ServerProcess.start({}, server);
    expect(await events()).toEqual(expect.arrayContaining(before));
    expect(await recorded()).toContain('stopped');

    const mode = await kubectl.refused(`patch configmap audit-policy -n kube-system -p {"data":{"mode":"sometimes"}}`);
    expect(mode).toContain('data[mode]: Unsupported value: "sometimes": supported values: "batch", "blocking"');
    await kubectl.ok(`patch configmap audit-policy -n kube-system -p {"data":{"mode":"blocking"}}`);
    const answered: string[] = [];
    const writers = [1, 2, 3].map(async (writer) => {
      for (let i = 0; ; i++) if ((await create(`k${writer}-${i}`)) === 201) answered.push(`k${writer}-${i}`);
    });
    await eventually(
      async () => answered.length,
      (count) => count > 30,
    );
    await server.kill();
    await Promise.allSettled(writers);
    server = await ServerProcess.start({}, server);
    expect(await recorded()).toEqual(expect.arrayContaining(answered));
  });

  it('is followed while things are done, and ends with its policy', async () => {
    const path = `/sandboxes/default${LOG}?follow=true&limit=1`;
    const response = await fetch(`http://127.0.0.1:${server.httpPort}${path}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await kubectl.ok('get configmap told');
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.includes('"name":"told"')) break;
    }
    await kubectl.ok('delete configmap audit-policy -n kube-system');
    const { length } = await events();
    await kubectl.ok('get pods');
    expect(await events()).toHaveLength(length);
  });
});
