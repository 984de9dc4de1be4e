import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findCondition } from '#apimachinery';
import { type Node, nodeKind, type Pod, podKind, type Toleration } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
  cluster.kubelet.holdsOn = true;
  await cluster.settle();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const node = () => cluster.admin.get<Node>(nodeKind, '', 'node01');
const taints = async () => ((await node()).spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).toSorted();
const ready = async () => findCondition((await node()).status?.conditions, 'Ready');
const stop = () => {
  cluster.kubelet.dead = true;
  cluster.admin.heartbeat(nodeKind, '', 'node01', 'stopped');
};
const wait = async (ms: number) => {
  await cluster.clock.advance(ms);
  await cluster.settle();
};

async function pod(name: string, tolerations: Toleration[] = []): Promise<void> {
  const spec = { containers: [{ name: 'c', image: 'nginx' }], tolerations };
  const made: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
  await cluster.admin.create(podKind, made);
  await cluster.settle();
}
const going = async () =>
  (await cluster.list<Pod>(podKind)).filter((p) => p.metadata.deletionTimestamp).map((p) => p.metadata.name);

describe('a node', () => {
  it('is registered once, and while it beats costs no timer', async () => {
    await wait(100_000);
    expect(await cluster.eventsOf('node01')).toEqual([
      'RegisteredNode: Node node01 event: Registered Node node01 in Controller',
    ]);
    expect((await ready())?.status).toBe('True');
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('that stops is unknown after its grace, and so are its pods', async () => {
    await pod('web');
    await wait(60_000);
    stop();
    await wait(39_000);
    expect((await ready())?.status).toBe('True');
    await wait(12_000);
    expect(await ready()).toMatchObject({
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    expect(findCondition((await node()).status?.conditions, 'MemoryPressure')?.reason).toBe('NodeStatusNeverUpdated');
    expect(await taints()).toEqual([
      'node.kubernetes.io/unreachable:NoExecute',
      'node.kubernetes.io/unreachable:NoSchedule',
    ]);
    expect((await cluster.eventsOf('node01')).at(-1)).toBe('NodeNotReady: Node node01 status is now: NodeNotReady');
    expect(await cluster.eventsOf('web')).toContain('NodeNotReady: Node is not ready');
  });

  it('loses its taints when it is ready again', async () => {
    stop();
    await wait(60_000);
    expect((await taints()).length).toBe(2);
    cluster.admin.heartbeat(nodeKind, '', 'node01', { periodMs: 10_000 });
    const conditions = (await node()).status!.conditions!.map((c) =>
      c.type === 'Ready' ? { ...c, status: 'True' } : c,
    );
    await cluster.admin.update(nodeKind, { ...(await node()), status: { conditions } }, 'status');
    await cluster.settle();
    expect(await taints()).toEqual([]);
  });

  it('that is cordoned is tainted for the scheduler only', async () => {
    await cluster.admin.patch(nodeKind, '', 'node01', { type: 'merge', patch: { spec: { unschedulable: true } } });
    await cluster.settle();
    expect(await taints()).toEqual(['node.kubernetes.io/unschedulable:NoSchedule']);
    await cluster.admin.patch(nodeKind, '', 'node01', { type: 'merge', patch: { spec: { unschedulable: null } } });
    await cluster.settle();
    expect(await taints()).toEqual([]);
  });

  it('is found silent also when it stopped while the controllers were away', async () => {
    cluster.manager.stop(cluster.env.id);
    stop();
    await wait(120_000);
    cluster.restart();
    await cluster.settle();
    expect((await ready())?.status).toBe('Unknown');
  });
});

describe('taint eviction', () => {
  const unreachable = (tolerationSeconds?: number): Toleration => ({
    key: 'node.kubernetes.io/unreachable',
    operator: 'Exists',
    effect: 'NoExecute',
    ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
  });

  it('deletes pods when their toleration runs out', async () => {
    await pod('intolerant');
    await pod('patient', [unreachable(300)]);
    await pod('stoic', [unreachable()]);
    stop();
    await wait(60_000);
    expect(await going()).toEqual(['intolerant']);
    await wait(280_000);
    expect(await going()).toEqual(['intolerant']);
    await wait(30_000);
    expect(new Set(await going())).toEqual(new Set(['intolerant', 'patient']));
    expect(await cluster.eventsOf('patient')).toContain(
      'TaintManagerEviction: Marking for deletion Pod default/patient',
    );
    const patient = await cluster.admin.get<Pod>(podKind, 'default', 'patient');
    expect(findCondition(patient.status?.conditions, 'DisruptionTarget')?.reason).toBe('DeletionByTaintManager');
  });

  it('spares those whose node comes back in time', async () => {
    await pod('patient', [unreachable(300)]);
    stop();
    await wait(60_000);
    const conditions = (await node()).status!.conditions!.map((c) =>
      c.type === 'Ready' ? { ...c, status: 'True' } : c,
    );
    cluster.admin.heartbeat(nodeKind, '', 'node01', { periodMs: 10_000 });
    await cluster.admin.update(nodeKind, { ...(await node()), status: { conditions } }, 'status');
    await wait(400_000);
    expect(await going()).toEqual([]);
    expect(await cluster.eventsOf('patient')).toContain(
      'TaintManagerEviction: Cancelling deletion of Pod default/patient',
    );
  });
});

describe('pods of a node that is gone', () => {
  it('are removed after a while', async () => {
    await pod('web');
    await cluster.admin.delete(nodeKind, '', 'node01');
    await wait(30_000);
    expect((await cluster.list(podKind)).length).toBe(1);
    await wait(15_000);
    expect((await cluster.list(podKind)).length).toBe(0);
  });
});
