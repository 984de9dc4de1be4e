import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compactVerify } from 'jose';
import { type ConfigMap, configMapKind, type Namespace, namespaceKind, type Secret, secretKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { expiryMsOf, signingTokenOf } from './bootstrap-tokens.js';
import { detachedSignature } from './detached-signature.js';

const NOW_MS = Date.parse('2026-01-01T00:00:00Z');
const encoded = (text: string) => Buffer.from(text).toString('base64');

function tokenSecret(id: string, data: Record<string, string> = {}, more: Partial<Secret> = {}): Secret {
  const whole = { 'token-id': id, 'token-secret': `${id}0123456789`, 'usage-bootstrap-signing': 'true', ...data };
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `bootstrap-token-${id}`, namespace: 'kube-system' },
    type: 'bootstrap.kubernetes.io/token',
    data: Object.fromEntries(Object.entries(whole).map(([key, value]) => [key, encoded(value)])),
    ...more,
  };
}

describe('a Secret with a token', () => {
  it.each<[string, Secret, boolean]>([
    ['that says so', tokenSecret('abcdef'), true],
    ['that ends later', tokenSecret('abcdef', { expiration: '2026-01-01T00:00:01Z' }), true],
    ['that ends now', tokenSecret('abcdef', { expiration: '2026-01-01T00:00:00Z' }), false],
    ['that ends who knows when', tokenSecret('abcdef', { expiration: '2027-01-01' }), false],
    ['for authentication only', tokenSecret('abcdef', { 'usage-bootstrap-signing': 'yes' }), false],
    ['without a secret', tokenSecret('abcdef', { 'token-secret': '' }), false],
    ['of another id', tokenSecret('abcdef', { 'token-id': 'abcdee' }), false],
    ['of a name that is none', tokenSecret('ABCDEF'), false],
    ['with nothing in it', { ...tokenSecret('abcdef'), data: undefined as never }, false],
    [
      'that inherits its entries',
      { ...tokenSecret('abcdef'), data: Object.create({ 'token-id': 'eA==' }) as never },
      false,
    ],
  ])('%s may sign: %s', (_what, secret, may) => {
    expect(signingTokenOf(secret, NOW_MS)).toEqual(may ? { id: 'abcdef', secret: 'abcdef0123456789' } : undefined);
  });

  it('may live forever', () => {
    expect(expiryMsOf(tokenSecret('abcdef'))).toBeUndefined();
    expect(expiryMsOf(tokenSecret('abcdef', { expiration: 'never' }))).toBe(-Infinity);
  });
});

it.each([
  ['Hello from the other side. I must have called a thousand times.', 'VShe2taLd-YTrmWuRkcL_8QTNDHYxQIEBsAYYiIj1_8'],
  ['', '7Ui1ALizW4jXphVUB7xUqC9vLYLL9RZeOFfVLoB7Tgk'],
])('signs "%s" as upstream does', async (content, signature) => {
  expect(await detachedSignature(content, { id: 'joshua', secret: 'my voice is my passcode' })).toBe(
    `eyJhbGciOiJIUzI1NiIsImtpZCI6Impvc2h1YSJ9..${signature}`,
  );
});

