import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const json = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)), format: 'json' as const });
const text = (raw: string) => ({ bytes: Buffer.from(raw), format: 'json' as const });
const failure = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );
const aConfigMap = (metadata: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata,
  ...more,
});

describe('create', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await aSpecCluster();
  });
  const send = (body: unknown, options = {}) =>
    cluster.verbs.create(cluster.ctx(), cluster.target('configmaps'), json(body), options);

  it.each<[string, unknown, number, string]>([
    [
      'another kind',
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
      400,
      'Pod in version "v1" cannot be handled as a ConfigMap: converting (v1.Pod) to (core.ConfigMap): unknown conversion',
    ],
    [
      'an unknown kind',
      { apiVersion: 'v1', kind: 'Nope' },
      400,
      'Nope in version "v1" cannot be handled as a ConfigMap: no kind "Nope" is registered for version "v1" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      'a value of the wrong type',
      aConfigMap({ name: 'a' }, { data: { a: 1 } }),
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'a resourceVersion',
      aConfigMap({ name: 'a', resourceVersion: '1' }),
      400,
      'resourceVersion should not be set on objects to be created',
    ],
    [
      'another namespace',
      aConfigMap({ name: 'a', namespace: 'other' }),
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'no name',
      aConfigMap({}),
      422,
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    ],
  ])('refuses %s', async (_what, body, code, message) => {
    expect(await failure(send(body))).toMatchObject({ code, message });
  });

  it('takes what a body leaves out from the URL', async () => {
    expect((await send({ metadata: { name: 'a' } })).object()).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'default' },
    });
  });

  it.each([
    ['Ignore', [], undefined],
    ['Warn', ['unknown field "metadata.color"', 'unknown field "dat"'], undefined],
    [
      'Strict',
      [],
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "metadata.color", unknown field "dat"',
    ],
  ] as const)('treats unknown fields as fieldValidation=%s wants', async (fieldValidation, warnings, message) => {
    const body = aConfigMap({ name: 'a', color: 'red' }, { dat: {} });
    const result = await failure(send(body, { fieldValidation }));
    if (message) expect(result).toMatchObject({ code: 400, message });
    else expect((result as { text: string }).text).not.toContain('color');
    expect(cluster.warnings).toEqual(warnings);
  });

  it('warns of duplicate fields', async () => {
    const body = text('{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}');
    await cluster.verbs.create(cluster.ctx(), cluster.target('configmaps'), body, {});
    expect(cluster.warnings).toEqual(['duplicate field "data.k"']);
  });

  it('says what is there already', async () => {
    await send(aConfigMap({ name: 'a' }));
    const taken = { code: 409, reason: 'AlreadyExists', message: 'configmaps "a" already exists' };
    expect(await failure(send(aConfigMap({ name: 'a' })))).toMatchObject(taken);
    expect(await failure(send(aConfigMap({ name: 'a' }), { dryRun: true }))).toMatchObject(taken);
  });

  it('makes names, and keeps what the server alone writes', async () => {
    const made = await send(
      aConfigMap({ generateName: 'a-', uid: 'x', generation: 7, creationTimestamp: '2000-01-01T00:00:00Z' }),
    );
    const { metadata } = made.object();
    expect(metadata.name).toMatch(/^a-[a-z0-9]{5}$/);
    expect(metadata.uid).not.toBe('x');
    expect(metadata).not.toHaveProperty('generation');
    expect(metadata.creationTimestamp).not.toBe('2000-01-01T00:00:00Z');
  });

  it('drops the status of what is new, but for nodes: a kubelet registers with it', async () => {
    const make = (resource: string, kind: string, status: object) =>
      cluster.verbs.create(
        cluster.ctx(),
        cluster.target(resource),
        json({ apiVersion: 'v1', kind, metadata: { name: 'a' }, status }),
        {},
      );
    const capacity = { cpu: '2' };
    expect((await make('nodes', 'Node', { capacity })).object()).toMatchObject({ status: { capacity } });
    const { status } = (await make('namespaces', 'Namespace', { phase: 'Terminating' })).object() as never;
    expect(status).toEqual({ phase: 'Active' });
  });

  it('writes nothing on a dry run', async () => {
    const made = await send(aConfigMap({ name: 'a' }), { dryRun: true });
    expect(made.object().metadata.uid).toEqual(expect.any(String));
    expect(made.text).not.toContain('resourceVersion');
    expect(await cluster.store.head(cluster.env.id)).toBe(1);
  });

  it('keeps __proto__ and constructor as ordinary keys', async () => {
    const body = text(
      '{"metadata":{"name":"a","labels":{"constructor":"x"}},"data":{"__proto__":"y","constructor":"z"}}',
    );
    const made = await cluster.verbs.create(cluster.ctx(), cluster.target('configmaps'), body, {});
    expect(made.text).toContain('"data":{"__proto__":"y","constructor":"z"}');
    const page = await cluster.verbs.list(cluster.ctx(), cluster.target('configmaps'), {
      labelSelector: 'constructor=x',
    });
    expect(page.items).toHaveLength(1);
  });
});

