import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { CustomResourceDefinition } from '#kinds';
import type { FoundEvent } from './request.js';
import { aSpecCluster, type SpecCluster } from './spec-cluster.js';
import { CRON_TAB, cronTabDefinition, define, GROUP } from './spec-definition.js';

type CronTab = KubeObject & { spec: Record<string, unknown>; status?: Record<string, unknown> };

const cronTab = (spec: object, more: object = {}): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'CronTab',
  metadata: { name: 'one', namespace: 'default' },
  spec: { cronSpec: '* * * * */5', ...spec },
  ...more,
});

let cluster: SpecCluster;
beforeEach(async () => {
  cluster = await aSpecCluster();
});

const create = async (object: object) => (await cluster.create('crontabs', object, GROUP)).object() as CronTab;
const target = (subresource?: string) =>
  cluster.target('crontabs', 'one', { group: GROUP, ...(subresource ? { subresource } : {}) });
const read = async (subresource?: string) =>
  (await cluster.verbs.get(cluster.ctx(), target(subresource))).object() as CronTab;
const patch = async (change: object, subresource?: string) =>
  (await cluster.verbs.patch(cluster.ctx(), target(subresource), 'merge', { object: change }, {})).object() as CronTab;

const redefine = async (change: object) => {
  const at = cluster.target('customresourcedefinitions', `crontabs.${GROUP}`, { group: 'apiextensions.k8s.io' });
  await cluster.verbs.patch(cluster.ctx(), at, 'merge', { object: change }, {});
};

