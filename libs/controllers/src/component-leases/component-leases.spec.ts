import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { bootstrapPolicy, type RbacAuthorizer, rbacAuthorizer } from '#auth';
import { parseApiVersion } from '#apimachinery';
import { builtInKinds, type Lease, leaseKind, namespaceKind } from '#kinds';
import { type InMemoryCluster, inMemoryCluster } from '#testing';
import { base32, startComponentLeases } from './component-leases.js';

const LEASES = 'kube-system';
let cluster: InMemoryCluster;
let authorizer: RbacAuthorizer | undefined;
let running: { stop(): void };

/** Lets what was begun without waiting come to its end. */
async function settle(): Promise<void> {
  for (let i = 0; i < 50; i++) await new Promise((resolve) => setImmediate(resolve));
}

async function start(): Promise<void> {
  running = startComponentLeases({ env: cluster.env, apiFor: cluster.clients, host: 'controlplane' });
  await settle();
}

beforeEach(async () => {
  // With the roles of a real cluster, so that each part may do no more than it may there.
  cluster = await inMemoryCluster({
    authorizerOf: (store, sandbox) => (authorizer = rbacAuthorizer(store, sandbox)),
  });
  for (const object of bootstrapPolicy()) {
    const kind = builtInKinds.byKind({ ...parseApiVersion(object.apiVersion)!, kind: object.kind })!;
    await cluster.admin.create(kind, object);
  }
  await cluster.admin.create(namespaceKind, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: LEASES } });
  await start();
});
afterEach(() => {
  running.stop();
  authorizer?.close();
});

const leases = async () => (await cluster.admin.list<Lease>(leaseKind, LEASES)).items;
const byName = async (name: string) => (await leases()).find(({ metadata }) => metadata.name === name);

describe('component leases', () => {
  it('name those who hold them', async () => {
    const all = await leases();
    expect(all.map(({ metadata }) => metadata.name)).toEqual([
      expect.stringMatching(/^apiserver-[a-z2-7]{26}$/),
      'kube-controller-manager',
      'kube-scheduler',
    ]);
    const [server, , scheduler] = all;
    expect(server!.metadata.labels).toEqual({
      'apiserver.kubernetes.io/identity': 'kube-apiserver',
      'kubernetes.io/hostname': 'controlplane',
    });
    expect(server!.spec).toMatchObject({
      holderIdentity: expect.stringMatching(new RegExp(`^${server!.metadata.name}_[0-9a-f-]{36}$`)),
      leaseDurationSeconds: 3600,
    });
    expect(scheduler!.spec).toMatchObject({
      holderIdentity: expect.stringMatching(/^controlplane_[0-9a-f-]{36}$/),
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
    });
  });

  it('are renewed without a write', async () => {
    const before = await byName('kube-scheduler');
    await cluster.clock.advance(60_000);
    const now = await byName('kube-scheduler');
    expect(Date.parse(now!.spec!.renewTime!) - Date.parse(before!.spec!.renewTime!)).toBe(60_000);
    expect(now!.metadata.resourceVersion).toBe(before!.metadata.resourceVersion);
  });

  it('stop with their cluster, and go on with it unwritten', async () => {
    const before = await byName('kube-scheduler');
    running.stop();
    await cluster.clock.advance(60_000);
    const asleep = await byName('kube-scheduler');
    expect(asleep!.spec!.renewTime).toBe(before!.spec!.renewTime);
    await start();
    await cluster.clock.advance(2_000);
    const awake = await byName('kube-scheduler');
    expect(Date.parse(awake!.spec!.renewTime!)).toBeGreaterThan(Date.parse(asleep!.spec!.renewTime!));
    expect(awake!.metadata.resourceVersion).toBe(before!.metadata.resourceVersion);
  });

  it('come back when somebody deletes them', async () => {
    const { uid } = (await byName('kube-scheduler'))!.metadata;
    await cluster.admin.delete(leaseKind, LEASES, 'kube-scheduler');
    await settle();
    const again = await byName('kube-scheduler');
    expect(again!.metadata.uid).not.toBe(uid);
  });
});

it.each([
  ['', ''],
  ['f', 'my'],
  ['fo', 'mzxq'],
  ['foo', 'mzxw6'],
  ['foobar', 'mzxw6ytboi'],
])('base32 of %j', (text, encoded) => {
  expect(base32(Buffer.from(text))).toBe(encoded);
});
