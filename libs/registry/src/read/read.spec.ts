import { beforeEach, describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import type { KubeObject } from '#apimachinery';
import type { FoundEvent, ListRequest, RegistryWatch, WatchRequest } from '../request.js';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';

const json = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)), format: 'json' as const });
const failure = (work: Promise<unknown>) =>
  work.then(
    (value) => value,
    (error: unknown) => error,
  );

let cluster: SpecCluster;
const add = (name: string, labels: object = {}, namespace = 'default') =>
  cluster.create('configmaps', { metadata: { name, namespace, labels } });
const label = (name: string, labels: object) =>
  cluster.verbs.patch(cluster.ctx(), cluster.target('configmaps', name), 'merge', json({ metadata: { labels } }), {});
const list = (request: ListRequest, namespace: string | undefined = 'default') =>
  cluster.verbs.list(cluster.ctx(), { ...cluster.target('configmaps'), namespace }, request);
const names = async (request: ListRequest, namespace?: string) =>
  (await list(request, namespace)).items.map((found) => found.object().metadata.name);

beforeEach(async () => {
  cluster = await aSpecCluster();
});

describe('list', () => {
  it('selects by labels and fields, in one namespace or all', async () => {
    await add('a', { app: 'x' });
    await add('b', { app: 'y' });
    await add('a', { app: 'x' }, 'other');
    expect(await names({ labelSelector: 'app in (x)' })).toEqual(['a']);
    expect(await names({ fieldSelector: 'metadata.name=b' })).toEqual(['b']);
    expect(await names({ fieldSelector: 'metadata.name=b', labelSelector: 'app=x' })).toEqual([]);
    expect(await names({ fieldSelector: 'metadata.name!=b' })).toEqual(['a']);
    const everywhere = await cluster.verbs.list(
      cluster.ctx(),
      { kind: cluster.kind('', 'configmaps'), namespace: undefined },
      { fieldSelector: 'metadata.namespace=other' },
    );
    expect(everywhere.items.map((found) => found.object().metadata.namespace)).toEqual(['other']);
  });

  it('goes on page by page as of the first page', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) await add(name);
    const first = await list({ limit: 2 });
    expect(first).toMatchObject({ resourceVersion: '6', remainingItemCount: 3 });
    await add('aa');
    await cluster.verbs.delete(cluster.ctx(), cluster.target('configmaps', 'c'), {});
    const second = await list({ limit: 2, continue: first.continue! });
    expect(second.resourceVersion).toBe('6');
    expect(second.items.map((found) => found.object().metadata.name)).toEqual(['c', 'd']);
    const third = await list({ limit: 2, continue: second.continue! });
    expect(third.items.map((found) => found.object().metadata.name)).toEqual(['e']);
    expect(third.continue).toBeUndefined();
    expect(JSON.parse(Buffer.from(first.continue!, 'base64url').toString())).toEqual({
      v: 'meta.k8s.io/v1',
      rv: 6,
      start: 'b\u0000',
    });
  });

  it('answers 410 with a token to go on when the first page is forgotten', async () => {
    for (const name of ['a', 'b', 'c']) await add(name);
    const { continue: token } = await list({ limit: 1 });
    await add('d');
    await cluster.store.compact(cluster.env.id, revision(5));
    const error = (await failure(list({ limit: 1, continue: token! }))) as {
      code: number;
      reason: string;
      toStatus(): { metadata: { continue: string } };
    };
    expect(error).toMatchObject({ code: 410, reason: 'Expired' });
    const rest = await list({ continue: error.toStatus().metadata.continue });
    expect(rest.items.map((found) => found.object().metadata.name)).toEqual(['b', 'c', 'd']);
  });

  it.each<[ListRequest, number, string]>([
    [
      { fieldSelector: 'spec.foo=bar' },
      400,
      '"spec.foo" is not a known field selector: only "metadata.name", "metadata.namespace"',
    ],
    [{ labelSelector: 'a in b' }, 400, expect.stringContaining('unable to parse requirement') as unknown as string],
    [{ continue: 'xxx' }, 400, expect.stringContaining('continue key is not valid') as unknown as string],
    [{ resourceVersion: 'abc' }, 400, expect.stringContaining('invalid syntax') as unknown as string],
    [
      { resourceVersionMatch: 'Exact' },
      422,
      'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided',
    ],
    [
      { resourceVersion: '1', resourceVersionMatch: 'Exactly' },
      422,
      expect.stringContaining('Unsupported value') as unknown as string,
    ],
    [
      { sendInitialEvents: true },
      422,
      'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list',
    ],
  ])('refuses %j', async (request, code, message) => {
    expect(await failure(list(request))).toMatchObject({ code, message });
  });

  it('refuses an unknown field of a kind with fields by that kind', async () => {
    const pods = cluster.verbs.list(cluster.ctx(), cluster.target('pods'), { fieldSelector: 'spec.color=red' });
    expect(await failure(pods)).toMatchObject({ code: 400, message: 'field label not supported: spec.color' });
  });

  it('shows the past when asked for exactly that, and at least that otherwise', async () => {
    await add('a');
    await add('b');
    expect(await names({ resourceVersion: '2', resourceVersionMatch: 'Exact' })).toEqual(['a']);
    expect(await names({ resourceVersion: '2', resourceVersionMatch: 'NotOlderThan' })).toEqual(['a', 'b']);
    expect(await names({ resourceVersion: '0' })).toEqual(['a', 'b']);
  });

  it('waits three seconds for the future, then says how far it is', async () => {
    const work = failure(list({ resourceVersion: '999999' }));
    for (let step = 0; step < 62; step++) await cluster.clock.advance(50);
    expect(await work).toMatchObject({
      code: 504,
      reason: 'Timeout',
      message: 'Timeout: Too large resource version: 999999, current: 1',
      details: { retryAfterSeconds: 1, causes: [{ reason: 'ResourceVersionTooLarge' }] },
    });
    const early = list({ resourceVersion: '2' });
    await add('a');
    await cluster.clock.advance(50);
    expect((await early).items).toHaveLength(1);
  });
});

