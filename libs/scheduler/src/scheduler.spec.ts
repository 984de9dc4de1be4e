import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { nodeKind, type PodSpec, podKind } from '#kinds';
import { asking, aSpecCluster, type SpecCluster } from './spec-cluster.js';

const CONTROL_PLANE = { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] };
const NOT_HELPFUL = 'Preemption is not helpful for scheduling';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => cluster.stop());

async function starter(): Promise<void> {
  await cluster.addNode('controlplane', CONTROL_PLANE);
  await cluster.addNode('node01');
  await cluster.addNode('node02');
}

const scheduledCondition = async (name: string) =>
  (await cluster.pod(name)).status?.conditions?.find(({ type }) => type === 'PodScheduled');

describe('a pod that fits', () => {
  it('is bound, and the user is told', async () => {
    await starter();
    await cluster.addPod('web');
    await cluster.run(200);
    const node = await cluster.nodeOf('web');
    expect(['node01', 'node02']).toContain(node);
    expect(cluster.eventsOf('web')).toEqual([`Scheduled: Successfully assigned default/web to ${node}`]);
    expect(await scheduledCondition('web')).toMatchObject({ status: 'True' });
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('goes where there is more room, and the decision says why', async () => {
    await starter();
    await cluster.addPod('big', { ...asking({ cpu: '3' }), nodeName: 'node01' });
    const { metadata } = await cluster.addPod('web', asking({ cpu: '500m', memory: '256Mi' }));
    await cluster.run(200);
    expect(await cluster.nodeOf('web')).toBe('node02');
    const [decision] = cluster.scheduler.decisions(metadata.uid);
    expect(decision).toMatchObject({
      outcome: 'scheduled',
      node: 'node02',
      attempt: 1,
      nodesEvaluated: 3,
      nodesFeasible: 2,
      refusals: { 'node(s) had untolerated taint(s)': 1 },
      scoredBy: ['NodeResourcesFit', 'NodeResourcesBalancedAllocation'],
    });
    expect(decision?.best.map(({ node }) => node)).toEqual(['node02', 'node01']);
  });

  it('spreads many over the nodes without giving a node more than it has', async () => {
    await starter();
    for (let i = 0; i < 8; i++) await cluster.addPod(`web-${i}`, asking({ cpu: '1' }));
    await cluster.run(500);
    const placed = await Promise.all(Array.from({ length: 8 }, (_, i) => cluster.nodeOf(`web-${i}`)));
    expect(placed.filter((node) => node === 'node01')).toHaveLength(4);
    expect(placed.filter((node) => node === 'node02')).toHaveLength(4);
  });

  it('chooses the same among equals when seed and inputs are the same', async () => {
    const run = async () => {
      const other = await aSpecCluster('seed');
      for (const name of ['a', 'b', 'c', 'd']) await other.addNode(name);
      for (let i = 0; i < 8; i++) await other.addPod(`web-${i}`);
      await other.run(300);
      const nodes = await Promise.all(Array.from({ length: 8 }, (_, i) => other.nodeOf(`web-${i}`)));
      other.stop();
      return nodes;
    };
    expect(await run()).toEqual(await run());
  });
});

interface Misfit {
  readonly what: string;
  readonly spec: Partial<PodSpec>;
  readonly message: string;
}

const MISFITS: readonly Misfit[] = [
  {
    what: 'asks more than any node has',
    spec: asking({ cpu: '100' }),
    message: `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are available: 3 ${NOT_HELPFUL}.`,
  },
  {
    what: 'lacks several things',
    spec: asking({ cpu: '100', memory: '1Ti', 'nvidia.com/gpu': '1' }),
    message: `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu, 2 Insufficient memory, 2 Insufficient nvidia.com/gpu. preemption: 0/3 nodes are available: 3 ${NOT_HELPFUL}.`,
  },
  {
    what: 'selects a label that no node has',
    spec: { nodeSelector: { disk: 'ssd' } },
    message: `0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 ${NOT_HELPFUL}.`,
  },
  {
    what: 'is pinned to a node that is not there',
    spec: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node09'] }] }],
          },
        },
      },
    },
    message: `0/3 nodes are available: 3 node(s) didn't satisfy plugin(s) [NodeAffinity]. preemption: 0/3 nodes are available: 3 ${NOT_HELPFUL}.`,
  },
];

