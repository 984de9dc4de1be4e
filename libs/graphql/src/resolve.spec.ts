import { beforeEach, describe, expect, it } from '@jest/globals';
import { SpecCluster } from './spec-cluster.js';

const pod = (name: string, more: { labels?: object; spec?: object; owner?: { name: string; uid: string } } = {}) => ({
  metadata: {
    name,
    labels: more.labels ?? {},
    ...(more.owner
      ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true, ...more.owner }] }
      : {}),
  },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...more.spec },
});
const workload = (name: string, owner?: { name: string; uid: string }) => ({
  metadata: {
    name,
    labels: { app: 'web' },
    ...(owner ? { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', controller: true, ...owner }] } : {}),
  },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
});

describe('queries', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await SpecCluster.make();
  });

  it('gives pages with the fields that were selected', async () => {
    for (const name of ['a', 'b', 'c'])
      await cluster.create('pods', pod(name, { labels: { 'example.com/app': name } }));
    const query = `query Q($from: String) { coreV1 { pods(namespace: "default", limit: 2, continue: $from) {
      resourceVersion continue remainingItemCount items { kind apiVersion metadata { name labels } spec { containers { image } } } } } }`;
    const first = await cluster.run(query);
    expect(first).toEqual({
      data: {
        coreV1: {
          pods: {
            resourceVersion: expect.stringMatching(/^\d+$/),
            continue: expect.any(String),
            remainingItemCount: 1,
            items: ['a', 'b'].map((name) => ({
              kind: 'Pod',
              apiVersion: 'v1',
              metadata: { name, labels: { 'example.com/app': name } },
              spec: { containers: [{ image: 'nginx' }] },
            })),
          },
        },
      },
    });
    const page = (first.data as { coreV1: { pods: { continue: string } } }).coreV1.pods;
    const second = await cluster.run(query, { from: page.continue });
    expect(second.data).toMatchObject({ coreV1: { pods: { continue: null, items: [{ metadata: { name: 'c' } }] } } });
  });

  it.each([
    ['labelSelector: "app in (a)"', ['a']],
    ['fieldSelector: "metadata.name!=a"', ['b']],
    ['namespace: "other"', []],
    ['', ['a', 'b']],
  ])('filters by %s', async (argument, names) => {
    await cluster.create('pods', pod('a', { labels: { app: 'a' } }));
    await cluster.create('pods', pod('b', { labels: { app: 'b' } }));
    const result = await cluster.run(
      `{ coreV1 { pods${argument && `(${argument})`} { items { metadata { name } } } } }`,
    );
    expect(result.data).toEqual({ coreV1: { pods: { items: names.map((name) => ({ metadata: { name } })) } } });
  });

  it('answers what it can, and says why not the rest', async () => {
    await cluster.create('pods', pod('a'));
    const result = await cluster.run(
      `{ coreV1 { a: pod(name: "a") { metadata { name } } b: pod(name: "b") { metadata { name } } } }`,
    );
    expect(result.data).toEqual({ coreV1: { a: { metadata: { name: 'a' } }, b: null } });
    expect(result.errors).toEqual([expect.objectContaining({ message: 'pods "b" not found', path: ['coreV1', 'b'] })]);
  });

  it('lets nobody see what REST would not show', async () => {
    const nobody = { username: 'nobody', groups: [] };
    const result = await cluster.run('{ coreV1 { secrets { items { metadata { name } } } } }', {}, nobody);
    expect(result.data).toEqual({ coreV1: { secrets: null } });
    expect(result.errors![0]!.message).toContain('secrets is forbidden: User "nobody" cannot list resource "secrets"');
  });

  it('refuses limits outside of 1 to 5000', async () => {
    for (const limit of [0, 5001]) {
      const result = await cluster.run(`{ coreV1 { pods(limit: ${limit}) { continue } } }`);
      expect(result.errors![0]!.message).toBe('limit must be from 1 to 5000');
    }
  });

  it('shows the whole object as JSON and YAML, with what it is', async () => {
    await cluster.create('configmaps', { metadata: { name: 'm' }, data: { a: '1' } });
    const result = await cluster.run('{ coreV1 { configMaps { items { json yaml } } } }');
    const [item] = (result.data as { coreV1: { configMaps: { items: { json: object; yaml: string }[] } } }).coreV1
      .configMaps.items;
    expect(item!.json).toMatchObject({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'm' },
      data: { a: '1' },
    });
    expect(item!.yaml).toMatch(/^apiVersion: v1\nkind: ConfigMap\nmetadata:\n/);
  });
});

