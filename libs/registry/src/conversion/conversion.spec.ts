import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, KubeObject } from '#apimachinery';
import { WebhookCallError, type WebhookCaller } from '#webhook';
import type { FoundEvent } from '../request.js';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { cronTabDefinition, define, GROUP } from '../spec-definition.js';

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

const CRD_GROUP = 'apiextensions.k8s.io';

let cluster: SpecCluster;
let reviews: Review[];
let answer: (review: Review) => Json;

const good = ({ apiVersion, request }: Review): Json =>
  ({
    ...{ apiVersion, kind: 'ConversionReview' },
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
      ...(good(review) as object),
      response: {
        ...(good(review) as { response: object }).response,
        convertedObjects: review.request.objects.map((one) => change(convert(one, review.request.desiredAPIVersion))),
      },
    }) as unknown as Json;
  const fails = (why: string): never => {
    throw new WebhookCallError(why);
  };
  const said = (review: Review, response: Json): Json => ({ ...(good(review) as { [key: string]: Json }), response });
  it.each<[string, (review: Review) => Json, string]>([
    ['does not answer', () => fails('Post "https://x": EOF'), `${about} failed: Post "https://x": EOF`],
    ['answers nothing', (review) => said(review, null), `${about} failed: no response provided`],
    [
      'answers another',
      (review) => said(review, { uid: `${review.request.uid}x` }),
      `${about} failed: expected response.uid=`,
    ],
    [
      'answers as another kind',
      ({ request }) => ({ response: { uid: request.uid } }),
      `${about} failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got /, Kind=`,
    ],
    [
      'refuses',
      (review) => said(review, { uid: review.request.uid, result: { status: 'Failure', message: 'no' } }),
      `${about} failed: no`,
    ],
    [
      'refuses without a word',
      (review) => said(review, { uid: review.request.uid, result: {} }),
      `${about} failed: response.result.status was '', not 'Success'`,
    ],
    [
      'loses objects',
      (review) => said(review, { uid: review.request.uid, result: { status: 'Success' } }),
      `${about} returned 0 objects, expected 1`,
    ],
    [
      'renames',
      changed((one) => ({ ...one, metadata: { ...one.metadata, name: 'x' } })),
      `${about} returned invalid object: must have the same name: one != x`,
    ],
    [
      'gives another uid',
      changed((one) => ({ ...one, metadata: { ...one.metadata, uid: 'x' } })),
      `${about} returned invalid object: must have the same UID: `,
    ],
    [
      'stays',
      changed((one) => ({ ...one, apiVersion: 'v9' })),
      `${about} returned invalid object at index 0: invalid groupVersion (expected ${GROUP}/v1, received v9)`,
    ],
    [
      'makes another kind',
      changed((one) => ({ ...one, kind: 'Tab' })),
      `${about} returned invalid object at index 0: invalid kind (expected CronTab, received Tab)`,
    ],
    [
      'has labels of another type',
      changed((one) => ({ ...one, metadata: { ...one.metadata, labels: { a: 1 } } })),
      `${about} returned invalid metadata: metadata.labels[a] must be a string, but is int64 in converted object`,
    ],
    [
      'has labels that are none',
      changed((one) => ({ ...one, metadata: { ...one.metadata, labels: { '-': 'x' } } })),
      `${about} returned invalid metadata: metadata.labels: Invalid value: "-": name part must consist of`,
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

  it('of v1beta1 need not repeat who it is', async () => {
    await create('v2', 'one', { name: 'a', port: '1' });
    const definition = cluster.target('customresourcedefinitions', `crontabs.${GROUP}`, { group: CRD_GROUP });
    const conversion = { webhook: { conversionReviewVersions: ['v9', 'v1beta1', 'v1'] } };
    await cluster.verbs.patch(cluster.ctx(), definition, 'merge', { object: { spec: { conversion } } }, {});
    answer = (review) => {
      const { response } = good(review) as { response: { [key: string]: Json } };
      return { response: { ...response, uid: 'x' } };
    };
    expect((await read('v1', 'one')).spec.host).toBe('a:1');
    expect(reviews.at(-1)!.apiVersion).toBe('apiextensions.k8s.io/v1beta1');
  });

  it('tells owners of fields in each version apart', async () => {
    await create('v2', 'one', { name: 'a', port: '1' });
    const apply = (versionName: string, spec: object, fieldManager: string, force = false) =>
      cluster.verbs.patch(
        cluster.ctx(),
        target(versionName, 'one'),
        'apply',
        { object: cronTab(versionName, 'one', spec) },
        { fieldManager, force },
      );
    await apply('v2', { name: 'b', port: '1' }, 'two', true);
    // In v1 the same is one field: bob's is eve's.
    await expect(apply('v1', { host: 'c:1' }, 'one')).rejects.toMatchObject({ reason: 'Conflict' });
    await apply('v1', { host: 'b:1' }, 'one');
    await apply('v1', { host: 'c:1' }, 'one', true);
    const { metadata, spec } = await read('v2', 'one');
    expect(spec).toEqual({ name: 'c', port: '1' });
    expect(metadata.managedFields!.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual([
      ['one', `${GROUP}/v1`],
      ['two', `${GROUP}/v2`],
      // Who made it still owns the port, which nobody changed.
      ['unknown', `${GROUP}/v2`],
    ]);
  });
});
