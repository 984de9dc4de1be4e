import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  configMapKind,
  deploymentKind,
  namespaceKind,
  podKind,
  replicaSetKind,
  secretKind,
  serviceAccountKind,
} from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
  await cluster.admin.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  await cluster.settle();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const all = [deploymentKind, replicaSetKind, podKind, configMapKind, secretKind, serviceAccountKind];
const left = async () => {
  const lists = await Promise.all(all.map((kind) => cluster.list(kind as never, 'team')));
  return lists.flat().length;
};
const namespaces = async () => (await cluster.list(namespaceKind)).map(({ metadata }) => metadata.name);

describe('a namespace', () => {
  it('gets a default service account and the root CA, again when deleted', async () => {
    const accounts = async () => (await cluster.list(serviceAccountKind, 'team')).map(({ metadata }) => metadata.name);
    const ca = () => cluster.admin.get(configMapKind, 'team', 'kube-root-ca.crt');
    expect(await accounts()).toEqual(['default']);
    expect((await ca()).data).toEqual({ 'ca.crt': 'PEM' });
    await cluster.admin.delete(serviceAccountKind, 'team', 'default');
    await cluster.admin.patch(configMapKind, 'team', 'kube-root-ca.crt', {
      type: 'merge',
      patch: { data: { 'ca.crt': 'x' } },
    });
    await cluster.settle();
    expect(await accounts()).toEqual(['default']);
    expect((await ca()).data).toEqual({ 'ca.crt': 'PEM' });
  });

  it('takes all it holds with it', async () => {
    await cluster.admin.create(deploymentKind, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'team' },
      spec: {
        replicas: 20,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
      },
    });
    await cluster.admin.create(secretKind, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'team' },
    });
    await cluster.settle();
    expect(await left()).toBe(1 + 1 + 20 + 1 + 1 + 1);
    await cluster.admin.delete(namespaceKind, '', 'team');
    await cluster.settle();
    expect(await namespaces()).toEqual(['default']);
    expect(await left()).toBe(0);
  });

  it('waits for finalizers and says for which', async () => {
    const metadata = { name: 'held', namespace: 'team', finalizers: ['example.com/hold'] };
    await cluster.admin.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    await cluster.admin.delete(namespaceKind, '', 'team');
    await cluster.settle();
    const { status } = await cluster.admin.get(namespaceKind, '', 'team');
    expect(status?.phase).toBe('Terminating');
    expect(status?.conditions?.map((c) => `${c.type} ${c.status} ${c.reason} ${c.message}`)).toEqual([
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False ContentDeleted All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining True SomeResourcesRemain Some resources are remaining: configmaps. has 1 resource instances',
      'NamespaceFinalizersRemaining True SomeFinalizersRemain Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances',
    ]);
    await cluster.admin.patch(configMapKind, 'team', 'held', {
      type: 'merge',
      patch: { metadata: { finalizers: [] } },
    });
    await cluster.settle();
    expect(await namespaces()).toEqual(['default']);
  });
});
