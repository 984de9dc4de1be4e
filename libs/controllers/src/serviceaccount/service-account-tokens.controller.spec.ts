import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type Secret, secretKind, type ServiceAccount, serviceAccountKind } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster({
    kubelet: false,
    keys: { secretTokens: ({ namespace, account, secret }) => `${namespace}/${account.name}/${secret}` },
  });
  await cluster.settle();
});
afterEach(() => {
  cluster.stop();
  expect(cluster.failures).toEqual([]);
});

const secret = (account: string, more: Partial<Secret> = {}): Secret => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'bot-token', namespace: 'default', annotations: { 'kubernetes.io/service-account.name': account } },
  type: 'kubernetes.io/service-account-token',
  ...more,
});
const account = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name, namespace: 'default' },
});
const read = () => cluster.admin.get<Secret>(secretKind, 'default', 'bot-token');
const names = async () => (await cluster.list(secretKind, 'default')).map(({ metadata }) => metadata.name);

it('fills a Secret that asks for the token of an account', async () => {
  const { metadata } = await cluster.admin.create(serviceAccountKind, account('bot'));
  await cluster.admin.create(secretKind, secret('bot'));
  await cluster.settle();
  const filled = await read();
  const text = Object.entries(filled.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  expect(Object.fromEntries(text)).toEqual({ token: 'default/bot/bot-token', 'ca.crt': 'PEM', namespace: 'default' });
  expect(filled.metadata.annotations?.['kubernetes.io/service-account.uid']).toBe(metadata.uid);
});

it('takes it away with the account, and does not give it to another of that name', async () => {
  await cluster.admin.create(serviceAccountKind, account('bot'));
  await cluster.admin.create(secretKind, secret('bot'));
  await cluster.settle();
  await cluster.admin.delete(serviceAccountKind, 'default', 'bot');
  await cluster.admin.create(serviceAccountKind, account('bot'));
  await cluster.settle();
  expect(await names()).toEqual([]);
});

it('takes away one whose account never was, and leaves other Secrets alone', async () => {
  await cluster.admin.create(secretKind, secret('nobody'));
  const opaque = secret('nobody', { type: 'Opaque' });
  await cluster.admin.create(secretKind, { ...opaque, metadata: { ...opaque.metadata, name: 'mine' } });
  await cluster.settle();
  expect(await names()).toEqual(['mine']);
});

it('takes a token that goes from the list of its account, and no other Secret', async () => {
  const listed = { ...account('bot'), secrets: [{ name: 'bot-token' }, { name: 'other' }] };
  await cluster.admin.create(serviceAccountKind, listed);
  await cluster.admin.create(secretKind, secret('bot'));
  await cluster.settle();
  const secretsOf = async () =>
    (await cluster.admin.get<ServiceAccount>(serviceAccountKind, 'default', 'bot')).secrets?.map(({ name }) => name);
  await cluster.admin.delete(secretKind, 'default', 'bot-token');
  await cluster.settle();
  expect(await secretsOf()).toEqual(['other']);
  await cluster.admin.create(
    secretKind,
    secret('bot', { type: 'Opaque', metadata: { ...secret('bot').metadata, name: 'other' } }),
  );
  await cluster.admin.delete(secretKind, 'default', 'other');
  await cluster.settle();
  expect(await secretsOf()).toEqual(['other']);
});
