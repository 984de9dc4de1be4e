import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, KubeObject } from '#apimachinery';
import { WebhookCallError, type WebhookCaller } from '#webhook';
import type { FoundEvent } from './request.js';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';
import { cronTabDefinition, define, GROUP } from './spec-definition.js';

interface Review {
  readonly apiVersion: string;
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: readonly Split[] };
}
type Split = KubeObject & { spec: { host?: string; name?: string; port?: string } };

/** v1 has spec.host 'name:port', v2 has them apart. */
function convert(object: Split, apiVersion: string): Split {
  const { host, name, port } = object.spec;
  if (apiVersion.endsWith('v2')) {
    const [a = '', b = ''] = (host ?? '').split(':');
    return { ...object, apiVersion, spec: { name: a, port: b } };
  }
  return { ...object, apiVersion, spec: { host: `${name}:${port}` } };
}

let cluster: SpecCluster;
let reviews: Review[];
let answer: (review: Review) => Json;

const good = ({ request }: Review): Json =>
  ({
    response: {
      uid: request.uid,
      result: { status: 'Success' },
      convertedObjects: request.objects.map((object) => convert(object, request.desiredAPIVersion)),
    },
  }) as unknown as Json;

const version = (name: string, storage: boolean, fields: readonly string[]) => ({
  ...{ name, served: true, storage },
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: Object.fromEntries(fields.map((field) => [field, { type: 'string' }])) },
      },
    },
  },
});

beforeEach(async () => {
  reviews = [];
  answer = good;
  const call: WebhookCaller['call'] = async (_sandbox, { body }) => {
    reviews.push(body as Review);
    return answer(body as Review);
  };
  cluster = await aSpecCluster({ webhooks: { call } as WebhookCaller });
  const clientConfig = { url: 'https://convert.example.com/' };
  const definition = cronTabDefinition(
    {},
    {
      conversion: { strategy: 'Webhook', webhook: { clientConfig, conversionReviewVersions: ['v1'] } },
      versions: [version('v1', false, ['host']), version('v2', true, ['name', 'port'])],
    },
  );
  await define(cluster, definition);
});

const target = (versionName: string, name?: string) => ({
  kind: cluster.ctx().kinds.byResource(GROUP, versionName, 'crontabs')!,
  namespace: 'default',
  ...(name === undefined ? {} : { name }),
});
const cronTab = (versionName: string, name: string, spec: object) => ({
  ...{ apiVersion: `${GROUP}/${versionName}`, kind: 'CronTab', metadata: { name }, spec },
});
const create = (versionName: string, name: string, spec: object) =>
  cluster.verbs.create(cluster.ctx(), target(versionName), { object: cronTab(versionName, name, spec) }, {});
const read = async (versionName: string, name: string) =>
  JSON.parse((await cluster.verbs.get(cluster.ctx(), target(versionName, name))).text) as Split;

describe('a conversion webhook', () => {
  it('stores one version and serves both', async () => {
    const made = await create('v1', 'one', { host: 'a:1' });
    expect(JSON.parse(made.text)).toMatchObject({ apiVersion: `${GROUP}/v1`, spec: { host: 'a:1' } });
    const [stored] = (await cluster.store.list(cluster.env.id, { prefix: `crontabs.${GROUP}/` })).items;
    expect(JSON.parse(stored!.text)).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { name: 'a', port: '1' } });
    expect((await read('v2', 'one')).spec).toEqual({ name: 'a', port: '1' });
    expect((await read('v1', 'one')).metadata.resourceVersion).toBe(String(stored!.revision));
    const patched = { object: { spec: { host: 'b:2' } } };
    await cluster.verbs.patch(cluster.ctx(), target('v1', 'one'), 'merge', patched, {});
    expect((await read('v2', 'one')).spec).toEqual({ name: 'b', port: '2' });
  });

  it('is asked once for a list, and never for what needs none', async () => {
    for (const name of ['a', 'b', 'c']) await create('v2', name, { name, port: '1' });
    expect(reviews).toHaveLength(0);
    const list = await cluster.verbs.list(cluster.ctx(), target('v1'), {});
    expect(list.items.map((found) => (found.object() as Split).spec.host)).toEqual(['a:1', 'b:1', 'c:1']);
    expect(reviews).toHaveLength(1);
    expect(reviews[0]!.request.objects).toHaveLength(3);
  });

  it('is asked for what watchers see, in order', async () => {
    const seen: string[] = [];
    const receiver = {
      events: (batch: readonly FoundEvent[]) =>
        seen.push(...batch.map(({ found }) => (JSON.parse(found.text) as Split).spec.host!)),
      initialEventsEnd: () => {},
      closed: () => {},
    };
    const watch = await cluster.verbs.watch(cluster.ctx(), target('v1'), { resourceVersion: '1' }, receiver);
    for (const name of ['a', 'b', 'c']) await create('v2', name, { name, port: '1' });
    while (seen.length < 3) await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(['a:1', 'b:1', 'c:1']);
    watch.cancel();
  });

  const about = `conversion webhook for ${GROUP}/v2, Kind=CronTab`;
  const changed = (change: (object: Split) => object) => (review: Review) =>
    ({
      response: {
        ...(good(review) as { response: object }).response,
        convertedObjects: review.request.objects.map((one) => change(convert(one, review.request.desiredAPIVersion))),
      },
    }) as unknown as Json;
  it.each<[string, (review: Review) => Json, string]>([
    [
      'does not answer',
      () => {
        throw new WebhookCallError('Post "https://x": EOF');
      },
      `${about} failed: Post "https://x": EOF`,
    ],
    [
      'answers another',
      ({ request }) => ({ response: { uid: `${request.uid}x` } }),
      `${about} failed: expected response.uid=`,
    ],
    [
      'refuses',
      ({ request }) => ({ response: { uid: request.uid, result: { status: 'Failure', message: 'no' } } }),
      `${about} failed: no`,
    ],
    [
      'loses objects',
      ({ request }) => ({ response: { uid: request.uid, result: { status: 'Success' } } }),
      `${about} returned 0 objects, expected 1`,
    ],
    [
      'renames',
      changed((one) => ({ ...one, metadata: { ...one.metadata, name: 'x' } })),
      `${about} returned invalid metadata in object at index 0: must have the same name: x != one`,
    ],
    [
      'stays',
      changed((one) => ({ ...one, apiVersion: 'v9' })),
      `${about} returned invalid converted object at index 0: invalid groupVersion (v9, expected ${GROUP}/v1)`,
    ],
  ])('that %s is an error of its own', async (_what, bad, message) => {
    await create('v2', 'one', { name: 'a', port: '1' });
    answer = bad;
    await expect(read('v1', 'one')).rejects.toMatchObject({ code: 500, message: expect.stringContaining(message) });
    expect((await read('v2', 'one')).spec.name).toBe('a');
  });

  it('may change labels and annotations, and nothing else of metadata', async () => {
    await create('v2', 'one', { name: 'a', port: '1' });
    answer = changed((one) => ({ ...one, metadata: { ...one.metadata, labels: { a: 'b' }, finalizers: ['x/y'] } }));
    const { metadata } = await read('v1', 'one');
    expect([metadata.labels, metadata.finalizers]).toEqual([{ a: 'b' }, undefined]);
  });
});
