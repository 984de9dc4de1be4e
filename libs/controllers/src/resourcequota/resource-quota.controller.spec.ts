import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { configMapKind, type Pod, podKind, type ResourceQuota, resourceQuotaKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster({ kubelet: false });
  await cluster.settle();
});
afterEach(() => cluster.stop());

const quota = async () => (await cluster.admin.get<ResourceQuota>(resourceQuotaKind, 'default', 'q')).status;
const limitTo = (hard: Record<string, string>) =>
  cluster.admin.create(resourceQuotaKind, {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'q', namespace: 'default' },
    spec: { hard },
  });
const makePod = (name: string) =>
  cluster.admin.create<Pod>(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '250m' } } }] },
  });
const dropPod = (name: string) => cluster.admin.delete(podKind, 'default', name, { gracePeriodSeconds: 0 });

describe('resource quota controller', () => {
  it('says what is limited and used', async () => {
    await makePod('a');
    await limitTo({ pods: '5', cpu: '2', 'count/configmaps': '9', services: '1' });
    await cluster.settle();
    expect(await quota()).toEqual({
      hard: { pods: '5', cpu: '2', 'count/configmaps': '9', services: '1' },
      used: { pods: '1', cpu: '250m', 'count/configmaps': '1', services: '0' },
    });
  });

  it('follows a new spec', async () => {
    await limitTo({ pods: '5' });
    await cluster.settle();
    const now = await cluster.admin.get<ResourceQuota>(resourceQuotaKind, 'default', 'q');
    await cluster.admin.update(resourceQuotaKind, { ...now, spec: { hard: { secrets: '3' } } });
    await cluster.settle();
    expect(await quota()).toEqual({ hard: { secrets: '3' }, used: { secrets: '0' } });
  });

  it('gives back what goes, when nobody charges any more', async () => {
    await makePod('a');
    await makePod('b');
    await limitTo({ pods: '5' });
    await cluster.settle();
    await cluster.clock.advance(5000);
    await dropPod('a');
    await cluster.settle();
    expect((await quota())?.used).toEqual({ pods: '1' });
  });

  it('waits with what may still be on its way', async () => {
    await makePod('a');
    await limitTo({ pods: '5' });
    await cluster.settle();
    const now = await cluster.admin.get<ResourceQuota>(resourceQuotaKind, 'default', 'q');
    await cluster.clock.advance(5000);
    await cluster.admin.update(resourceQuotaKind, { ...now, status: { ...now.status, used: { pods: '3' } } }, 'status');
    await cluster.settle();
    await dropPod('a');
    await cluster.settle();
    expect((await quota())?.used).toEqual({ pods: '3' });
    await cluster.clock.advance(1000);
    await cluster.settle();
    expect((await quota())?.used).toEqual({ pods: '0' });
  });

  it('counts a pod that ended no longer', async () => {
    const pod = await makePod('a');
    await limitTo({ pods: '5', 'count/pods': '5' });
    await cluster.settle();
    await cluster.clock.advance(5000);
    await cluster.admin.update(podKind, { ...pod, status: { ...pod.status, phase: 'Succeeded' } }, 'status');
    await cluster.settle();
    expect((await quota())?.used).toEqual({ pods: '0', 'count/pods': '1' });
  });

  it('counts everything again now and then', async () => {
    await limitTo({ configmaps: '5' });
    await cluster.settle();
    const metadata = { name: 'extra', namespace: 'default' };
    await cluster.admin.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await cluster.settle();
    expect((await quota())?.used).toEqual({ configmaps: '1' });
    await cluster.clock.advance(301_000);
    await cluster.settle();
    expect((await quota())?.used).toEqual({ configmaps: '2' });
  });
});
