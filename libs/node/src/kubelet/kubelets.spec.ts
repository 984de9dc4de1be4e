import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { leaseKind, type Node, nodeKind, type Pod, type PodSpec, podKind } from '#kinds';
import { SIMULATED_ANNOTATION } from '../marker.js';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => cluster.stop());

const nginx: Partial<PodSpec> = { containers: [{ name: 'app', image: 'nginx:1.29' }] };

async function create(name: string, spec: Partial<PodSpec> = nginx, nodeName = 'node01'): Promise<void> {
  const metadata = { name, namespace: 'default' };
  const containers = spec.containers ?? [];
  await cluster.admin.create(podKind, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName, ...spec, containers },
  });
}

const container = async (name: string) => (await cluster.pod(name))?.status?.containerStatuses?.[0];
const readyText = async (name: string): Promise<string> => {
  const node = await cluster.admin.get<Node>(nodeKind, '', name);
  const ready = node.status?.conditions?.find(({ type }) => type === 'Ready');
  return `${ready?.status} ${ready?.reason}: ${ready?.message}`;
};

describe('nodes', () => {
  it('of the starter are ready, where they were put, and have a lease', async () => {
    await cluster.run(100);
    const { items } = await cluster.admin.list<Node>(nodeKind, undefined);
    expect(
      items.map(({ metadata, spec, status }) => [metadata.name, status?.addresses?.[0]?.address, spec?.podCIDR]),
    ).toEqual([
      ['controlplane', '172.30.1.2', '192.168.0.0/24'],
      ['node01', '172.30.2.2', '192.168.1.0/24'],
      ['node02', '172.30.3.2', '192.168.2.0/24'],
    ]);
    expect(await readyText('node01')).toBe('True KubeletReady: kubelet is posting ready status');
    const lease = await cluster.admin.get(leaseKind, 'kube-node-lease', 'node01');
    expect(lease.spec).toMatchObject({ holderIdentity: 'node01', leaseDurationSeconds: 40 });
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('that are merely created have no kubelet, and get one with the annotation', async () => {
    await cluster.admin.create<Node>(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'lonely' } });
    await create('web', nginx, 'lonely');
    await cluster.run(5_000);
    expect(cluster.rows.at(-1)).toContain('Pending');
    expect(await readyText('lonely')).toBe('undefined undefined: undefined');
    const patch = { metadata: { annotations: { [SIMULATED_ANNOTATION]: 'true' } } };
    await cluster.admin.patch(nodeKind, '', 'lonely', { type: 'merge', patch });
    await cluster.run(5_000);
    expect(cluster.rows.at(-1)).toContain('1/1  Running');
    expect(await readyText('lonely')).toContain('True KubeletReady');
    const node = await cluster.admin.get<Node>(nodeKind, '', 'lonely');
    expect([node.spec?.podCIDR, node.status?.addresses?.[0]?.address]).toEqual(['192.168.3.0/24', '172.30.4.2']);
  });

  it('say which images they have', async () => {
    await create('web');
    await cluster.run(20_000);
    const { status } = await cluster.admin.get<Node>(nodeKind, '', 'node01');
    expect(status?.images).toContainEqual({ names: ['docker.io/library/nginx:1.29'], sizeBytes: 72_319_182 });
  });
});

describe('addresses', () => {
  it('are had by one pod at a time, and given again only after the others', async () => {
    for (const name of ['a', 'b', 'c']) await create(name);
    await cluster.run(10_000);
    const ips = async () =>
      (await cluster.admin.list<Pod>(podKind, undefined)).items.map(({ metadata, status }) => [
        metadata.name,
        status?.podIP,
      ]);
    expect(new Set((await ips()).map(([, ip]) => ip))).toEqual(new Set(['192.168.1.2', '192.168.1.3', '192.168.1.4']));
    await cluster.admin.delete(podKind, 'default', 'b');
    await cluster.run(2_000);
    await create('d');
    await cluster.run(5_000);
    expect(await ips()).toContainEqual(['d', '192.168.1.5']);
  });

  it('stay when the server restarts', async () => {
    for (const name of ['a', 'b']) await create(name);
    await cluster.run(10_000);
    await cluster.restartKubelets();
    await create('c');
    await cluster.run(10_000);
    const { items } = await cluster.admin.list<Pod>(podKind, undefined);
    expect(new Set(items.map(({ status }) => status?.podIP)).size).toBe(3);
    expect((await cluster.pod('c'))?.status?.podIP).toBe('192.168.1.4');
  });

  it('are the node’s on the host network', async () => {
    await create('web', { ...nginx, hostNetwork: true });
    await cluster.run(10_000);
    expect((await cluster.pod('web'))?.status).toMatchObject({ podIP: '172.30.2.2', hostIP: '172.30.2.2' });
  });
});

