import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findCondition, type StatusError } from '#apimachinery';
import { type Deployment, deploymentKind, type Pod, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

function web(image: string, more: Partial<Deployment['spec']> = {}): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default', labels: { app: 'web' } },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
      ...more,
    },
  };
}

const get = () => cluster.admin.get(deploymentKind, 'default', 'web');
const patch = (spec: object) =>
  cluster.admin.patch(deploymentKind, 'default', 'web', { type: 'merge', patch: { spec } as never });
const setImage = (image: string) => patch({ template: { spec: { containers: [{ name: 'c', image }] } } });
const imageOf = (rs: ReplicaSet) => rs.spec.template!.spec!.containers[0]!.image!;
/** 'nginx:1 3/3 r1': image, ready of wanted, revision; oldest first. */
async function sets(): Promise<string[]> {
  const all = await cluster.list(replicaSetKind, 'default');
  const line = (rs: ReplicaSet) =>
    `${imageOf(rs)} ${rs.status?.readyReplicas ?? 0}/${rs.spec.replicas} r${rs.metadata.annotations?.['deployment.kubernetes.io/revision']}`;
  return all.map(line).toSorted();
}
const progressing = async () => findCondition((await get()).status?.conditions, 'Progressing');

describe('a Deployment', () => {
  it('makes a ReplicaSet that makes pods, and says so', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    const d = await get();
    const [rs] = await cluster.list(replicaSetKind, 'default');
    expect(rs!.metadata.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    expect(rs!.metadata.labels).toEqual({ app: 'web', 'pod-template-hash': rs!.metadata.name!.slice(4) });
    expect(d.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' });
    expect(d.status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    });
    expect(d.status).not.toHaveProperty('unavailableReplicas');
    expect(d.status?.conditions?.map((c) => `${c.type} ${c.status} ${c.reason} ${c.message}`)).toEqual([
      'Available True MinimumReplicasAvailable Deployment has minimum availability.',
      `Progressing True NewReplicaSetAvailable ReplicaSet "${rs!.metadata.name}" has successfully progressed.`,
    ]);
    expect(await cluster.eventsOf('web')).toEqual([
      `ScalingReplicaSet: Scaled up replica set ${rs!.metadata.name} from 0 to 3`,
    ]);
    expect(cluster.failures).toEqual([]);
  });

  it('rolls a new template out within surge and unavailability', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1', { replicas: 4 }));
    await cluster.settle();
    // maxSurge and maxUnavailable 25 % of 4: at most 5 pods, at least 3 available.
    cluster.kubelet.readies = (pod) => pod.spec.containers[0]!.image === 'nginx:1';
    await setImage('nginx:2');
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 3/3 r1', 'nginx:2 0/2 r2']);
    cluster.kubelet.readies = () => true;
    await cluster.kubelet.look();
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 0/0 r1', 'nginx:2 4/4 r2']);
    expect((await cluster.list(podKind, 'default')).length).toBe(4);
    expect((await progressing())?.reason).toBe('NewReplicaSetAvailable');
  });

  it('returns to an old ReplicaSet when its template comes back, with a new revision', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    await setImage('nginx:2');
    await cluster.settle();
    await setImage('nginx:1');
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 3/3 r3', 'nginx:2 0/0 r2']);
    const old = (await cluster.list(replicaSetKind, 'default')).find((rs) => imageOf(rs) === 'nginx:1')!;
    expect(old.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1');
    expect((await get()).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3');
  });

  it('keeps no more old ReplicaSets than revisionHistoryLimit', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1', { revisionHistoryLimit: 1 }));
    await cluster.settle();
    for (const image of ['nginx:2', 'nginx:3', 'nginx:4']) {
      await setImage(image);
      await cluster.settle();
    }
    expect(await sets()).toEqual(['nginx:3 0/0 r3', 'nginx:4 3/3 r4']);
  });

  it('does not roll out while paused, but scales', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    await patch({ paused: true });
    await setImage('nginx:2');
    await patch({ replicas: 5 });
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 5/5 r1']);
    expect(await progressing()).toMatchObject({
      status: 'Unknown',
      reason: 'DeploymentPaused',
      message: 'Deployment is paused',
    });
    await patch({ paused: false });
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 0/0 r1', 'nginx:2 5/5 r2']);
  });

  it('shares a scale in mid-rollout out in proportion', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1', { replicas: 10 }));
    await cluster.settle();
    cluster.kubelet.readies = (pod) => pod.spec.containers[0]!.image === 'nginx:1';
    await setImage('nginx:2');
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 8/8 r1', 'nginx:2 0/5 r2']);
    await patch({ replicas: 15 });
    await cluster.settle();
    // 15 + 25 % rounded up: 19; 8 and 5 of 13 become 12 and 7. Then the old one may go down to what must be available.
    const events = await cluster.eventsOf('web');
    expect(events.some((event) => /from 8 to 12$/.test(event))).toBe(true);
    expect(events.some((event) => /from 5 to 7$/.test(event))).toBe(true);
  });

  it('with Recreate makes no new pod before the last old one is gone', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1', { strategy: { type: 'Recreate' } }));
    await cluster.settle();
    cluster.kubelet.holdsOn = true;
    await setImage('nginx:2');
    await cluster.settle();
    const images = async () =>
      (await cluster.list(podKind, 'default')).map((pod: Pod) => pod.spec.containers[0]!.image);
    expect(await images()).toEqual(['nginx:1', 'nginx:1', 'nginx:1']);
    cluster.kubelet.holdsOn = false;
    await cluster.kubelet.look();
    await cluster.settle();
    expect(await images()).toEqual(['nginx:2', 'nginx:2', 'nginx:2']);
  });

  it('says that it is stuck when its deadline has passed, and not before', async () => {
    cluster.kubelet.readies = () => false;
    await cluster.admin.create(deploymentKind, web('nginx:1', { progressDeadlineSeconds: 60 }));
    await cluster.settle();
    expect((await progressing())?.reason).toBe('ReplicaSetUpdated');
    await cluster.clock.advance(50_000);
    await cluster.settle();
    expect((await progressing())?.reason).toBe('ReplicaSetUpdated');
    await cluster.clock.advance(15_000);
    await cluster.settle();
    expect(await progressing()).toMatchObject({ status: 'False', reason: 'ProgressDeadlineExceeded' });
    expect((await progressing())?.message).toMatch(/^ReplicaSet "web-.*" has timed out progressing\.$/);
  });

  it('keeps no timer when its rollout is done', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    await cluster.clock.advance(60_000);
    expect(cluster.clock.pendingTimers).toBe(0);
  });

  it('counts a collision when its ReplicaSet name is taken by another template', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    const [rs] = await cluster.list(replicaSetKind, 'default');
    await cluster.admin.delete(deploymentKind, 'default', 'web', { propagationPolicy: 'Orphan' });
    await cluster.settle();
    const template = { ...rs!.spec.template!, spec: { containers: [{ name: 'c', image: 'other' }] } };
    await cluster.admin.update(replicaSetKind, {
      ...(await cluster.admin.get(replicaSetKind, 'default', rs!.metadata.name!)),
      spec: { ...rs!.spec, template },
    });
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    await cluster.settle();
    expect((await get()).status?.collisionCount).toBe(1);
    expect(await sets()).toContain('nginx:1 3/3 r2');
    expect(cluster.failures.splice(0).map(({ error }) => (error as StatusError).reason)).toEqual(['AlreadyExists']);
  });

  it('converges after its controllers were killed at any moment', async () => {
    await cluster.admin.create(deploymentKind, web('nginx:1'));
    for (let kill = 0; kill < 12; kill++) {
      await new Promise((resolve) => setImmediate(resolve));
      cluster.restart();
    }
    await cluster.settle();
    await setImage('nginx:2');
    for (let kill = 0; kill < 12; kill++) {
      await new Promise((resolve) => setImmediate(resolve));
      cluster.restart();
    }
    await cluster.settle();
    expect(await sets()).toEqual(['nginx:1 0/0 r1', 'nginx:2 3/3 r2']);
    expect((await cluster.list(podKind, 'default')).length).toBe(3);
  });
});
