import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject, ManagedFieldsEntry } from '#apimachinery';
import { apiFor } from '../api-for.js';
import type { WriteOptions } from '../request.js';
import { ADMIN, aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;

beforeEach(async () => {
  cluster = await aSpecCluster();
});

const target = (name?: string) => cluster.target('configmaps', name);
const json = (value: unknown) => ({ bytes: new TextEncoder().encode(JSON.stringify(value)), format: 'json' as const });

function configMap(data: Record<string, string>, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata }, data } as unknown as KubeObject;
}

const create = async (object: object, options: WriteOptions = {}) =>
  (await cluster.verbs.create(cluster.ctx(), target(), json(object), options)).object();
const update = async (object: object, options: WriteOptions = {}) =>
  (await cluster.verbs.update(cluster.ctx(), target('a'), json(object), options)).object();
const merge = async (patch: object, options: WriteOptions = {}) =>
  (await cluster.verbs.patch(cluster.ctx(), target('a'), 'merge', json(patch), options)).object();

const names = ({ metadata }: KubeObject) => (metadata.managedFields ?? []).map(({ manager }) => manager);

describe('who writes', () => {
  it.each([
    ['the manager that is named', { fieldManager: 'bob' }, 'kubectl/v1.36', 'bob'],
    ['else the program', {}, 'kubectl/v1.36.0 (linux/amd64) kubernetes/abc', 'kubectl'],
    ['without what cannot be printed', {}, 'ku\u0000be\u200b', 'kube'],
    ['as far as it may be long', {}, 'é'.repeat(100), 'é'.repeat(64)],
    ['else nobody known', {}, '', 'unknown'],
  ])('%s', async (_name, options, userAgent, wanted) => {
    const ctx = { ...cluster.ctx(), userAgent, warn: () => {} };
    const made = await cluster.verbs.create(ctx, target(), json(configMap({ a: '1' })), options);
    expect(names(made.object())).toEqual([wanted]);
  });

  it.each([
    ['system:kube-scheduler', 'kube-scheduler'],
    ['system:node:node01', 'kubelet'],
    ['system:kube-controller-manager', 'kube-controller-manager'],
    ['system:serviceaccount:kube-system:deployment-controller', 'kube-controller-manager'],
    ['system:serviceaccount:kube-system:generic-garbage-collector', 'kube-controller-manager'],
    ['kubernetes-admin', 'kubernetes-admin'],
  ])('%s works as %s', async (username, program) => {
    const { verbs, store, env, traces, heartbeats } = cluster;
    const served = { env, kinds: cluster.ctx().kinds, traces, heartbeats };
    const api = apiFor({ verbs, store, clusterOf: () => served })(env.id, { username, groups: ADMIN.groups });
    const made = await api.create(
      cluster.kind('', 'configmaps'),
      configMap({}, { namespace: 'default', labels: { a: 'b' } }),
    );
    expect(names(made)).toEqual([program]);
  });
});

describe('updates', () => {
  it('own what they change, and lose what others change', async () => {
    await create(configMap({ a: '1', b: '1' }), { fieldManager: 'bob' });
    await cluster.clock.advance(5_000);
    const after = await update(configMap({ a: '2', c: '3' }), { fieldManager: 'eve' });
    expect(after.metadata.managedFields).toEqual([
      {
        manager: 'bob',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': {} },
      },
      {
        manager: 'eve',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:05Z',
        fieldsType: 'FieldsV1',
        fieldsV1: { 'f:data': { 'f:a': {}, 'f:c': {} } },
      },
    ]);
  });

  it('leave everything as it is when they change nothing', async () => {
    const made = await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    await cluster.clock.advance(5_000);
    const after = await update(configMap({ a: '1' }), { fieldManager: 'eve' });
    expect(after.metadata).toEqual(made.metadata);
  });

  it('keep managers that a client does not know', async () => {
    await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    expect(names(await update(configMap({ a: '1', b: '2' }), { fieldManager: 'eve' }))).toEqual(['bob', 'eve']);
  });

  it('are put together when there are too many', async () => {
    await create(configMap({ a: '1' }), { fieldManager: 'first' });
    let last: KubeObject | undefined;
    for (let i = 0; i < 12; i++) {
      await cluster.clock.advance(1_000);
      last = await merge({ data: { [`k${i}`]: 'v' } }, { fieldManager: `m${i}` });
    }
    expect(names(last!)).toHaveLength(10);
    expect(names(last!)[0]).toBe('ancient-changes');
    expect(last!.metadata.managedFields![0]!.fieldsV1).toEqual({
      'f:data': { '.': {}, 'f:a': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {} },
    });
  });
});

