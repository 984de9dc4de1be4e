import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type APIService,
  apiServiceKind,
  AUTOMANAGED,
  type CustomResourceDefinition,
  customResourceDefinitionKind,
  definitionApiService,
} from '#kinds';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => (cluster = await aSpecCluster()));
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

function definition(plural: string, versions: Record<string, boolean>): CustomResourceDefinition {
  const schema = { openAPIV3Schema: { type: 'object' } };
  return {
    ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
    metadata: { name: `${plural}.stable.example.com` },
    spec: {
      ...{ group: 'stable.example.com', scope: 'Namespaced', names: { plural, kind: plural } },
      versions: Object.entries(versions).map(([name, served], i) => ({ name, served, storage: i === 0, schema })),
    },
  };
}

async function create(plural: string, versions: Record<string, boolean>): Promise<void> {
  await cluster.admin.create(customResourceDefinitionKind, definition(plural, versions));
  await cluster.settle();
}

const names = async () => (await cluster.list<APIService>(apiServiceKind)).map(({ metadata }) => metadata.name);

describe('crd-autoregister', () => {
  it('registers the versions that a definition serves', async () => {
    await create('foos', { v1: true, v2: true, v3: false });
    expect(await names()).toEqual(['v1.stable.example.com', 'v2.stable.example.com']);
    const one = await cluster.admin.get<APIService>(apiServiceKind, '', 'v1.stable.example.com');
    expect(one.metadata.labels).toEqual({ [AUTOMANAGED]: 'true' });
    expect(one.spec).toEqual({
      ...{ group: 'stable.example.com', version: 'v1' },
      ...{ groupPriorityMinimum: 1000, versionPriority: 100 },
    });
    expect(one.status?.conditions).toMatchObject([
      { type: 'Available', status: 'True', reason: 'Local', message: 'Local APIServices are always available' },
    ]);
  });

  it('removes one when the last definition with it goes', async () => {
    await create('foos', { v1: true });
    await create('bars', { v1: true });
    await cluster.admin.delete(customResourceDefinitionKind, '', 'foos.stable.example.com');
    await cluster.settle();
    expect(await names()).toEqual(['v1.stable.example.com']);
    await cluster.admin.delete(customResourceDefinitionKind, '', 'bars.stable.example.com');
    await cluster.settle();
    expect(await names()).toEqual([]);
  });

  it('follows a version that is no longer served', async () => {
    await create('foos', { v1: true, v2: true });
    const versions = definition('foos', { v1: true, v2: false }).spec.versions;
    await cluster.admin.patch(customResourceDefinitionKind, '', 'foos.stable.example.com', {
      type: 'merge',
      patch: { spec: { versions } } as never,
    });
    await cluster.settle();
    expect(await names()).toEqual(['v1.stable.example.com']);
  });

  it('puts its own right, when it is changed or deleted', async () => {
    await create('foos', { v1: true });
    const one = await cluster.admin.get<APIService>(apiServiceKind, '', 'v1.stable.example.com');
    await cluster.admin.update(apiServiceKind, { ...one, spec: { ...one.spec, versionPriority: 7 } });
    await cluster.settle();
    const mended = await cluster.admin.get<APIService>(apiServiceKind, '', 'v1.stable.example.com');
    expect(mended.spec.versionPriority).toBe(100);
    await cluster.admin.delete(apiServiceKind, '', 'v1.stable.example.com');
    await cluster.settle();
    expect(await names()).toEqual(['v1.stable.example.com']);
  });

  it("leaves alone what is somebody's own", async () => {
    const own = definitionApiService('stable.example.com', 'v1');
    const spec = { ...own.spec, versionPriority: 7 };
    await cluster.admin.create(apiServiceKind, { ...own, metadata: { name: own.metadata.name! }, spec });
    await create('foos', { v1: true });
    await cluster.admin.delete(customResourceDefinitionKind, '', 'foos.stable.example.com');
    await cluster.settle();
    const [left] = await cluster.list<APIService>(apiServiceKind);
    expect(left?.spec.versionPriority).toBe(7);
  });
});
