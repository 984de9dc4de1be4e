import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import { type Pod, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { reconcile } from './replicaset.controller.js';
import type { ReplicaSetDeps } from './replicaset-deps.js';

const rs = (replicas: number, more: Partial<ReplicaSet['spec']> = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web', namespace: 'default', uid: 'u1', generation: 1 },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    ...more,
  },
});

describe('a ReplicaSet in a cluster', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await aSpecCluster();
  });
  afterEach(() => {
    cluster.stop();
    expect(cluster.failures).toEqual([]);
  });
  const get = () => cluster.admin.get(replicaSetKind, 'default', 'web');
  const pods = () => cluster.list(podKind, 'default');
  const scale = (replicas: number) =>
    cluster.admin.patch(replicaSetKind, 'default', 'web', { type: 'merge', patch: { spec: { replicas } } });
  const create = async (set: ReplicaSet) => {
    const { uid: _, generation: __, ...metadata } = set.metadata;
    await cluster.admin.create(replicaSetKind, { ...set, metadata });
    await cluster.settle();
  };

  it('makes what is missing and deletes what is too much', async () => {
    await create(rs(2));
    expect((await get()).status).toEqual({
      replicas: 2,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      terminatingReplicas: 0,
      observedGeneration: 1,
    });
    const names = (await pods()).map((pod) => pod.metadata.name!);
    await scale(1);
    await cluster.settle();
    const [left] = await pods();
    const gone = names.find((name) => name !== left!.metadata.name);
    expect((await cluster.eventsOf('web')).toSorted()).toEqual(
      [
        `SuccessfulDelete: Deleted pod: ${gone}`,
        ...names.map((name) => `SuccessfulCreate: Created pod: ${name}`),
      ].toSorted(),
    );
    await cluster.admin.delete(podKind, 'default', left!.metadata.name!);
    await cluster.settle();
    expect((await pods()).map((pod) => pod.metadata.name)).not.toContain(left!.metadata.name);
    expect((await pods()).length).toBe(1);
  });

  it('makes many at once without one too many', async () => {
    await create(rs(700));
    expect((await pods()).length).toBe(700);
    expect((await get()).status?.availableReplicas).toBe(700);
    await scale(0);
    await cluster.settle();
    expect((await pods()).length).toBe(0);
  });

  it('adopts orphans that match and releases what stops matching', async () => {
    const orphan: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orphan', namespace: 'default', labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    };
    await cluster.admin.create(podKind, orphan);
    await create(rs(1));
    const owners = async () => (await cluster.admin.get(podKind, 'default', 'orphan')).metadata.ownerReferences;
    expect((await pods()).length).toBe(1);
    expect(await owners()).toMatchObject([{ kind: 'ReplicaSet', name: 'web', controller: true }]);
    const patch = { metadata: { labels: { app: 'debug' } } };
    await cluster.admin.patch(podKind, 'default', 'orphan', { type: 'merge', patch });
    await cluster.settle();
    expect(await owners()).toBeUndefined();
    expect((await pods()).length).toBe(2);
  });

  it('counts pods as available only after minReadySeconds', async () => {
    await create(rs(1, { minReadySeconds: 30 }));
    expect((await get()).status).toMatchObject({ readyReplicas: 1 });
    expect((await get()).status?.availableReplicas).toBeUndefined();
    await cluster.clock.advance(31_000);
    await cluster.settle();
    expect((await get()).status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });

  it('counts those that are going as terminating, and replaces them at once', async () => {
    await create(rs(1));
    cluster.kubelet.holdsOn = true;
    await cluster.admin.delete(podKind, 'default', (await pods())[0]!.metadata.name!);
    await cluster.settle();
    expect((await get()).status).toMatchObject({ replicas: 1, terminatingReplicas: 1 });
    expect((await pods()).length).toBe(2);
  });

  it('keeps no timer when all is well', async () => {
    await create(rs(3));
    await cluster.clock.advance(120_000);
    expect(cluster.clock.pendingTimers).toBe(0);
  });
});

describe('reconcile', () => {
  const base = (over: Partial<ReplicaSetDeps>): ReplicaSetDeps => ({
    nowMs: () => 0,
    replicaSet: () => rs(3),
    forget: () => {},
    cacheIsCurrent: () => true,
    candidates: () => [],
    relatedActivePods: () => [],
    claimWrites: () => ({ liveOwner: async () => undefined, adopt: async () => {}, release: async () => {} }),
    createPod: async () => ({ ...rs(0), metadata: { name: 'web-x' } }) as unknown as Pod,
    deletePod: async () => {},
    writeStatus: async () => {},
    event: () => {},
    ...over,
  });
  const key = { namespace: 'default', name: 'web' };

  it('does nothing on a cache that lacks its own writes', async () => {
    let creations = 0;
    const createPod = async () => {
      creations++;
      return {} as Pod;
    };
    expect(await reconcile(base({ cacheIsCurrent: () => false, createPod }), key)).toEqual({ requeueAfterMs: 1000 });
    expect(creations).toBe(0);
  });

  it('stops after the first failing batch, and tells in events and status', async () => {
    let tries = 0;
    const events: string[] = [];
    let written: ReplicaSet | undefined;
    const deps = base({
      replicaSet: () => rs(100),
      async createPod() {
        tries++;
        throw StatusError.forbidden({ group: '', resource: 'pods' }, '', 'exceeded quota');
      },
      event: (_about, type, reason, message) => events.push(`${type} ${reason} ${message}`),
      writeStatus: async (set) => void (written = set),
    });
    await expect(reconcile(deps, key)).rejects.toThrow('exceeded quota');
    expect(tries).toBe(1);
    expect(events).toEqual(['Warning FailedCreate Error creating: pods is forbidden: exceeded quota']);
    expect(written?.status?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' },
    ]);
  });

  it('is silent in a namespace that is going', async () => {
    const events: string[] = [];
    const deps = base({
      async createPod() {
        throw new StatusError(403, 'Forbidden', 'going', { causes: [{ reason: 'NamespaceTerminating' }] });
      },
      event: (_about, _type, reason) => events.push(reason),
    });
    await reconcile(deps, key);
    expect(events).toEqual([]);
  });
});
