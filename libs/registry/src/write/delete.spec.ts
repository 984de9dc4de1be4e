import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const json = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)), format: 'json' as const });
const failure = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );
const SPEC = { containers: [{ name: 'c', image: 'nginx' }] };

describe('delete', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await aSpecCluster();
  });
  const remove = (resource: string, name: string, request = {}) =>
    cluster.verbs.delete(cluster.ctx(), cluster.target(resource, name), request);
  const read = async (resource: string, name: string) =>
    (await cluster.verbs.get(cluster.ctx(), cluster.target(resource, name))).object();
  const exists = async (resource: string, name: string) =>
    (await cluster.verbs.list(cluster.ctx(), cluster.target(resource), {})).items.some(
      (f) => f.object().metadata.name === name,
    );

  describe('with grace', () => {
    const nowMs = () => cluster.clock.nowMs();
    const after = (seconds: number) => `${new Date(nowMs() + seconds * 1000).toISOString().slice(0, 19)}Z`;
    const aScheduledPod = () => cluster.create('pods', { metadata: { name: 'p' }, spec: { ...SPEC, nodeName: 'n' } });

    it.each([
      [undefined, 30],
      [5, 5],
    ])('of %s seconds marks a running pod', async (gracePeriodSeconds, expected) => {
      await aScheduledPod();
      const { gone } = await remove('pods', 'p', { gracePeriodSeconds });
      expect(gone).toBe(false);
      expect((await read('pods', 'p')).metadata).toMatchObject({
        deletionTimestamp: after(expected),
        deletionGracePeriodSeconds: expected,
      });
    });

    it('may be shortened, not prolonged', async () => {
      await aScheduledPod();
      await remove('pods', 'p', { gracePeriodSeconds: 20 });
      const head = await cluster.store.head(cluster.env.id);
      await remove('pods', 'p', { gracePeriodSeconds: 25 });
      await remove('pods', 'p');
      expect(await cluster.store.head(cluster.env.id)).toBe(head);
      await remove('pods', 'p', { gracePeriodSeconds: 3 });
      expect((await read('pods', 'p')).metadata).toMatchObject({
        deletionTimestamp: after(3),
        deletionGracePeriodSeconds: 3,
      });
      const { gone, text } = await remove('pods', 'p', { gracePeriodSeconds: 0 });
      expect(gone).toBe(true);
      expect(JSON.parse(text)).toMatchObject({ kind: 'Pod', metadata: { deletionGracePeriodSeconds: 0 } });
      expect(await exists('pods', 'p')).toBe(false);
    });

    it('is none for a pod that no node has', async () => {
      await cluster.create('pods', { metadata: { name: 'p' }, spec: SPEC });
      expect((await remove('pods', 'p')).gone).toBe(true);
    });

    it('begins with an eviction, too', async () => {
      await aScheduledPod();
      const target = { ...cluster.target('pods', 'p'), subresource: 'eviction' };
      const body = json({
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: 'p' },
        deleteOptions: { gracePeriodSeconds: 7 },
      });
      const answer = await cluster.verbs.create(cluster.ctx(), target, body, {});
      expect(answer.object()).toMatchObject({ kind: 'Status', status: 'Success' });
      expect((await read('pods', 'p')).metadata.deletionGracePeriodSeconds).toBe(7);
    });
  });

  describe('with finalizers', () => {
    const finalize = (finalizers: string[]) =>
      cluster.verbs.patch(
        cluster.ctx(),
        cluster.target('configmaps', 'a'),
        'merge',
        json({ metadata: { finalizers } }),
        {},
      );

    it('waits until the last of them is gone', async () => {
      await cluster.create('configmaps', { metadata: { name: 'a', finalizers: ['x.io/a', 'x.io/b'] } });
      expect((await remove('configmaps', 'a')).gone).toBe(false);
      const head = await cluster.store.head(cluster.env.id);
      expect((await remove('configmaps', 'a')).gone).toBe(false);
      expect(await cluster.store.head(cluster.env.id)).toBe(head);
      expect((await read('configmaps', 'a')).metadata).toMatchObject({
        deletionTimestamp: expect.any(String),
        deletionGracePeriodSeconds: 0,
      });
      expect(await failure(finalize(['x.io/a', 'x.io/b', 'x.io/c']))).toMatchObject({ code: 422 });
      await finalize(['x.io/b']);
      expect(await exists('configmaps', 'a')).toBe(true);
      await finalize([]);
      expect(await exists('configmaps', 'a')).toBe(false);
    });

    it.each([
      [{ propagationPolicy: 'Orphan' }, ['orphan']],
      [{ propagationPolicy: 'Foreground' }, ['foregroundDeletion']],
      [{ orphanDependents: true }, ['orphan']],
    ])('%j leaves work for the garbage collector', async (request, finalizers) => {
      await cluster.create('configmaps', { metadata: { name: 'a' } });
      expect((await remove('configmaps', 'a', request)).gone).toBe(false);
      expect((await read('configmaps', 'a')).metadata.finalizers).toEqual(finalizers);
    });

    it('Background takes back what was asked before', async () => {
      await cluster.create('configmaps', { metadata: { name: 'a' } });
      await remove('configmaps', 'a', { propagationPolicy: 'Foreground' });
      expect((await remove('configmaps', 'a', { propagationPolicy: 'Background' })).gone).toBe(true);
    });
  });

  it.each([
    [
      { preconditions: { uid: 'x' } },
      409,
      /^Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition \(x\) does not match the UID in record \(.+\)\. The object might have been deleted and then recreated$/,
    ],
    [
      { preconditions: { resourceVersion: '1' } },
      409,
      /: the ResourceVersion in the precondition \(1\) does not match the ResourceVersion in record \(2\)\. The object might have been modified$/,
    ],
    [
      { propagationPolicy: 'Sometimes' },
      422,
      /^DeleteOptions\.meta\.k8s\.io "" is invalid: propagationPolicy: Unsupported value: "Sometimes"/,
    ],
  ])('refuses %j', async (request, code, message) => {
    await cluster.create('configmaps', { metadata: { name: 'a' } });
    expect(await failure(remove('configmaps', 'a', request))).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await exists('configmaps', 'a')).toBe(true);
  });

  it('ends a namespace when its content and its finalizers are gone', async () => {
    await cluster.create('namespaces', { metadata: { name: 'team' } });
    const { gone, text } = await remove('namespaces', 'team');
    expect(gone).toBe(false);
    expect(JSON.parse(text)).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Terminating' } });
    expect((await remove('namespaces', 'team')).gone).toBe(false);
    const team = (await read('namespaces', 'team')) as KubeObject & { spec: object };
    const target = { ...cluster.target('namespaces', 'team'), subresource: 'finalize' };
    await cluster.verbs.update(cluster.ctx(), target, json({ ...team, spec: {} }), {});
    if (await exists('namespaces', 'team')) expect((await remove('namespaces', 'team')).gone).toBe(true);
    expect(await exists('namespaces', 'team')).toBe(false);
  });

  it('deletes a selected collection', async () => {
    for (const [name, app] of [
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'y'],
    ]) {
      await cluster.create('configmaps', { metadata: { name, labels: { app } } });
    }
    const deleted = await cluster.verbs.deleteCollection(cluster.ctx(), cluster.target('configmaps'), {
      labelSelector: 'app=x',
    });
    expect(deleted.items.map((found) => found.object().metadata.name)).toEqual(['a', 'b']);
    expect(await exists('configmaps', 'c')).toBe(true);
    expect(await exists('configmaps', 'a')).toBe(false);
  });

  it('writes nothing on a dry run', async () => {
    await cluster.create('configmaps', { metadata: { name: 'a' } });
    expect((await remove('configmaps', 'a', { dryRun: true })).gone).toBe(true);
    expect(await exists('configmaps', 'a')).toBe(true);
  });
});