describe('an instance', () => {
  beforeEach(() => define(cluster, cronTabDefinition()));

  it('gets defaults, loses what the schema does not name, and is told so', async () => {
    const made = await create(cronTab({ unknown: { deep: 1 }, free: { kept: [1] }, port: '80' }));
    expect(made.spec).toEqual({ cronSpec: '* * * * */5', image: 'cron', free: { kept: [1] }, port: '80' });
    expect(cluster.warnings).toEqual(['unknown field "spec.unknown"']);
    expect(made.metadata.generation).toBe(1);
  });

  it.each<[string, object, string]>([
    [
      'a minimum',
      { replicas: 0 },
      'spec.replicas: Invalid value: 0: spec.replicas in body should be greater than or equal to 1',
    ],
    [
      'a maximum',
      { replicas: 11 },
      'spec.replicas: Invalid value: 11: spec.replicas in body should be less than or equal to 10',
    ],
    [
      'a type',
      { replicas: 'two' },
      'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
    ],
    ['an enum', { policy: 'No' }, 'spec.policy: Unsupported value: "No": supported values: "Allow", "Forbid"'],
    ['a length', { image: 'much too long' }, 'spec.image: Too long: may not be more than 8 bytes'],
    ['a set', { tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
    ['a null', { policy: null, cronSpec: null }, 'spec.cronSpec: Required value'],
  ])('is refused for %s', async (_what, spec, message) => {
    await expect(create(cronTab(spec))).rejects.toMatchObject({
      code: 422,
      message: `CronTab.${GROUP} "one" is invalid: ${message}`,
    });
  });

  it('changes its generation with its spec, and status too when that is no subresource', async () => {
    await create(cronTab({}));
    expect((await patch({ metadata: { labels: { a: 'b' } } })).metadata.generation).toBe(1);
    expect((await patch({ spec: { replicas: 2 } })).metadata.generation).toBe(2);
    expect((await patch({ status: { replicas: 2 } })).metadata.generation).toBe(3);
  });

  it('takes no strategic merge patch', async () => {
    await create(cronTab({}));
    const sent = cluster.verbs.patch(cluster.ctx(), target(), 'strategic', { object: {} }, {});
    await expect(sent).rejects.toMatchObject({ code: 415 });
  });
});

describe('a definition that changes', () => {
  const withSpec = (properties: object) => ({
    versions: [
      {
        ...cronTabDefinition().spec.versions[0],
        schema: {
          openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
        },
      },
    ],
  });

  it('does not judge again what does not change, and fills new defaults in on reading', async () => {
    await define(cluster, cronTabDefinition());
    await create(cronTab({ replicas: 5 }));
    const replicas = { type: 'integer', maximum: 3 };
    await redefine({
      spec: withSpec({ cronSpec: { type: 'string' }, replicas, added: { type: 'string', default: 'x' } }),
    });
    expect((await read()).spec).toEqual({ cronSpec: '* * * * */5', replicas: 5, added: 'x' });
    await patch({ metadata: { labels: { a: 'b' } } });
    await expect(patch({ spec: { replicas: 4 } })).rejects.toMatchObject({ code: 422 });
  });

  it('ends the watches of its instances', async () => {
    await define(cluster, cronTabDefinition());
    let ends = 0;
    const receiver = { events: () => {}, initialEventsEnd: () => {}, closed: () => void ends++ };
    await cluster.verbs.watch(cluster.ctx(), target(), {}, receiver);
    await redefine({ metadata: { labels: { a: 'b' } } });
    expect(ends).toBe(0);
    await redefine({ spec: withSpec({}) });
    expect(ends).toBe(1);
  });

  it('keeps every version that it has stored', async () => {
    await define(cluster, cronTabDefinition());
    const [v1] = cronTabDefinition().spec.versions;
    const old = { ...v1, storage: false };
    await redefine({ spec: { versions: [old, { ...v1, name: 'v2' }] } });
    await expect(redefine({ spec: { versions: [{ ...v1, name: 'v2' }] } })).rejects.toThrow(
      'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version',
    );
    await create(cronTab({}, { apiVersion: `${GROUP}/v2` }));
    const v2 = cluster.ctx().kinds.byResource(GROUP, 'v2', 'crontabs')!;
    const found = await cluster.verbs.get(cluster.ctx(), { ...target(), kind: v2 });
    expect(JSON.parse(found.text)).toMatchObject({ apiVersion: `${GROUP}/v2`, spec: { image: 'cron' } });
  });
});

describe('selectable fields', () => {
  const selectableFields = [{ jsonPath: '.spec.image' }];
  const images = async (fieldSelector: string) => {
    const { items } = await cluster.verbs.list(cluster.ctx(), target(), { fieldSelector });
    return items.map((found) => found.object().metadata.name);
  };

  it('select what was written before they were named', async () => {
    await define(cluster, cronTabDefinition());
    await create(cronTab({ image: 'old' }));
    await expect(images('spec.image=old')).rejects.toThrow('field label not supported: spec.image');
    await redefine({ spec: { versions: cronTabDefinition({ selectableFields }).spec.versions } });
    expect(await images('spec.image=old')).toEqual(['one']);
    expect(await images('spec.image=cron')).toEqual([]);
    expect(await images('spec.image!=cron,metadata.name=one')).toEqual(['one']);
  });

  it('tell watchers what comes and goes, whenever it was written', async () => {
    await define(cluster, cronTabDefinition());
    await create(cronTab({ image: 'old' }));
    await redefine({ spec: { versions: cronTabDefinition({ selectableFields }).spec.versions } });
    const seen: string[] = [];
    const receiver = {
      events: (batch: readonly FoundEvent[]) => seen.push(...batch.map(({ type }) => type)),
      initialEventsEnd: () => {},
      closed: () => {},
    };
    const watch = await cluster.verbs.watch(cluster.ctx(), target(), { fieldSelector: 'spec.image=old' }, receiver);
    for (const image of ['new', 'old', 'newer']) await patch({ spec: { image } });
    watch.cancel();
    expect(seen).toEqual(['ADDED', 'DELETED', 'ADDED', 'DELETED']);
  });

  it('are those of the version that is asked', async () => {
    const [v1] = cronTabDefinition({ selectableFields }).spec.versions;
    const v2 = { ...v1!, name: 'v2', storage: false, selectableFields: [{ jsonPath: '.spec.cronSpec' }] };
    await define(cluster, cronTabDefinition({ selectableFields }, { versions: [v1!, v2] }));
    await create(cronTab({ image: 'x' }, { apiVersion: `${GROUP}/v2` }));
    const kind = cluster.ctx().kinds.byResource(GROUP, 'v2', 'crontabs')!;
    const fieldSelector = `spec.cronSpec=${(await read()).spec['cronSpec']}`;
    const { items } = await cluster.verbs.list(cluster.ctx(), { ...target(), kind }, { fieldSelector });
    expect(items).toHaveLength(1);
  });
});

describe('a version that is not stored', () => {
  it('loses what the stored one does not name', async () => {
    const field = (name: string) => ({
      openAPIV3Schema: {
        type: 'object',
        properties: { spec: { type: 'object', properties: { [name]: { type: 'string' } } } },
      },
    });
    const version = (name: string, storage: boolean) => ({ name, storage, served: true, schema: field(name) });
    await define(cluster, cronTabDefinition({}, { versions: [version('v1', false), version('v2', true)] }));
    const kind = cluster.ctx().kinds.byResource(GROUP, 'v1', 'crontabs')!;
    const object = { ...cronTab({}), spec: { v1: 'a', v2: 'b' } };
    const made = await cluster.verbs.create(cluster.ctx(), { kind, namespace: 'default' }, { object }, {});
    expect((made.object() as CronTab).spec).toEqual({});
  });
});

describe('an authority of a conversion webhook', () => {
  it('may be anything until the definition serves, and then no worse than before', async () => {
    const webhook = (caBundle: string) => ({
      strategy: 'Webhook',
      webhook: { clientConfig: { url: 'https://x.example.com/', caBundle }, conversionReviewVersions: ['v1'] },
    });
    const bundle = (text: string) => Buffer.from(text).toString('base64');
    await define(cluster, cronTabDefinition({}, { conversion: webhook(bundle('none')) }));
    await redefine({ spec: { conversion: webhook(bundle('nor this')) } });
    await redefine({ spec: { conversion: null } });
    await expect(redefine({ spec: { conversion: webhook(bundle('none')) } })).rejects.toThrow(
      'spec.conversion.webhookClientConfig.caBundle: Invalid value: "bm9uZQ==": unable to load root certificates: data does not contain any valid RSA or ECDSA certificates',
    );
  });
});

describe('subresources', () => {
  const scale = {
    specReplicasPath: '.spec.replicas',
    statusReplicasPath: '.status.replicas',
    labelSelectorPath: '.status.selector',
  };
  beforeEach(async () => {
    await define(cluster, cronTabDefinition({ subresources: { status: {}, scale } }));
    await create(cronTab({ replicas: 2 }, { status: { replicas: 9 } }));
  });

  it('status is written by its own path alone', async () => {
    expect((await read()).status).toBeUndefined();
    await patch({ status: { replicas: 1, selector: 'a=b' }, spec: { replicas: 7 } }, 'status');
    expect(await read()).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1 }, metadata: { generation: 1 } });
    await patch({ status: { replicas: 3 }, spec: { replicas: 7 } });
    expect(await read()).toMatchObject({ spec: { replicas: 7 }, status: { replicas: 1 }, metadata: { generation: 2 } });
  });

  it('scale shows and sets the replicas', async () => {
    await patch({ status: { replicas: 1, selector: 'a=b' } }, 'status');
    expect(await read('scale')).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 1, selector: 'a=b' } });
    await patch({ spec: { replicas: 4 } }, 'scale');
    expect((await read()).spec['replicas']).toBe(4);
    await expect(patch({ spec: { replicas: 11 } }, 'scale')).rejects.toMatchObject({ code: 422 });
  });
});

