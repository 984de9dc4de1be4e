import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isConditionTrue, isReason, type KubeObject } from '#apimachinery';
import {
  type ConfigMap,
  configMapKind,
  type CustomResourceDefinition,
  customResourceDefinitionKind,
  namespaceKind,
} from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
  await cluster.admin.create(customResourceDefinitionKind, definition(['v1']));
  await cluster.settle();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const NAME = 'foos.example.com';
const ref = (version = 'v1') => ({ group: 'example.com', version, resource: 'foos', kind: 'Foo', namespaced: true });

function definition(versions: readonly string[]): CustomResourceDefinition {
  const schema = { openAPIV3Schema: { type: 'object' } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: NAME },
    spec: {
      ...{ group: 'example.com', scope: 'Namespaced', names: { plural: 'foos', kind: 'Foo' } },
      versions: versions.map((name, i) => ({ name, served: true, storage: i === 0, schema })),
    },
  };
}

const foo = (namespace: string, version = 'v1'): Promise<KubeObject> =>
  cluster.admin.create(ref(version), {
    ...{ apiVersion: `example.com/${version}`, kind: 'Foo' },
    metadata: { name: 'one', namespace },
  });

const child = ({ apiVersion, metadata }: KubeObject): ConfigMap => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap' },
  metadata: {
    ...{ name: 'child', namespace: metadata.namespace! },
    ownerReferences: [{ apiVersion, kind: 'Foo', name: metadata.name!, uid: metadata.uid! }],
  },
});

const isThere = (work: Promise<unknown>) =>
  work.then(
    () => true,
    (error: unknown) => !isReason(error, 'NotFound'),
  );

describe('controllers see custom resources', () => {
  it('once their definition is established', async () => {
    const { status } = await cluster.admin.get<CustomResourceDefinition>(customResourceDefinitionKind, '', NAME);
    expect(isConditionTrue(status?.conditions, 'Established')).toBe(true);
  });

  it('and delete them with their namespace', async () => {
    await cluster.admin.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'going' } });
    await foo('going');
    await cluster.admin.delete(namespaceKind, '', 'going');
    await cluster.settle();
    expect(await isThere(cluster.admin.get(namespaceKind, '', 'going'))).toBe(false);
    expect((await cluster.list(ref())).length).toBe(0);
  });

  it('and what they own with them, in whatever version they are preferred', async () => {
    const owner = await foo('default');
    await cluster.admin.create(configMapKind, child(owner));
    const versions = definition(['v1', 'v2']).spec.versions;
    await cluster.admin.patch(customResourceDefinitionKind, '', NAME, {
      type: 'merge',
      patch: { spec: { versions } } as never,
    });
    await cluster.settle();
    expect(await isThere(cluster.admin.get(configMapKind, 'default', 'child'))).toBe(true);
    await cluster.admin.delete(ref('v2'), 'default', 'one');
    await cluster.settle();
    expect(await isThere(cluster.admin.get(configMapKind, 'default', 'child'))).toBe(false);
  });

  it('and delete all of them with their definition, which may come again', async () => {
    await foo('default');
    await cluster.admin.delete(customResourceDefinitionKind, '', NAME);
    await cluster.settle();
    expect(await isThere(cluster.admin.get(customResourceDefinitionKind, '', NAME))).toBe(false);
    expect(await isThere(cluster.admin.list(ref(), undefined))).toBe(false);
    await cluster.admin.create(customResourceDefinitionKind, definition(['v1']));
    await cluster.settle();
    expect((await cluster.list(ref())).length).toBe(0);
    const owner = await foo('default');
    await cluster.admin.create(configMapKind, child(owner));
    await cluster.admin.delete(ref(), 'default', 'one');
    await cluster.settle();
    expect(await isThere(cluster.admin.get(configMapKind, 'default', 'child'))).toBe(false);
  });
});
