import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Deployment,
  deploymentKind,
  type Endpoints,
  endpointsKind,
  type EndpointSlice,
  endpointSliceKind,
  type Pod,
  podKind,
  type Service,
  serviceKind,
} from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const service = (spec: Service['spec'], labels?: Record<string, string>): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', ...(labels ? { labels } : {}) },
  spec: spec!,
});
const deployment = (replicas: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'c', image: 'nginx', ports: [{ name: 'http', containerPort: 8080 }] }] },
    },
  },
});
const slices = () => cluster.list<EndpointSlice>(endpointSliceKind, 'default');
const endpoints = () => cluster.admin.get<Endpoints>(endpointsKind, 'default', 'web');
const SELECTOR = { app: 'web' };

describe('a service', () => {
  it('without pods has one empty slice, which is filled when they come', async () => {
    await cluster.admin.create(serviceKind, service({ selector: SELECTOR, ports: [{ port: 80, targetPort: 'http' }] }));
    await cluster.settle();
    const [empty] = await slices();
    expect(empty?.addressType).toBe('IPv4');
    expect(empty?.endpoints ?? []).toEqual([]);
    expect(empty!.metadata.generateName).toBe('web-');
    expect(empty!.metadata.labels).toEqual({
      'kubernetes.io/service-name': 'web',
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    });
    expect(empty!.metadata.ownerReferences).toMatchObject([{ kind: 'Service', name: 'web', controller: true }]);
    expect((await endpoints()).subsets).toBeUndefined();
    await cluster.admin.create(deploymentKind, deployment(2));
    await cluster.settle();
    const [slice, ...others] = await slices();
    expect(others).toEqual([]);
    expect(slice!.metadata.name).toBe(empty!.metadata.name);
    expect(slice!.ports).toEqual([{ name: '', port: 8080, protocol: 'TCP' }]);
    const pods = await cluster.list<Pod>(podKind);
    expect(slice!.endpoints).toHaveLength(2);
    for (const pod of pods) {
      expect(slice!.endpoints).toContainEqual({
        addresses: [pod.status!.podIP],
        conditions: { ready: true, serving: true, terminating: false },
        nodeName: 'node01',
        targetRef: { kind: 'Pod', namespace: 'default', name: pod.metadata.name, uid: pod.metadata.uid },
      });
    }
    const [subset] = (await endpoints()).subsets!;
    expect(subset!.ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
    expect(subset!.addresses!.map(({ ip }) => ip)).toEqual(pods.map((pod) => pod.status!.podIP!).toSorted());
  });

  it('shows who is not ready and who is going', async () => {
    await cluster.admin.create(serviceKind, service({ selector: SELECTOR, ports: [{ name: 'http', port: 80 }] }));
    cluster.kubelet.readies = () => false;
    await cluster.admin.create(deploymentKind, deployment(1));
    await cluster.settle();
    const conditions = async () => (await slices())[0]!.endpoints!.map((endpoint) => endpoint.conditions);
    expect(await conditions()).toEqual([{ ready: false, serving: false, terminating: false }]);
    expect((await endpoints()).subsets).toMatchObject([{ notReadyAddresses: [{ nodeName: 'node01' }] }]);
    cluster.kubelet.readies = () => true;
    await cluster.kubelet.look();
    await cluster.settle();
    cluster.kubelet.holdsOn = true;
    await cluster.admin.patch(deploymentKind, 'default', 'web', { type: 'merge', patch: { spec: { replicas: 0 } } });
    await cluster.settle();
    expect(await conditions()).toEqual([{ ready: false, serving: true, terminating: true }]);
    expect((await endpoints()).subsets).toBeUndefined();
  });

  it('has slices of a hundred, and keeps its labels on them', async () => {
    await cluster.admin.create(serviceKind, service({ selector: SELECTOR, clusterIP: 'None' }, { team: 'a' }));
    await cluster.admin.create(deploymentKind, deployment(250));
    await cluster.settle();
    await cluster.clock.advance(1000);
    await cluster.settle();
    const all = await slices();
    expect(all.map((slice) => slice.endpoints!.length).toSorted((a, b) => a - b)).toEqual([50, 100, 100]);
    expect(new Set(all.flatMap((slice) => slice.endpoints!.map((endpoint) => endpoint.targetRef!.uid))).size).toBe(250);
    expect(all[0]!.metadata.labels).toMatchObject({ team: 'a', 'service.kubernetes.io/headless': '' });
    expect((await endpoints()).subsets!.flatMap(({ addresses }) => addresses ?? [])).toHaveLength(250);
  });

  it('takes its endpoints with it', async () => {
    await cluster.admin.create(serviceKind, service({ selector: SELECTOR, ports: [{ port: 80 }] }));
    await cluster.settle();
    await cluster.admin.delete(serviceKind, 'default', 'web');
    await cluster.settle();
    expect(await slices()).toEqual([]);
    expect(await cluster.list(endpointsKind, 'default')).toEqual([]);
  });

  it('without selector is left to others', async () => {
    await cluster.admin.create(serviceKind, service({ ports: [{ port: 80 }] }));
    await cluster.settle();
    expect(await slices()).toEqual([]);
    expect(await cluster.list(endpointsKind, 'default')).toEqual([]);
  });
});
