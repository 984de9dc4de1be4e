import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StatusError } from '#apimachinery';
import {
  type Deployment,
  deploymentKind,
  nodeKind,
  type Pod,
  type PodDisruptionBudget,
  podDisruptionBudgetKind,
  podKind,
} from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
  await cluster.settle();
});
afterEach(() => cluster.stop());

const status = async () =>
  (await cluster.admin.get<PodDisruptionBudget>(podDisruptionBudgetKind, 'default', 'web')).status;
const pods = () => cluster.list<Pod>(podKind, 'default');
async function deploy(replicas: number): Promise<void> {
  const labels = { app: 'web' };
  await cluster.admin.create<Deployment>(deploymentKind, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  });
  await cluster.settle();
}
async function protect(spec: object): Promise<void> {
  await cluster.admin.create<PodDisruptionBudget>(podDisruptionBudgetKind, {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  });
  await cluster.settle();
}
async function evict(name: string): Promise<StatusError | undefined> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
  try {
    await cluster.admin.createSubresource(podKind, 'default', name, 'eviction', eviction);
    return undefined;
  } catch (error) {
    return error as StatusError;
  }
}

describe('disruption controller', () => {
  it.each<[object, number, number, number]>([
    [{ minAvailable: 2 }, 4, 2, 2],
    [{ minAvailable: '51%' }, 4, 3, 1],
    [{ maxUnavailable: 1 }, 4, 3, 1],
    [{ maxUnavailable: '30%' }, 4, 2, 2],
    [{ maxUnavailable: 9 }, 4, 0, 4],
    [{ minAvailable: 9 }, 4, 9, 0],
  ])('%j of four', async (spec, expectedPods, desiredHealthy, disruptionsAllowed) => {
    await deploy(4);
    await protect(spec);
    expect(await status()).toMatchObject({ expectedPods, desiredHealthy, disruptionsAllowed, currentHealthy: 4 });
    const [condition] = (await status())!.conditions!;
    expect(condition).toMatchObject({
      type: 'DisruptionAllowed',
      status: disruptionsAllowed > 0 ? 'True' : 'False',
      reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    });
  });

  it('lets as many go as the budget has, and more when others came', async () => {
    await deploy(2);
    await protect({ minAvailable: 1 });
    cluster.kubelet.readies = () => false;
    const [first, second] = (await pods()).map(({ metadata }) => metadata.name!);
    expect(await evict(first!)).toBeUndefined();
    expect(await evict(second!)).toMatchObject({
      code: 429,
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          { reason: 'DisruptionBudget', message: 'The disruption budget web needs 1 healthy pods and has 2 currently' },
        ],
      },
    });
    await cluster.settle();
    expect(await status()).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, expectedPods: 2 });
    cluster.kubelet.readies = () => true;
    await cluster.kubelet.look();
    await cluster.settle();
    expect(await status()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(await evict(second!)).toBeUndefined();
  });

  it('counts a pod again that did not go', async () => {
    await deploy(2);
    await protect({ minAvailable: 1 });
    const [pod] = await pods();
    const budget = await cluster.admin.get<PodDisruptionBudget>(podDisruptionBudgetKind, 'default', 'web');
    const disruptedPods = { [pod!.metadata.name!]: new Date(cluster.clock.nowMs()).toISOString() };
    const charged = { ...budget, status: { ...budget.status, disruptedPods, disruptionsAllowed: 0 } };
    await cluster.admin.update(podDisruptionBudgetKind, charged, 'status');
    await cluster.settle();
    expect(await status()).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0 });
    await cluster.clock.advance(121_000);
    await cluster.settle();
    expect(await status()).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect((await status())?.disruptedPods).toBeUndefined();
    expect(await cluster.eventsOf(pod!.metadata.name!)).toContain(
      "NotDeleted: Pod was expected by PDB default/web to be deleted but it wasn't",
    );
  });

  it('lets nothing go when it cannot know how many there should be', async () => {
    const [node] = await cluster.list(nodeKind, '');
    const owner = { apiVersion: 'v1', kind: 'Node', name: 'node01', uid: node!.metadata.uid!, controller: true };
    await cluster.admin.create<Pod>(podKind, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'odd', namespace: 'default', labels: { app: 'web' }, ownerReferences: [owner] },
      spec: { containers: [{ name: 'c', image: 'nginx' }] },
    });
    await protect({ maxUnavailable: 1 });
    const [condition] = (await status())!.conditions!;
    expect(condition).toMatchObject({ status: 'False', reason: 'SyncFailed' });
    expect(condition!.message).toBe('nodes does not implement the scale subresource');
  });
});
