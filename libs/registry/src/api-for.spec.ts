import { describe, expect, it } from '@jest/globals';
import { isReason } from '#apimachinery';
import type { ClusterApi, WatchEvent } from '#client';
import { builtInKinds, type ConfigMap, configMapKind, leaseKind, type Pod, podKind } from '#kinds';
import { apiFor } from './api-for.js';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';

function apiOf(cluster: SpecCluster): ClusterApi {
  const { verbs, store, env, traces, heartbeats, clock } = cluster;
  const apis = apiFor({
    verbs,
    store,
    clusterOf: () => ({ env, kinds: builtInKinds, traces, heartbeats }),
    traceClock: clock,
  });
  return apis(env.id, { username: 'system:kube-scheduler', groups: [] });
}

const aConfigMap = (name: string): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', labels: { app: name } },
  data: { k: '1' },
});

describe('apiFor', () => {
  it('gives back the shared object and never keeps the one it was given', async () => {
    const api = apiOf(await aSpecCluster());
    const given = aConfigMap('a');
    const made = await api.create(configMapKind, given);
    given.data!['k'] = 'changed by its owner';
    const read = await api.get(configMapKind, 'default', 'a');
    expect(read).toBe(made);
    expect(read.data).toEqual({ k: '1' });
    expect(read.metadata.resourceVersion).toBe('2');
  });

  it('lists and then watches without gap or repetition', async () => {
    const api = apiOf(await aSpecCluster());
    await api.create(configMapKind, aConfigMap('a'));
    const { items, metadata } = await api.list(configMapKind, undefined, { labelSelector: 'app' });
    expect(items).toHaveLength(1);
    const seen: WatchEvent<ConfigMap>[] = [];
    const handle = await api.watch(
      configMapKind,
      undefined,
      { resourceVersion: metadata.resourceVersion! },
      { events: (batch) => void seen.push(...batch), closed: () => {} },
    );
    const b = await api.create(configMapKind, aConfigMap('b'));
    await api.update(configMapKind, { ...b, data: { k: '2' } });
    await api.patch(configMapKind, 'default', 'b', { type: 'merge', patch: { data: { k: '3' } } });
    await api.delete(configMapKind, 'default', 'b');
    handle.cancel();
    await api.create(configMapKind, aConfigMap('c'));
    expect(seen.map(({ type, object }) => `${type} ${object.metadata.resourceVersion} ${object.data?.['k']}`)).toEqual([
      'ADDED 3 1',
      'MODIFIED 4 2',
      'MODIFIED 5 3',
      'DELETED 6 3',
    ]);
    expect(await api.head()).toBe(7);
  });

  it('fails as the API does', async () => {
    const api = apiOf(await aSpecCluster());
    const failure = await api.get(configMapKind, 'default', 'x').catch((error: unknown) => error);
    expect(isReason(failure, 'NotFound')).toBe(true);
  });

  it('binds a pod and beats for it', async () => {
    const cluster = await aSpecCluster();
    const api = apiOf(cluster);
    await cluster.create('pods', { metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'x' }] } });
    const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'p', namespace: 'default' } };
    await api.createSubresource(podKind, 'default', 'p', 'binding', {
      ...binding,
      ...{ target: { kind: 'Node', name: 'n' } },
    });
    const pod: Pod = await api.get(podKind, 'default', 'p');
    expect(pod.spec?.nodeName).toBe('n');
    expect(pod.status?.conditions).toContainEqual(expect.objectContaining({ type: 'PodScheduled', status: 'True' }));
    const again = api.createSubresource(podKind, 'default', 'p', 'binding', {
      ...binding,
      ...{ target: { kind: 'Node', name: 'm' } },
    });
    await expect(again).rejects.toMatchObject({ code: 409 });
    api.heartbeat(leaseKind, 'kube-node-lease', 'n', { periodMs: 10_000 });
    expect(cluster.heartbeats.size).toBe(1);
  });

  it('leaves a trace of every call', async () => {
    const cluster = await aSpecCluster();
    await apiOf(cluster).create(configMapKind, aConfigMap('a'));
    const [trace] = cluster.traces.latest();
    expect(trace?.name).toBe('system:kube-scheduler create configmaps');
    expect(trace?.spans.map(({ name }) => name)).toEqual([
      'authorization',
      'admission',
      'validation',
      'admission',
      'store',
    ]);
  });
});