describe('in a cluster', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await aSpecCluster({ kubelet: false });
    for (const name of ['kube-system', 'kube-public']) {
      const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
      await cluster.admin.create(namespaceKind, namespace);
    }
    const metadata = { name: 'cluster-info', namespace: 'kube-public' };
    const data = { kubeconfig: 'config', other: 'x', 'jws-kubeconfig-gone00': 'old' };
    await cluster.admin.create(configMapKind, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    await cluster.settle();
  });
  afterEach(() => {
    cluster.stop();
    expect(cluster.failures).toEqual([]);
  });

  const info = () => cluster.admin.get<ConfigMap>(configMapKind, 'kube-public', 'cluster-info');
  const signatures = async () => Object.keys((await info()).data!).filter((key) => key.startsWith('jws-'));
  const secrets = async () => (await cluster.list(secretKind, 'kube-system')).map(({ metadata }) => metadata.name);
  const expiring = (seconds: number) => ({
    expiration: new Date(cluster.clock.nowMs() + seconds * 1000).toISOString(),
  });

  it('cluster-info is signed by every token that may, and by no other', async () => {
    expect(await signatures()).toEqual([]);
    await cluster.admin.create(secretKind, tokenSecret('abcdef'));
    await cluster.admin.create(secretKind, tokenSecret('zyxwvu', { 'usage-bootstrap-signing': 'false' }));
    await cluster.admin.create(secretKind, tokenSecret('opaque', {}, { type: 'Opaque' }));
    await cluster.settle();
    const { data } = await info();
    expect(Object.keys(data!).toSorted()).toEqual(['jws-kubeconfig-abcdef', 'kubeconfig', 'other']);
    const [head, , signature] = data!['jws-kubeconfig-abcdef']!.split('.');
    const whole = `${head}.${Buffer.from('config').toString('base64url')}.${signature}`;
    const { protectedHeader } = await compactVerify(whole, Buffer.from('abcdef0123456789'));
    expect(protectedHeader).toEqual({ alg: 'HS256', kid: 'abcdef' });
  });

  it('signatures follow what is signed and who signs', async () => {
    await cluster.admin.create(secretKind, tokenSecret('abcdef'));
    await cluster.settle();
    const first = (await info()).data!['jws-kubeconfig-abcdef'];
    await cluster.admin.update(configMapKind, { ...(await info()), data: { kubeconfig: 'changed' } });
    await cluster.settle();
    const second = (await info()).data!['jws-kubeconfig-abcdef'];
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
    await cluster.admin.delete(secretKind, 'kube-system', 'bootstrap-token-abcdef');
    await cluster.settle();
    expect((await info()).data).toEqual({ kubeconfig: 'changed' });
  });

  it('writes nothing when nothing changes', async () => {
    await cluster.admin.create(secretKind, tokenSecret('abcdef'));
    await cluster.settle();
    const { resourceVersion } = (await info()).metadata;
    cluster.restart();
    await cluster.settle();
    expect((await info()).metadata.resourceVersion).toBe(resourceVersion);
  });

  it('a token goes when it ends on the clock of the cluster, and its signature with it', async () => {
    await cluster.admin.create(secretKind, tokenSecret('abcdef', expiring(3600)));
    await cluster.admin.create(secretKind, tokenSecret('forevr'));
    await cluster.settle();
    expect(await signatures()).toEqual(['jws-kubeconfig-abcdef', 'jws-kubeconfig-forevr']);
    await cluster.clock.advance(3_590_000);
    await cluster.settle();
    expect(await secrets()).toEqual(['bootstrap-token-abcdef', 'bootstrap-token-forevr']);
    await cluster.clock.advance(20_000);
    await cluster.settle();
    expect(await secrets()).toEqual(['bootstrap-token-forevr']);
    expect(await signatures()).toEqual(['jws-kubeconfig-forevr']);
  });

  it('one whose end cannot be read goes at once; other Secrets and namespaces are left alone', async () => {
    await cluster.admin.create(secretKind, tokenSecret('abcdef', { expiration: 'soon' }));
    await cluster.admin.create(secretKind, tokenSecret('opaque', expiring(-60), { type: 'Opaque' }));
    const elsewhere = tokenSecret('abcdef', expiring(-60));
    await cluster.admin.create(secretKind, { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'default' } });
    await cluster.settle();
    expect(await secrets()).toEqual(['bootstrap-token-opaque']);
    expect(await cluster.list(secretKind, 'default')).toHaveLength(1);
  });

  it('a token that is prolonged stays', async () => {
    await cluster.admin.create(secretKind, tokenSecret('abcdef', expiring(60)));
    await cluster.settle();
    const there = await cluster.admin.get<Secret>(secretKind, 'kube-system', 'bootstrap-token-abcdef');
    const { data } = tokenSecret('abcdef', expiring(600));
    await cluster.admin.update(secretKind, { ...there, data: data! });
    await cluster.settle();
    await cluster.clock.advance(120_000);
    await cluster.settle();
    expect(await secrets()).toEqual(['bootstrap-token-abcdef']);
  });
});
