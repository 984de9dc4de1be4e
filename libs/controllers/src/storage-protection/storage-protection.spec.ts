import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { persistentVolumeClaimKind, persistentVolumeKind, type Pod, podKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => cluster.stop());

const makeClaim = () =>
  cluster.admin.create(persistentVolumeClaimKind, {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  });
const makeVolume = async (phase: string) => {
  const volume = await cluster.admin.create(persistentVolumeKind, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  });
  await cluster.admin.update(persistentVolumeKind, { ...volume, status: { phase } }, 'status');
};
const isThere = async (kind: typeof persistentVolumeClaimKind | typeof persistentVolumeKind, namespace: string) =>
  (await cluster.list(kind, namespace)).length > 0;

describe('storage protection', () => {
  it('holds a claim while a pod on a node uses it', async () => {
    await makeClaim();
    await cluster.admin.create<Pod>(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        containers: [{ name: 'c', image: 'nginx' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
      },
    });
    await cluster.settle();
    await cluster.admin.delete(persistentVolumeClaimKind, 'default', 'data');
    await cluster.settle();
    expect(await isThere(persistentVolumeClaimKind, 'default')).toBe(true);
    await cluster.admin.delete(podKind, 'default', 'p');
    await cluster.settle();
    expect(await isThere(persistentVolumeClaimKind, 'default')).toBe(false);
  });

  it('lets an unused claim go', async () => {
    await makeClaim();
    await cluster.settle();
    await cluster.admin.delete(persistentVolumeClaimKind, 'default', 'data');
    await cluster.settle();
    expect(await isThere(persistentVolumeClaimKind, 'default')).toBe(false);
  });

  it.each([
    ['Bound', true],
    ['Released', false],
  ])('of a volume that is %s: stays %s', async (phase, stays) => {
    await makeVolume(phase);
    await cluster.settle();
    await cluster.admin.delete(persistentVolumeKind, '', 'v');
    await cluster.settle();
    expect(await isThere(persistentVolumeKind, '')).toBe(stays);
  });
});