describe('a pod that fits nowhere', () => {
  it.each(MISFITS.map((misfit) => [misfit.what, misfit] as const))('%s', async (_what, { spec, message }) => {
    await starter();
    await cluster.addPod('web', spec);
    await cluster.run(300);
    expect(await cluster.nodeOf('web')).toBe('');
    expect(cluster.eventsOf('web')).toEqual([`FailedScheduling: ${message}`]);
    expect(await scheduledCondition('web')).toMatchObject({ status: 'False', reason: 'Unschedulable', message });
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('waits for the first node', async () => {
    await cluster.addPod('web');
    await cluster.run(300);
    expect(cluster.eventsOf('web')).toEqual(['FailedScheduling: no nodes available to schedule pods']);
    await cluster.addNode('node01');
    await cluster.run(12_000);
    expect(await cluster.nodeOf('web')).toBe('node01');
  });

  it('is told of full nodes, and goes in when a pod leaves', async () => {
    await cluster.addNode('node01', {}, { pods: '1' });
    await cluster.addPod('first');
    await cluster.run(200);
    await cluster.addPod('second');
    await cluster.run(200);
    const message =
      '0/1 nodes are available: 1 Too many pods. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.';
    expect(cluster.eventsOf('second')).toEqual([`FailedScheduling: ${message}`]);
    await cluster.admin.delete(podKind, 'default', 'first', { gracePeriodSeconds: 0 });
    await cluster.run(200);
    expect(await cluster.nodeOf('second')).toBe('node01');
  });

  it('is not tried again for events that cannot help', async () => {
    await starter();
    const { metadata } = await cluster.addPod('web', asking({ cpu: '100' }));
    await cluster.run(300);
    await cluster.admin.patch(nodeKind, '', 'node01', { type: 'merge', patch: { metadata: { labels: { a: 'b' } } } });
    await cluster.run(15_000);
    expect(cluster.scheduler.decisions(metadata.uid)).toHaveLength(1);
    await cluster.addNode('node03');
    await cluster.run(15_000);
    const [last, ...before] = cluster.scheduler.decisions(metadata.uid);
    expect(before.length).toBeGreaterThan(0);
    expect(last?.message).toContain('0/4 nodes are available');
  });

  it('goes in when a cordoned node is opened', async () => {
    await cluster.addNode('node01', { unschedulable: true });
    await cluster.addPod('web');
    await cluster.run(200);
    expect(cluster.eventsOf('web')[0]).toContain('1 node(s) were unschedulable');
    await cluster.admin.patch(nodeKind, '', 'node01', { type: 'merge', patch: { spec: { unschedulable: null } } });
    await cluster.run(200);
    expect(await cluster.nodeOf('web')).toBe('node01');
  });
});

describe('who goes first', () => {
  it('is the more important pod among those that wait', async () => {
    await cluster.addPod('low', { ...asking({ cpu: '3' }), priority: 1 });
    await cluster.addPod('high', { ...asking({ cpu: '3' }), priority: 10 });
    await cluster.run(200);
    await cluster.addNode('node01');
    await cluster.run(12_000);
    expect([await cluster.nodeOf('high'), await cluster.nodeOf('low')]).toEqual(['node01', '']);
  });

  it('may be made room for', async () => {
    await cluster.addNode('node01');
    await cluster.addPod('low', { ...asking({ cpu: '3' }), priority: 1 });
    await cluster.run(200);
    const { metadata } = await cluster.addPod('high', { ...asking({ cpu: '3' }), priority: 10 });
    await cluster.run(200);
    expect(cluster.eventsOf('low')).toContain(`Preempted: Preempted by pod ${metadata.uid} on node node01`);
    expect((await cluster.pod('high')).status?.nominatedNodeName).toBe('node01');
    expect((await cluster.pod('low')).metadata.deletionTimestamp).toBeDefined();
    // What the kubelet does when the pod has stopped.
    await cluster.admin.delete(podKind, 'default', 'low', { gracePeriodSeconds: 0 });
    await cluster.run(12_000);
    expect(await cluster.nodeOf('high')).toBe('node01');
  });

  it('waits behind its gates', async () => {
    await cluster.addNode('node01');
    await cluster.addPod('web', { schedulingGates: [{ name: 'example.com/wait' }] });
    await cluster.run(1_000);
    expect([await cluster.nodeOf('web'), cluster.eventsOf('web')]).toEqual(['', []]);
    const patch = [{ op: 'remove', path: '/spec/schedulingGates' }];
    await cluster.admin.patch(podKind, 'default', 'web', { type: 'json', patch });
    await cluster.run(200);
    expect(await cluster.nodeOf('web')).toBe('node01');
  });
});
