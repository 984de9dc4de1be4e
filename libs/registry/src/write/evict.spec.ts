import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Pod, PodDisruptionBudget } from '#kinds';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});

const at = (name: string, resource = 'pods', more: object = {}) =>
  cluster.target(resource, name, resource === 'pods' ? more : { group: 'policy', ...more });

async function makePod(name: string, phase = 'Running', ready = 'True'): Promise<void> {
  const object = { metadata: { name, labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } };
  const pod = (await cluster.create('pods', object)).object() as Pod;
  const status = { ...pod.status, phase, conditions: [{ type: 'Ready', status: ready }] };
  await cluster.verbs.update(
    cluster.ctx(),
    at(name, 'pods', { subresource: 'status' }),
    { object: { ...pod, status } },
    {},
  );
}

async function makeBudget(name: string, status: object, spec: object = {}): Promise<void> {
  const object = { metadata: { name }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } };
  const made = (await cluster.create('poddisruptionbudgets', object, 'policy')).object() as PodDisruptionBudget;
  const told = { ...made, status: { observedGeneration: 1, ...status } };
  const target = at(name, 'poddisruptionbudgets', { subresource: 'status' });
  await cluster.verbs.update(cluster.ctx(), target, { object: told }, {});
}

const evict = (name: string, body: object = {}, options: { dryRun?: boolean } = {}) =>
  cluster.verbs
    .create(
      cluster.ctx(),
      at(name, 'pods', { subresource: 'eviction' }),
      { object: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...body } },
      options,
    )
    .then(
      () => 'evicted',
      (error: unknown) => error,
    );

const budget = async (name: string) =>
  ((await cluster.verbs.get(cluster.ctx(), at(name, 'poddisruptionbudgets'))).object() as PodDisruptionBudget).status;
const pod = async (name: string) => (await cluster.verbs.get(cluster.ctx(), at(name))).object() as Pod;

describe('an eviction', () => {
  it('charges the budget, and says on the pod why it goes', async () => {
    await makePod('a');
    await makeBudget('b', { disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 });
    expect(await evict('a', { deleteOptions: { gracePeriodSeconds: 30 } })).toBe('evicted');
    expect(await budget('b')).toMatchObject({
      disruptionsAllowed: 0,
      disruptedPods: { a: expect.any(String) },
      conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods' }],
    });
  });

  it.each<[string, object, object]>([
    [
      'a budget that is spent',
      { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1 },
      {
        code: 429,
        reason: 'TooManyRequests',
        details: {
          causes: [
            { reason: 'DisruptionBudget', message: 'The disruption budget b needs 1 healthy pods and has 1 currently' },
          ],
        },
      },
    ],
    [
      'a budget that nobody has looked at yet',
      { disruptionsAllowed: 5, observedGeneration: 0 },
      {
        code: 429,
        details: {
          causes: [
            { reason: 'DisruptionBudget', message: 'The disruption budget b is still being processed by the server.' },
          ],
          retryAfterSeconds: 10,
        },
      },
    ],
  ])('is refused by %s', async (_what, status, expected) => {
    await makePod('a');
    await makeBudget('b', status);
    expect(await evict('a')).toMatchObject(expected);
    expect((await pod('a')).metadata.deletionTimestamp).toBeUndefined();
  });

  it('never meets a budget below nothing', async () => {
    await expect(makeBudget('b', { disruptionsAllowed: -1 })).rejects.toMatchObject({ code: 422 });
  });

  it('does not choose between two budgets', async () => {
    await makePod('a');
    await makeBudget('b', { disruptionsAllowed: 1 });
    await makeBudget('c', { disruptionsAllowed: 1 });
    expect(await evict('a')).toMatchObject({
      code: 500,
      message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    });
  });

  const spent = { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 2 };
  const healthy = { disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 };
  it.each<[string, string, string, object, object, string | { code: number }]>([
    ['waiting to run', 'Pending', 'False', spent, {}, 'evicted'],
    ['finished', 'Succeeded', 'False', spent, {}, 'evicted'],
    ['unready while enough are healthy', 'Running', 'False', healthy, {}, 'evicted'],
    ['unready while too few are healthy', 'Running', 'False', spent, {}, { code: 429 }],
    [
      'unready and always free to go',
      'Running',
      'False',
      spent,
      { unhealthyPodEvictionPolicy: 'AlwaysAllow' },
      'evicted',
    ],
  ])('of a pod that is %s', async (_what, phase, ready, status, spec, expected) => {
    await makePod('a', phase, ready);
    await makeBudget('b', status, spec);
    const result = await evict('a');
    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatchObject(expected);
  });

  it.each([
    [{}, { dryRun: true }],
    [{ deleteOptions: { dryRun: ['All'] } }, {}],
  ])('as a dry run changes nothing: %j %j', async (body, options) => {
    await makePod('a');
    await makeBudget('b', { disruptionsAllowed: 1 });
    const head = await cluster.store.head(cluster.env.id);
    expect(await evict('a', body, options)).toBe('evicted');
    expect(await cluster.store.head(cluster.env.id)).toBe(head);
  });

  it('lets exactly as many go as the budget has, however many ask at once', async () => {
    for (let i = 0; i < 12; i++) await makePod(`p${i}`);
    await makeBudget('b', { disruptionsAllowed: 3, currentHealthy: 12, desiredHealthy: 9 });
    const results = await Promise.all(Array.from({ length: 12 }, (_, i) => evict(`p${i}`)));
    expect(results.filter((result) => result === 'evicted')).toHaveLength(3);
    expect(await budget('b')).toMatchObject({ disruptionsAllowed: 0 });
  });

  it('holds to its preconditions', async () => {
    await makePod('a');
    expect(await evict('a', { deleteOptions: { preconditions: { uid: 'other' } } })).toMatchObject({ code: 409 });
    const { resourceVersion } = (await pod('a')).metadata;
    expect(await evict('a', { deleteOptions: { preconditions: { resourceVersion } } })).toBe('evicted');
  });

  it('of nothing finds nothing', async () => {
    expect(await evict('none')).toMatchObject({ code: 404 });
  });
});
