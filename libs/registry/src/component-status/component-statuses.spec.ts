import { describe, expect, it } from '@jest/globals';
import type { ComponentStatus } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const SCHEDULER = 'leases.coordination.k8s.io/kube-system/kube-scheduler';

async function shown({ verbs, ctx, target }: SpecCluster, request = {}): Promise<string[]> {
  const { items } = await verbs.list(ctx(), target('componentstatuses'), request);
  return items.map((found) => {
    const { metadata, conditions } = found.object() as ComponentStatus;
    return [metadata.name, ...conditions!.map(({ type, status, message }) => `${type}=${status} ${message}`)].join(' ');
  });
}

describe('component statuses', () => {
  it('are well in a cluster that just woke', async () => {
    const cluster = await aSpecCluster();
    expect(await shown(cluster)).toEqual([
      'scheduler Healthy=True ok',
      'controller-manager Healthy=True ok',
      'etcd-0 Healthy=True ok',
    ]);
  });

  it('tell of a part that stopped', async () => {
    const cluster = await aSpecCluster();
    cluster.heartbeats.beat(SCHEDULER, 2_000);
    expect((await shown(cluster))[0]).toBe('scheduler Healthy=True ok');
    cluster.heartbeats.stop(SCHEDULER);
    expect((await shown(cluster))[0]).toBe(
      'scheduler Healthy=False Get "https://127.0.0.1:10259/healthz": dial tcp 127.0.0.1:10259: connect: connection refused',
    );
  });

  it('are read by name, and selected', async () => {
    const cluster = await aSpecCluster();
    const { verbs, ctx, target } = cluster;
    const one = await verbs.get(ctx(), target('componentstatuses', 'etcd-0'));
    expect(JSON.parse(one.text)).toEqual({
      apiVersion: 'v1',
      kind: 'ComponentStatus',
      metadata: { name: 'etcd-0' },
      conditions: [{ type: 'Healthy', status: 'True', message: 'ok' }],
    });
    expect(await shown(cluster, { fieldSelector: 'metadata.name=scheduler' })).toEqual(['scheduler Healthy=True ok']);
    expect(await shown(cluster, { labelSelector: 'a=b' })).toEqual([]);
    await expect(verbs.get(ctx(), target('componentstatuses', 'x'))).rejects.toMatchObject({
      code: 404,
      message: 'componentstatuses "x" not found',
    });
  });
});