describe('a restart of the server', () => {
  it('changes nothing in what runs', async () => {
    await create('web');
    await cluster.run(10_000);
    const before = await cluster.pod('web');
    const rows = cluster.rows.length;
    await cluster.restartKubelets();
    await cluster.run(60_000);
    expect(await cluster.pod('web')).toEqual(before);
    expect(cluster.rows).toHaveLength(rows);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('does not lose the end of what runs', async () => {
    await create('job', {
      containers: [{ name: 'app', image: 'busybox', command: ['sleep', '30'] }],
      restartPolicy: 'Never',
    });
    await cluster.run(10_000);
    await cluster.restartKubelets();
    await cluster.run(30_000);
    const ended = (await container('job'))?.state?.terminated;
    expect(ended).toMatchObject({ exitCode: 0, reason: 'Completed' });
    expect(Date.parse(ended!.finishedAt!) - Date.parse(ended!.startedAt!)).toBe(30_000);
  });

  it('goes on with a back-off where it was', async () => {
    await create('web', { containers: [{ name: 'app', image: 'busybox', command: ['false'] }] });
    await cluster.run(20_000);
    expect(await container('web')).toMatchObject({
      restartCount: 2,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
    });
    await cluster.restartKubelets();
    await cluster.run(10_000);
    expect((await container('web'))?.restartCount).toBe(2);
    await cluster.run(6_000);
    expect((await container('web'))?.restartCount).toBe(3);
  });

  it('at any moment still ends in one running container, and in its deletion', async () => {
    for (let atMs = 0; atMs < 4_000; atMs += 250) {
      const name = `web-${atMs}`;
      await create(name);
      await cluster.run(atMs);
      await cluster.restartKubelets();
      await cluster.run(6_000);
      expect(await container(name)).toMatchObject({ ready: true, restartCount: 0 });
      await cluster.admin.delete(podKind, 'default', name);
      await cluster.run(atMs % 300);
      await cluster.restartKubelets();
      await cluster.run(1_000);
      expect(await cluster.pod(name)).toBeUndefined();
    }
  });
});

describe('deletion', () => {
  it('of a pod that ended is at once', async () => {
    await create('job', { containers: [{ name: 'app', image: 'busybox', command: ['true'] }], restartPolicy: 'Never' });
    await cluster.run(5_000);
    await cluster.admin.delete(podKind, 'default', 'job');
    await cluster.run(100);
    expect(await cluster.pod('job')).toBeUndefined();
  });

  it('with less grace the second time is quicker', async () => {
    await create('web', { containers: [{ name: 'app', image: 'busybox', command: ['sleep', '3600'] }] });
    await cluster.run(5_000);
    await cluster.admin.delete(podKind, 'default', 'web');
    await cluster.run(2_000);
    await cluster.admin.delete(podKind, 'default', 'web', { gracePeriodSeconds: 5 });
    await cluster.run(6_000);
    expect(await cluster.pod('web')).toBeUndefined();
  });

  it('by force leaves nothing behind on the node', async () => {
    await create('web');
    await cluster.run(500);
    await cluster.admin.delete(podKind, 'default', 'web', { gracePeriodSeconds: 0 });
    await cluster.run(30_000);
    expect(await cluster.pod('web')).toBeUndefined();
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('leaves a pod with a finalizer alone once it has stopped', async () => {
    const metadata = { name: 'web', namespace: 'default', finalizers: ['example.com/hold'] };
    await cluster.admin.create(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata,
      spec: { nodeName: 'node01', containers: nginx.containers! },
    });
    await cluster.run(10_000);
    await cluster.admin.delete(podKind, 'default', 'web');
    await cluster.run(5_000);
    const rows = cluster.rows.length;
    await cluster.run(60_000);
    expect(cluster.rows).toHaveLength(rows);
    await cluster.admin.patch(podKind, 'default', 'web', { type: 'merge', patch: { metadata: { finalizers: null } } });
    await cluster.run(1_000);
    expect(await cluster.pod('web')).toBeUndefined();
  });
});