describe('definitions that are refused', () => {
  const refusal = async (definition: CustomResourceDefinition) =>
    cluster.create('customresourcedefinitions', definition, 'apiextensions.k8s.io').then(
      () => 'accepted',
      (error: Error) => error.message.replace(/^.* is invalid: /, ''),
    );
  const schema = (openAPIV3Schema: object) => cronTabDefinition({ schema: { openAPIV3Schema } });
  const at = 'spec.validation.openAPIV3Schema';

  it.each<[string, () => CustomResourceDefinition, string]>([
    [
      'no schema',
      () => cronTabDefinition({ schema: {} }),
      'spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required',
    ],
    [
      'no storage',
      () => cronTabDefinition({ storage: false }),
      'must have exactly one version marked as storage version',
    ],
    [
      'a reference',
      () => schema({ ...CRON_TAB, properties: { spec: { type: 'object', $ref: '#' } } }),
      `${at}.properties[spec].$ref: Forbidden: $ref is not supported`,
    ],
    [
      'no type',
      () => schema({ type: 'object', properties: { spec: {} } }),
      `${at}.properties[spec].type: Required value: must not be empty for specified object fields`,
    ],
    [
      'unique items',
      () =>
        schema({ type: 'object', properties: { a: { type: 'array', uniqueItems: true, items: { type: 'string' } } } }),
      `${at}.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ],
    [
      'a default that does not fit',
      () => schema({ type: 'object', properties: { a: { type: 'integer', default: 'x' } } }),
      `${at}.properties[a].default: Invalid value: "string":  in body must be of type integer: "string"`,
    ],
    [
      'rules on metadata',
      () =>
        schema({
          type: 'object',
          properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } },
        }),
      `${at}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ],
    [
      'a bad expression',
      () => schema({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }),
      `${at}.properties[a].pattern: Invalid value: "(": must be a valid regular expression`,
    ],
    [
      'a column',
      () => cronTabDefinition({ additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'x' }] }),
      'spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string',
    ],
    [
      'a community group',
      () => ({ ...cronTabDefinition({}, { group: 'x.k8s.io' }), metadata: { name: 'crontabs.x.k8s.io' } }),
      'metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation',
    ],
  ])('for %s', async (_what, definition, message) => {
    expect(await refusal(definition())).toContain(message);
  });

  it.each<[string, object, number]>([
    ['nothing inside', {}, 422],
    ['nothing but a group', { group: GROUP }, 422],
    ['nulls', { group: GROUP, names: null, versions: [null], scope: null }, 422],
    [
      'a list of schemas for items',
      { versions: [{ name: 'v1', schema: { openAPIV3Schema: { type: 'array', items: [{}] } } }] },
      422,
    ],
    [
      'wrong types inside items',
      { versions: [{ name: 'v1', schema: { openAPIV3Schema: { items: { required: 5 } } } }] },
      400,
    ],
    ['a text for items', { versions: [{ name: 'v1', schema: { openAPIV3Schema: { items: 'x' } } }] }, 400],
  ])('for %s', async (_what, spec, code) => {
    const object = { ...cronTabDefinition(), spec };
    await expect(cluster.create('customresourcedefinitions', object, 'apiextensions.k8s.io')).rejects.toMatchObject({
      code,
    });
  });

  it('for nesting deeper than the stack', async () => {
    const text = JSON.stringify(cronTabDefinition());
    const deep = '{"type":"object","properties":{"a":'.repeat(4_500) + '{"type":"string"}' + '}}'.repeat(4_500);
    const bytes = Buffer.from(text.replace('"openAPIV3Schema":', `"openAPIV3Schema":${deep},"x":`));
    const at = cluster.target('customresourcedefinitions', undefined, { group: 'apiextensions.k8s.io' });
    const sent = cluster.verbs.create(cluster.ctx(), at, { bytes, format: 'json' }, {});
    await expect(sent).rejects.toMatchObject({ code: 400 });
  });

  it('cannot hide a built-in resource', async () => {
    const names = { plural: 'deployments', singular: 'deployment', kind: 'Deployment', listKind: 'DeploymentList' };
    const definition = cronTabDefinition({}, { group: 'apps.x', names });
    await define(cluster, { ...definition, metadata: { name: 'deployments.apps.x' } });
    expect(cluster.ctx().kinds.byResource('apps', 'v1', 'deployments')).toBe(cluster.kind('apps', 'deployments'));
    expect(cluster.ctx().kinds.byResource('apps.x', 'v1', 'deployments')).toBeDefined();
  });
});