describe('watch', () => {
  const log: string[] = [];
  const watch = (request: WatchRequest): Promise<RegistryWatch> => {
    log.length = 0;
    return cluster.verbs.watch(cluster.ctx(), cluster.target('configmaps'), request, {
      events: (batch: readonly FoundEvent[]) =>
        void log.push(...batch.map(({ type, found }) => `${type} ${found.object().metadata.name}`)),
      initialEventsEnd: (at) => void log.push(`end ${at}`),
      closed: (error) => void log.push(`closed ${error?.message ?? ''}`),
    });
  };

  it.each<[string, WatchRequest, string[]]>([
    ['no revision', {}, ['ADDED a', 'ADDED b']],
    ['any revision', { resourceVersion: '0' }, ['ADDED a', 'ADDED b']],
    ['a revision', { resourceVersion: '2' }, ['ADDED b']],
    [
      'initial events',
      { sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan', resourceVersion: '2' },
      ['ADDED a', 'ADDED b', 'end 3'],
    ],
    ['no initial events', { sendInitialEvents: false, resourceVersionMatch: 'NotOlderThan' }, []],
    ['a selector', { labelSelector: 'app=x' }, ['ADDED a']],
    ['one name', { fieldSelector: 'metadata.name=b' }, ['ADDED b']],
  ])('with %s begins with the right state', async (_what, request, expected) => {
    await add('a', { app: 'x' });
    await add('b');
    const open = await watch(request);
    expect(log).toEqual(expected);
    await add('ab', { app: 'x' });
    const sees = request.fieldSelector === undefined;
    expect(log).toEqual(sees ? [...expected, 'ADDED ab'] : expected);
    open.cancel();
    await add('c', { app: 'x' });
    expect(log.filter((line) => line.includes(' c'))).toEqual([]);
  });

  it('tells when an object begins and ceases to match', async () => {
    await watch({ labelSelector: 'app=x' });
    await add('a');
    await label('a', { app: 'x' });
    await label('a', { more: 'y' });
    await label('a', { app: 'z' });
    await label('a', { more: 'z' });
    await cluster.verbs.delete(cluster.ctx(), cluster.target('configmaps', 'a'), {});
    expect(log).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
  });

  it('knows how far it has come while others write', async () => {
    const open = await watch({});
    expect(open.resourceVersion()).toBe('1');
    await cluster.create('secrets', { metadata: { name: 's' } });
    expect(open.resourceVersion()).toBe('2');
    expect(log).toEqual([]);
  });

  it('refuses a revision that is forgotten', async () => {
    await add('a');
    await add('b');
    await cluster.store.compact(cluster.env.id, revision(3));
    expect(await failure(watch({ resourceVersion: '1' }))).toMatchObject({
      code: 410,
      reason: 'Expired',
      message: 'too old resource version: 1 (3)',
    });
  });

  it.each<[WatchRequest, string]>([
    [{ sendInitialEvents: true }, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      { resourceVersionMatch: 'NotOlderThan' },
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
  ])('refuses %j', async (request, message) => {
    expect(await failure(watch(request))).toMatchObject({ code: 422, message: expect.stringContaining(message) });
  });
});

describe('get', () => {
  it('gives one object in every version that serves it', async () => {
    const hpa = {
      metadata: { name: 'h' },
      spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
    };
    const event = {
      metadata: { name: 'e' },
      regarding: { kind: 'Pod', name: 'p', namespace: 'default' },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'x.io/y',
      reportingInstance: 'y',
      action: 'Act',
      reason: 'Because',
      type: 'Normal',
    };
    await cluster.create('horizontalpodautoscalers', hpa, 'autoscaling');
    await cluster.create('events', event, 'events.k8s.io');
    const core = await cluster.verbs.get(cluster.ctx(), cluster.target('events', 'e'));
    expect(JSON.parse(core.text)).toMatchObject({ apiVersion: 'v1', kind: 'Event', involvedObject: { name: 'p' } });
    expect(core.object()).toEqual(JSON.parse(core.text));
    const newer = await cluster.verbs.get(cluster.ctx(), cluster.target('events', 'e', { group: 'events.k8s.io' }));
    expect(JSON.parse(newer.text)).toMatchObject({ apiVersion: 'events.k8s.io/v1', regarding: { name: 'p' } });
    expect(newer.object()).toEqual(JSON.parse(newer.text));
  });

  it('lays the last heartbeat over what is stored', async () => {
    const target = cluster.target('leases', 'n', { group: 'coordination.k8s.io' });
    const spec = { holderIdentity: 'n', leaseDurationSeconds: 40, renewTime: '2020-01-01T00:00:00.000000Z' };
    await cluster.create('leases', { metadata: { name: 'n' }, spec }, 'coordination.k8s.io');
    const renewed = async () => {
      const found = (await cluster.verbs.get(cluster.ctx(), target)).object() as KubeObject & {
        spec: { renewTime: string };
      };
      return Date.parse(found.spec.renewTime) - startMs;
    };
    const startMs = cluster.clock.nowMs();
    cluster.heartbeats.beat('leases.coordination.k8s.io/default/n', 10_000);
    await cluster.clock.advance(25_000);
    expect(await renewed()).toBe(20_000);
    cluster.heartbeats.stop('leases.coordination.k8s.io/default/n');
    await cluster.clock.advance(60_000);
    expect(await renewed()).toBe(20_000);
    expect(await cluster.store.head(cluster.env.id)).toBe(2);
  });
});
