import { beforeEach, describe, expect, it } from '@jest/globals';
import { admissionChain, plugins } from '#admission';
import type { ResourceQuota } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const POD = { kind: 'Pod', spec: { containers: [{ name: 'c', image: 'nginx' }] } };

let cluster: SpecCluster;
const quotaNow = async () => {
  const found = await cluster.verbs.get(cluster.ctx(), cluster.target('resourcequotas', 'q'));
  return found.object() as ResourceQuota;
};
async function limitTo(hard: Record<string, string>, used: Record<string, string>): Promise<void> {
  await cluster.create('resourcequotas', { metadata: { name: 'q' }, spec: { hard } });
  const quota = await quotaNow();
  const target = cluster.target('resourcequotas', 'q', { subresource: 'status' });
  await cluster.verbs.update(cluster.ctx(), target, { object: { ...quota, status: { hard, used } } }, {});
}
const makePod = (name: string, options: { dryRun?: boolean } = {}) =>
  cluster.verbs.create(
    cluster.ctx(),
    cluster.target('pods'),
    { object: { ...structuredClone(POD), metadata: { name } } },
    options,
  );

beforeEach(async () => {
  cluster = await aSpecCluster({ admission: admissionChain(plugins) });
  await cluster.create('namespaces', { metadata: { name: 'default' } });
  await cluster.create('serviceaccounts', { metadata: { name: 'default' } });
});

describe('quota of a namespace', () => {
  it('lets exactly as many in as fit, however many ask at once', async () => {
    await limitTo({ pods: '10' }, { pods: '0' });
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => makePod(`p${i}`)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(results.length - refused.length).toBe(10);
    expect(refused[0]!.reason).toMatchObject({
      code: 403,
      message: 'pods "p10" is forbidden: exceeded quota: q, requested: pods=1, used: pods=10, limited: pods=10',
    });
    expect((await quotaNow()).status?.used).toEqual({ pods: '10' });
  });

  it('charges together those who ask together', async () => {
    await limitTo({ pods: '100' }, { pods: '0' });
    const before = Number((await quotaNow()).metadata.resourceVersion);
    await Promise.all(Array.from({ length: 20 }, (_, i) => makePod(`p${i}`)));
    const head = await cluster.store.head(cluster.env.id);
    expect(head - before - 20).toBeLessThanOrEqual(3);
    expect((await quotaNow()).status?.used).toEqual({ pods: '20' });
  });

  it('charges nothing for a dry run, nor for a name that is taken', async () => {
    await limitTo({ pods: '2' }, { pods: '0' });
    await makePod('a', { dryRun: true });
    expect((await quotaNow()).status?.used).toEqual({ pods: '0' });
    await makePod('a');
    await expect(makePod('a')).rejects.toMatchObject({ reason: 'AlreadyExists' });
    expect((await quotaNow()).status?.used).toEqual({ pods: '1' });
  });

  it('holds against the controller that writes at the same time', async () => {
    await limitTo({ pods: '5' }, { pods: '0' });
    const quota = await quotaNow();
    const target = cluster.target('resourcequotas', 'q', { subresource: 'status' });
    const recount = { ...quota, status: { hard: { pods: '5' }, used: { pods: '4' } } };
    const writing = cluster.verbs.update(cluster.ctx(), target, { object: recount }, {}).catch(() => undefined);
    const results = await Promise.allSettled([makePod('a'), makePod('b'), writing]);
    const made = results.slice(0, 2).filter(({ status }) => status === 'fulfilled').length;
    const { pods } = (await quotaNow()).status!.used!;
    expect([`${made}`, `${4 + made}`]).toContain(pods);
  });

  it('counts resources that nobody knows of more than the number', async () => {
    await limitTo({ 'count/configmaps': '1' }, { 'count/configmaps': '1' });
    await expect(cluster.create('configmaps', { metadata: { name: 'c' } })).rejects.toMatchObject({
      message:
        'configmaps "c" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1',
    });
  });
});
