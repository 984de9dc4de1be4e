import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OwnerReference } from '#apimachinery';
import { type ConfigMap, configMapKind, type Deployment, deploymentKind, podKind, replicaSetKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const web: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
  },
};

async function counts(): Promise<string> {
  const [d, rs, pods] = await Promise.all([
    cluster.list(deploymentKind),
    cluster.list(replicaSetKind),
    cluster.list(podKind),
  ]);
  return `${d.length} ${rs.length} ${pods.length}`;
}

async function configMap(name: string, owners: OwnerReference[] = [], namespace = 'default'): Promise<ConfigMap> {
  const metadata = { name, namespace, ...(owners.length > 0 ? { ownerReferences: owners } : {}) };
  return cluster.admin.create<ConfigMap>(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
}

const ref = (object: ConfigMap, more: Partial<OwnerReference> = {}): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: object.metadata.name!,
  uid: object.metadata.uid!,
  ...more,
});
const names = async () =>
  (await cluster.list(configMapKind)).map(({ metadata }) => metadata.name!).filter((name) => !name.startsWith('kube-'));

describe('deleting a Deployment', () => {
  beforeEach(async () => {
    await cluster.admin.create(deploymentKind, web);
    await cluster.settle();
    expect(await counts()).toBe('1 1 2');
  });

  it('in the background takes its ReplicaSets and pods with it', async () => {
    await cluster.admin.delete(deploymentKind, 'default', 'web', { propagationPolicy: 'Background' });
    await cluster.settle();
    expect(await counts()).toBe('0 0 0');
  });

  it('in the foreground goes last', async () => {
    cluster.kubelet.holdsOn = true;
    await cluster.admin.delete(deploymentKind, 'default', 'web', { propagationPolicy: 'Foreground' });
    await cluster.settle();
    expect(await counts()).toBe('1 1 2');
    expect((await cluster.admin.get(deploymentKind, 'default', 'web')).metadata.finalizers).toEqual([
      'foregroundDeletion',
    ]);
    cluster.kubelet.holdsOn = false;
    await cluster.kubelet.look();
    await cluster.settle();
    expect(await counts()).toBe('0 0 0');
  });

  it('with orphans leaves everything below it, without the owner', async () => {
    await cluster.admin.delete(deploymentKind, 'default', 'web', { propagationPolicy: 'Orphan' });
    await cluster.settle();
    expect(await counts()).toBe('0 1 2');
    const [rs] = await cluster.list(replicaSetKind);
    expect(rs!.metadata.ownerReferences ?? []).toEqual([]);
  });

  it('goes on after the controllers were killed on the way', async () => {
    await cluster.admin.delete(deploymentKind, 'default', 'web', { propagationPolicy: 'Foreground' });
    for (let kill = 0; kill < 8; kill++) {
      await new Promise((resolve) => setImmediate(resolve));
      cluster.restart();
    }
    await cluster.settle();
    expect(await counts()).toBe('0 0 0');
  });
});

describe('the collector', () => {
  it('keeps what has one owner left, and drops references to those that are gone', async () => {
    const [a, b] = [await configMap('a'), await configMap('b')];
    await configMap('child', [ref(a), ref(b)]);
    await cluster.admin.delete(configMapKind, 'default', 'a');
    await cluster.settle();
    const child = await cluster.admin.get(configMapKind, 'default', 'child');
    expect(child.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['b']);
    await cluster.admin.delete(configMapKind, 'default', 'b');
    await cluster.settle();
    expect(await names()).toEqual([]);
  });

  it('deletes what is born with an owner that never was', async () => {
    await configMap('child', [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'ghost', uid: 'no-such-uid' }]);
    await configMap('other', [{ apiVersion: 'example.com/v1', kind: 'Unknown', name: 'ghost', uid: 'no-such-uid' }]);
    await cluster.settle();
    expect(await names()).toEqual(['other']);
  });

  it('does not take a namesake for the owner', async () => {
    const owner = await configMap('owner');
    await configMap('child', [ref(owner, { uid: 'another-uid' })]);
    await cluster.settle();
    expect(await names()).toEqual(['owner']);
  });

  it('does not find owners in other namespaces', async () => {
    const owner = await configMap('owner', [], 'elsewhere');
    await configMap('child', [ref(owner)]);
    await cluster.settle();
    expect(await names()).toEqual(['owner']);
  });

  it('ends circles', async () => {
    const a = await configMap('a');
    const b = await configMap('b', [ref(a, { blockOwnerDeletion: true })]);
    const patch = { metadata: { ownerReferences: [{ ...ref(b, { blockOwnerDeletion: true }) }] } };
    await cluster.admin.patch(configMapKind, 'default', 'a', { type: 'merge', patch });
    await cluster.settle();
    expect(await names()).toEqual(['a', 'b']);
    await cluster.admin.delete(configMapKind, 'default', 'a', { propagationPolicy: 'Foreground' });
    await cluster.settle();
    expect(await names()).toEqual([]);
  });
});
