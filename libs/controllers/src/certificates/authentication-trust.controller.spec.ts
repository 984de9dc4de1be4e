import { afterEach, expect, it } from '@jest/globals';
import { type ConfigMap, configMapKind, type Namespace, namespaceKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

it('publishes the authority of users, and again when somebody takes it away', async () => {
  const signer = { authority: 'PEM', sign: () => Promise.reject(new Error('asked')), isExpired: () => false };
  cluster = await aSpecCluster({ kubelet: false, keys: { signer } });
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } };
  await cluster.admin.create(namespaceKind, namespace);
  await cluster.settle();
  const read = () => cluster.admin.get<ConfigMap>(configMapKind, 'kube-system', 'extension-apiserver-authentication');
  expect((await read()).data).toEqual({ 'client-ca-file': 'PEM' });
  await cluster.admin.delete(configMapKind, 'kube-system', 'extension-apiserver-authentication');
  await cluster.settle();
  await cluster.admin.update(configMapKind, { ...(await read()), data: { other: 'x' } });
  await cluster.settle();
  expect((await read()).data).toEqual({ other: 'x', 'client-ca-file': 'PEM' });
});