describe('edges', () => {
  it('finds nodes of pods and pods of nodes, each object read once', async () => {
    const cluster = await SpecCluster.make();
    for (const name of ['n1', 'n2']) await cluster.create('nodes', { metadata: { name } });
    for (const [name, nodeName] of [
      ['a', 'n1'],
      ['b', 'n1'],
      ['c', 'n2'],
      ['d', ''],
    ] as const) {
      await cluster.create('pods', pod(name, { spec: nodeName ? { nodeName } : {} }));
    }
    cluster.calls.length = 0;
    const result = await cluster.run(`{ coreV1 {
      pods { items { metadata { name } node { metadata { name } pods { metadata { name } } } } } } }`);
    const n1 = { metadata: { name: 'n1' }, pods: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] };
    const n2 = { metadata: { name: 'n2' }, pods: [{ metadata: { name: 'c' } }] };
    expect(result).toEqual({
      data: {
        coreV1: {
          pods: {
            items: [
              { metadata: { name: 'a' }, node: n1 },
              { metadata: { name: 'b' }, node: n1 },
              { metadata: { name: 'c' }, node: n2 },
              { metadata: { name: 'd' }, node: null },
            ],
          },
        },
      },
    });
    expect(cluster.calls.filter((call) => call === 'get nodes')).toHaveLength(2);
    expect(cluster.calls.filter((call) => call === 'list pods')).toHaveLength(3);
  });

  it('asks once for the pods of many nodes', async () => {
    const cluster = await SpecCluster.make();
    for (let i = 0; i < 8; i++) {
      await cluster.create('nodes', { metadata: { name: `n${i}` } });
      await cluster.create('pods', pod(`p${i}`, { spec: { nodeName: `n${i}` } }));
    }
    cluster.calls.length = 0;
    const result = await cluster.run('{ coreV1 { nodes { items { pods { metadata { name } } } } } }');
    const items = Array.from({ length: 8 }, (_, i) => ({ pods: [{ metadata: { name: `p${i}` } }] }));
    expect(result).toEqual({ data: { coreV1: { nodes: { items } } } });
    expect(cluster.calls).toEqual(['list nodes', 'list pods']);
  });

  it('follows a deployment down to its pods and a pod up to its owners', async () => {
    const cluster = await SpecCluster.make();
    const uid = (object: { metadata: { uid?: string } }) => object.metadata.uid!;
    const deployment = await cluster.create('deployments', workload('web'), 'apps');
    const ours = await cluster.create('replicasets', workload('web-1', { name: 'web', uid: uid(deployment) }), 'apps');
    await cluster.create('replicasets', workload('stray'), 'apps');
    await cluster.create('pods', pod('p', { labels: { app: 'web' }, owner: { name: 'web-1', uid: uid(ours) } }));
    await cluster.create('pods', pod('q', { labels: { app: 'web' }, owner: { name: 'web-1', uid: 'another' } }));
    const result = await cluster.run(`{ appsV1 { deployment(name: "web") {
      replicaSets { metadata { name } pods { metadata { name } owner { kind metadata { name } ... on AppsV1ReplicaSet { owner { kind } } } } } } }
      coreV1 { pod(name: "q") { owner { kind } owners { kind } } } }`);
    const owner = { kind: 'ReplicaSet', metadata: { name: 'web-1' }, owner: { kind: 'Deployment' } };
    expect(result).toEqual({
      data: {
        appsV1: {
          deployment: { replicaSets: [{ metadata: { name: 'web-1' }, pods: [{ metadata: { name: 'p' }, owner }] }] },
        },
        coreV1: { pod: { owner: null, owners: [] } },
      },
    });
  });

  it('finds the pods of a service, the events of an object and the object of an event', async () => {
    const cluster = await SpecCluster.make();
    const web = await cluster.create('pods', pod('p', { labels: { app: 'web', extra: 'x' } }));
    await cluster.create('pods', pod('q', { labels: { app: 'other' } }));
    await cluster.create('services', {
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
    });
    await cluster.create('services', { metadata: { name: 'bare' }, spec: { ports: [{ port: 80 }] } });
    const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'p' };
    await cluster.create('events', {
      metadata: { name: 'p.1' },
      involvedObject: { ...about, uid: web.metadata.uid },
      reason: 'Started',
      type: 'Normal',
    });
    await cluster.create('events', {
      metadata: { name: 'p.2' },
      involvedObject: { ...about, uid: 'of-an-older-p' },
      reason: 'Killed',
      type: 'Normal',
    });
    const result = await cluster.run(`{ coreV1 {
      services { items { pods { metadata { name } } } }
      pods { items { events { reason } } }
      event(name: "p.1") { involved { kind metadata { name } } } } }`);
    expect(result).toEqual({
      data: {
        coreV1: {
          services: { items: [{ pods: [] }, { pods: [{ metadata: { name: 'p' } }] }] },
          pods: { items: [{ events: [{ reason: 'Started' }] }, { events: [] }] },
          event: { involved: { kind: 'Pod', metadata: { name: 'p' } } },
        },
      },
    });
  });

  it('stops an operation that costs too much', async () => {
    const cluster = await SpecCluster.make();
    for (let i = 0; i < 60; i++) await cluster.create('configmaps', { metadata: { name: `m${i}` } });
    const owners = (depth: number): string =>
      depth === 0 ? 'kind' : `events { involved { ... on CoreV1ConfigMap { ${owners(depth - 1)} } } }`;
    expect((await cluster.run(`{ coreV1 { configMaps { items { ${owners(2)} } } } }`)).errors).toBeUndefined();
    const many = Array.from({ length: 200 }, (_, i) => `a${i}: configMaps { items { ${'kind '.repeat(50)} } }`);
    const result = await cluster.run(`{ coreV1 { ${many.join(' ')} } }`);
    expect(result.errors![0]!.message).toContain('the operation costs more than 500000 fields');
  });
});
