import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type ClusterRole, clusterRoleKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster({ kubelet: false });
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const API_VERSION = 'rbac.authorization.k8s.io/v1';
const rules = async (name: string) => (await cluster.admin.get<ClusterRole>(clusterRoleKind, '', name)).rules ?? [];
const role = (name: string, team: string, resource: string): ClusterRole => ({
  apiVersion: API_VERSION,
  kind: 'ClusterRole',
  metadata: { name, labels: { team } },
  rules: [{ apiGroups: [''], resources: [resource], verbs: ['get'] }],
});

it('finds nothing to do in a new cluster', async () => {
  const names = ['admin', 'edit', 'view'];
  const before = await Promise.all(names.map((name) => cluster.admin.get(clusterRoleKind, '', name)));
  await cluster.settle();
  for (const { metadata } of before) {
    const now = await cluster.admin.get(clusterRoleKind, '', metadata.name!);
    expect(now.metadata.resourceVersion).toBe(metadata.resourceVersion);
  }
  expect((await rules('admin')).length).toBeGreaterThan((await rules('edit')).length);
});

it('gathers by label, each rule once, and follows changes', async () => {
  await cluster.admin.create(clusterRoleKind, role('b', 'blue', 'pods'));
  await cluster.admin.create(clusterRoleKind, role('a', 'blue', 'nodes'));
  await cluster.admin.create(clusterRoleKind, role('c', 'blue', 'pods'));
  await cluster.admin.create(clusterRoleKind, role('d', 'red', 'secrets'));
  await cluster.admin.create(clusterRoleKind, {
    ...role('all', 'blue', 'endpoints'),
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { team: 'blue' } }] },
  });
  await cluster.settle();
  const resources = async () => (await rules('all')).map((rule) => rule.resources?.join());
  expect(await resources()).toEqual(['nodes', 'pods']);
  await cluster.admin.delete(clusterRoleKind, '', 'a');
  await cluster.admin.patch(clusterRoleKind, '', 'd', {
    type: 'merge',
    patch: { metadata: { labels: { team: 'blue' } } },
  });
  await cluster.settle();
  expect(await resources()).toEqual(['pods', 'secrets']);
});

it('carries a rule for admins from view up to admin', async () => {
  const name = 'rbac.authorization.k8s.io/aggregate-to-view';
  const more = role('crontabs', 'x', 'crontabs');
  await cluster.admin.create(clusterRoleKind, { ...more, metadata: { name: 'crontabs', labels: { [name]: 'true' } } });
  await cluster.settle();
  for (const higher of ['view', 'edit', 'admin']) expect(await rules(higher)).toContainEqual(more.rules![0]);
});
