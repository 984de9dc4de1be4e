import { afterEach, expect, it } from '@jest/globals';
import { type ConfigMap, configMapKind, type Namespace, namespaceKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

it('says since when uses are written down, and again when somebody takes that away', async () => {
  cluster = await aSpecCluster({ kubelet: false });
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } };
  await cluster.admin.create(namespaceKind, namespace);
  await cluster.settle();
  const name = 'kube-apiserver-legacy-service-account-token-tracking';
  const read = () => cluster.admin.get<ConfigMap>(configMapKind, 'kube-system', name);
  const today = new Date(cluster.clock.nowMs()).toISOString().slice(0, 10);
  expect((await read()).data).toEqual({ since: today });
  const { resourceVersion } = (await read()).metadata;
  await cluster.clock.advance(3 * 24 * 3600 * 1000);
  cluster.restart();
  await cluster.settle();
  expect((await read()).metadata.resourceVersion).toBe(resourceVersion);
  await cluster.admin.update(configMapKind, { ...(await read()), data: { since: 'ever', other: 'x' } });
  await cluster.settle();
  expect((await read()).data).toEqual({ since: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/), other: 'x' });
  await cluster.admin.delete(configMapKind, 'kube-system', name);
  await cluster.settle();
  expect((await read()).data?.['since']).not.toBe(today);
});