describe('update', () => {
  let cluster: SpecCluster;
  let made: KubeObject;
  beforeEach(async () => {
    cluster = await aSpecCluster();
    made = (await cluster.create('configmaps', { metadata: { name: 'a' }, data: { k: '1' } })).object();
  });
  const send = (body: unknown, name = 'a') =>
    cluster.verbs.update(cluster.ctx(), cluster.target('configmaps', name), json(body), {});

  it.each<[string, object, string, number, string]>([
    ['another name', { name: 'b' }, 'a', 400, 'the name of the object (b) does not match the name on the URL (a)'],
    ['no name', {}, 'a', 400, 'the name of the object (a based on URL) was undeterminable: name must be provided'],
    [
      'another namespace',
      { name: 'a', namespace: 'x' },
      'a',
      400,
      'the namespace of the object (x) does not match the namespace on the request (default)',
    ],
    ['an object that is not there', { name: 'b' }, 'b', 404, 'configmaps "b" not found'],
    [
      'another uid',
      { name: 'a', uid: 'x' },
      'a',
      409,
      expect.stringContaining('Precondition failed: UID in precondition: x, UID in object meta: ') as unknown as string,
    ],
    [
      'a revision that is none',
      { name: 'a', resourceVersion: 'abc' },
      'a',
      400,
      'metadata.resourceVersion: Invalid value: "abc": must be a number',
    ],
  ])('refuses %s', async (_what, metadata, name, code, message) => {
    expect(await failure(send(aConfigMap(metadata), name))).toMatchObject({ code, message });
  });

  it('keeps uid and creation, and retries without a revision until it is through', async () => {
    const results = await Promise.all(
      ['2', '3', '4'].map((k) => send(aConfigMap({ name: 'a', creationTimestamp: null }, { data: { k } }))),
    );
    expect(new Set(results.map((found) => found.object().metadata.resourceVersion))).toEqual(new Set(['3', '4', '5']));
    for (const found of results) {
      expect(found.object().metadata).toMatchObject({
        uid: made.metadata.uid,
        creationTimestamp: made.metadata.creationTimestamp,
      });
    }
  });

  it('asks for a revision where the kind does', async () => {
    const lease = { metadata: { name: 'l' }, spec: { holderIdentity: 'x' } };
    const target = cluster.target('leases', 'l', { group: 'coordination.k8s.io' });
    const first = await cluster.verbs.update(cluster.ctx(), target, json(lease), {});
    expect(first.created).toBe(true);
    expect(await failure(cluster.verbs.update(cluster.ctx(), target, json(lease), {}))).toMatchObject({
      code: 422,
      message:
        'leases.coordination.k8s.io "l" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    });
  });

  it('counts generations of what is desired, and keeps status to its own path', async () => {
    const deployment = {
      metadata: { name: 'web', labels: {} },
      spec: {
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
      status: { replicas: 9 },
    };
    await cluster.create('deployments', deployment, 'apps');
    const target = cluster.target('deployments', 'web', { group: 'apps' });
    const patch = (body: object, subresource?: string) =>
      cluster.verbs
        .patch(cluster.ctx(), { ...target, ...(subresource ? { subresource } : {}) }, 'merge', json(body), {})
        .then((found) => found.object() as KubeObject & { spec: { replicas: number }; status?: { replicas?: number } });
    const labelled = await patch({ metadata: { labels: { a: 'b' } }, status: { replicas: 5 } });
    expect(labelled.metadata.generation).toBe(1);
    expect(labelled.status?.replicas).toBeUndefined();
    expect((await patch({ spec: { replicas: 3 } })).metadata.generation).toBe(2);
    const reported = await patch({ status: { replicas: 3 }, spec: { replicas: 7 } }, 'status');
    expect(reported).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 }, status: { replicas: 3 } });
    const scaled = await cluster.verbs.patch(
      cluster.ctx(),
      { ...target, subresource: 'scale' },
      'merge',
      json({ spec: { replicas: 4 } }),
      {},
    );
    expect(scaled.object()).toMatchObject({ kind: 'Scale', apiVersion: 'autoscaling/v1', spec: { replicas: 4 } });
    expect((await cluster.verbs.get(cluster.ctx(), target)).object()).toMatchObject({
      metadata: { generation: 3 },
      spec: { replicas: 4 },
    });
  });
});

describe('patch', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await aSpecCluster();
    await cluster.create('configmaps', { metadata: { name: 'a' }, data: { k: '1' } });
  });

  it.each<['json' | 'merge' | 'strategic' | 'apply', unknown, number, string]>([
    [
      'merge',
      { metadata: { resourceVersion: '1' } },
      409,
      expect.stringContaining('the object has been modified') as unknown as string,
    ],
    ['merge', { metadata: { name: 'b' } }, 400, 'the name of the object (b) does not match the name on the URL (a)'],
    [
      'json',
      [{ op: 'test', path: '/data/k', value: '2' }],
      422,
      'the server rejected our request due to an error in our request',
    ],
    ['apply', {}, 400, 'invalid object type: /, Kind='],
  ])('%s refuses %j', async (type, body, code, message) => {
    const work = cluster.verbs.patch(cluster.ctx(), cluster.target('configmaps', 'a'), type, json(body), {});
    expect(await failure(work)).toMatchObject({ code, message });
  });

  it('loses none of many at once', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        cluster.verbs.patch(
          cluster.ctx(),
          cluster.target('configmaps', 'a'),
          'merge',
          json({ data: { [`k${i}`]: 'x' } }),
          {},
        ),
      ),
    );
    const found = await cluster.verbs.get(cluster.ctx(), cluster.target('configmaps', 'a'));
    expect(Object.keys((found.object() as KubeObject & { data: object }).data)).toHaveLength(21);
    expect(found.object().metadata.resourceVersion).toBe('22');
  });
});