describe('managers in a body', () => {
  const entry: ManagedFieldsEntry = {
    manager: 'restored',
    operation: 'Apply',
    apiVersion: 'v1',
    fieldsType: 'FieldsV1',
    fieldsV1: { 'f:data': { 'f:b': {}, 'f:a': {} } },
  };

  it.each([[[{}]], [[]]])('%j clears them, and nobody keeps track', async (managedFields) => {
    await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    const after = await merge({ metadata: { managedFields } }, { fieldManager: 'eve' });
    expect(after.metadata.managedFields).toBeUndefined();
    const later = await merge({ data: { b: '2' } }, { fieldManager: 'eve' });
    expect(later.metadata.managedFields).toBeUndefined();
  });

  it('who applies to what nobody keeps track of finds all of it owned', async () => {
    await create(configMap({ a: '1', b: '1' }), { fieldManager: 'bob' });
    await merge({ metadata: { managedFields: [{}] } });
    const bytes = json(configMap({ a: '1' }));
    const found = await cluster.verbs.patch(cluster.ctx(), target('a'), 'apply', bytes, { fieldManager: 'eve' });
    expect(found.object().metadata.managedFields).toMatchObject([
      { manager: 'eve', operation: 'Apply' },
      { manager: 'before-first-apply', operation: 'Update', fieldsV1: { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } } },
    ]);
  });

  it('may be set, and are brought into form', async () => {
    await create(configMap({ a: '1', b: '2' }), { fieldManager: 'bob' });
    const after = await merge({ metadata: { managedFields: [entry] } });
    expect(JSON.stringify(after.metadata.managedFields)).toBe(
      '[{"manager":"restored","operation":"Apply","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:data":{"f:a":{},"f:b":{}}}}]',
    );
  });

  it.each([
    [{ ...entry, operation: 'Delete' }],
    [{ ...entry, apiVersion: '' }],
    [{ ...entry, fieldsType: 'FieldsV2' }],
    [{ ...entry, fieldsV1: { a: {} } }],
    [{ ...entry, fieldsV1: { 'f:a': 1 } }],
  ])('%j counts as not sent', async (bad) => {
    await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    expect(names(await merge({ metadata: { managedFields: [bad] } }))).toEqual(['bob']);
  });

  it.each([
    [
      'steps',
      2_000,
      (depth: number) => Array.from({ length: depth }).reduce<object>((inside) => ({ 'f:a': inside }), {}),
    ],
    ['values of a step', 9_000, (depth: number) => ({ [`v:${'['.repeat(depth)}${']'.repeat(depth)}`]: {} })],
    ['keys of a step', 9_000, (depth: number) => ({ [`k:{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`]: {} })],
  ])('count as not sent when %s nest without end', async (_name, depth, nested) => {
    await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    const managedFields = [{ ...entry, fieldsV1: nested(depth) }];
    expect(names(await merge({ metadata: { managedFields } }))).toEqual(['bob']);
  });

  it('are gone with their version', async () => {
    await create(configMap({ a: '1' }), { fieldManager: 'bob' });
    await merge({ metadata: { managedFields: [{ ...entry, apiVersion: 'v9' }] } });
    expect(names(await merge({ data: { a: '2' } }, { fieldManager: 'eve' }))).toEqual(['eve']);
  });

  it('cannot be broken by a plugin', async () => {
    const breaking = await aSpecCluster({
      admission: {
        mutate: async ({ object }) => {
          object!.metadata.managedFields = [{ manager: 'plugin' }];
        },
        validate: async () => {},
      },
    });
    const made = await breaking.create('configmaps', configMap({ a: '1' }));
    expect(names(made.object())).toEqual(['unknown']);
    expect(breaking.warnings[0]).toContain('.metadata.managedFields was in an invalid state after admission');
  });
});

describe('parts of an object', () => {
  it('a status is its writer`s, under the name of the part', async () => {
    await cluster.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    await cluster.create('pods', pod);
    const on = cluster.target('pods', 'p', { subresource: 'status' });
    const status = { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } };
    const after = (
      await cluster.verbs.patch(cluster.ctx(), on, 'strategic', json(status), { fieldManager: 'kubelet' })
    ).object();
    expect(after.metadata.managedFields![0]).toMatchObject({
      manager: 'kubelet',
      subresource: 'status',
      fieldsV1: {
        'f:status': {
          'f:conditions': { 'k:{"type":"Ready"}': { '.': {}, 'f:status': {}, 'f:type': {} } },
          'f:phase': {},
        },
      },
    });
  });

  it('of what is answered and never stored, too', async () => {
    const review = {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
    };
    const group = 'authorization.k8s.io';
    const answer = (await cluster.create('selfsubjectaccessreviews', review, group)).object();
    expect(answer.metadata.managedFields).toMatchObject([
      {
        manager: 'unknown',
        fieldsV1: { 'f:spec': { 'f:resourceAttributes': { '.': {}, 'f:resource': {}, 'f:verb': {} } } },
      },
    ]);
  });

  it('a binding is nobody`s', async () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'c', image: 'i' }] },
    };
    const made = (await cluster.create('pods', pod)).object();
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p' }, target: { kind: 'Node', name: 'n' } };
    await cluster.verbs.create(
      cluster.ctx(),
      cluster.target('pods', 'p', { subresource: 'binding' }),
      json(binding),
      {},
    );
    const bound = (await cluster.verbs.get(cluster.ctx(), cluster.target('pods', 'p'))).object();
    expect(bound.metadata.managedFields).toEqual(made.metadata.managedFields);
  });
});
