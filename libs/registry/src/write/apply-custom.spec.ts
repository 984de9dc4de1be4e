import { beforeEach, describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { aSpecCluster, type SpecCluster } from '../spec-cluster.js';
import { CRON_TAB, cronTabDefinition, define, GROUP } from '../spec-definition.js';

let cluster: SpecCluster;

const PORTS = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['port', 'protocol'],
  items: {
    type: 'object',
    required: ['port'],
    properties: { port: { type: 'integer' }, protocol: { type: 'string', default: 'TCP' }, name: { type: 'string' } },
  },
} as const;

const OPTIONS = { type: 'object', properties: { x: { type: 'integer' } } } as const;

beforeEach(async () => {
  cluster = await aSpecCluster();
  const schema = structuredClone(CRON_TAB);
  Object.assign(schema.properties!['spec']!.properties!, { ports: PORTS, opts: OPTIONS });
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  await define(
    cluster,
    cronTabDefinition({ schema: { openAPIV3Schema: schema }, subresources: { status: {}, scale } }),
  );
});

const cronTab = (spec: object, more: object = {}): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: 'CronTab',
  metadata: { name: 'one', namespace: 'default' },
  spec: { cronSpec: '* * * * */5', ...spec },
  ...more,
});

const target = (subresource?: string) =>
  cluster.target('crontabs', 'one', { group: GROUP, ...(subresource ? { subresource } : {}) });

const apply = async (object: object, fieldManager: string, subresource?: string) =>
  (
    await cluster.verbs.patch(cluster.ctx(), target(subresource), 'apply', { object }, { fieldManager })
  ).object() as KubeObject & { spec: Record<string, unknown> };

const fieldsOf = ({ metadata }: KubeObject, manager: string) =>
  JSON.stringify(metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1);

describe('custom resources', () => {
  it('have owners by their own schema', async () => {
    const object = cronTab({ tags: ['b', 'a'], free: { deep: { x: [1] } }, ports: [{ port: 80 }] });
    const made = (await cluster.create('crontabs', object, GROUP)).object();
    expect(fieldsOf(made, 'unknown')).toBe(
      '{"f:spec":{".":{},"f:cronSpec":{},"f:free":{".":{},"f:deep":{".":{},"f:x":{}}},"f:image":{},' +
        '"f:ports":{".":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{},"f:protocol":{}}},' +
        '"f:tags":{".":{},"v:\\"a\\"":{},"v:\\"b\\"":{}}}}',
    );
  });

  it('merge sets, keyed lists with defaulted keys, and what no schema describes', async () => {
    await apply(cronTab({ tags: ['a'], free: { mine: 1 }, ports: [{ port: 80, name: 'web' }] }), 'bob');
    const both = await apply(
      cronTab({ tags: ['b'], free: { yours: 2 }, ports: [{ port: 80, protocol: 'UDP' }] }),
      'eve',
    );
    expect(both.spec).toMatchObject({
      tags: ['a', 'b'],
      free: { mine: 1, yours: 2 },
      ports: [
        { port: 80, protocol: 'TCP', name: 'web' },
        { port: 80, protocol: 'UDP' },
      ],
    });
    const left = await apply(cronTab({}), 'bob');
    expect(left.spec).toMatchObject({ tags: ['b'], free: { yours: 2 }, ports: [{ port: 80, protocol: 'UDP' }] });
  });

  it('conflict, and refuse what their schema does not declare', async () => {
    await apply(cronTab({ free: { deep: { x: 1 } } }), 'bob');
    await expect(apply(cronTab({ free: { deep: { x: 2 } } }), 'eve')).rejects.toMatchObject({
      code: 409,
      message: 'Apply failed with 1 conflict: conflict with "bob": .spec.free.deep.x',
    });
    await expect(apply(cronTab({ dada: 1 }), 'bob')).rejects.toMatchObject({
      code: 500,
      message: `failed to create typed patch object (default/one; ${GROUP}/v1, Kind=CronTab): .spec.dada: field not declared in schema`,
    });
  });

  it('keep status and scale apart', async () => {
    await apply(cronTab({ replicas: 1 }), 'bob');
    const told = await apply(cronTab({}, { status: { replicas: 1 } }), 'ctl', 'status');
    expect(fieldsOf(told, 'ctl')).toBe('{"f:status":{"f:replicas":{}}}');
    const change = { spec: { replicas: 3 } };
    await cluster.verbs.patch(cluster.ctx(), target('scale'), 'merge', { object: change }, { fieldManager: 'hpa' });
    const scaled = (await cluster.verbs.get(cluster.ctx(), target())).object();
    expect([fieldsOf(scaled, 'hpa'), fieldsOf(scaled, 'bob')]).toEqual([
      '{"f:spec":{"f:replicas":{}}}',
      '{"f:spec":{"f:cronSpec":{}}}',
    ]);
  });

  it('bring sets to a schema that has become atomic', async () => {
    await apply(cronTab({ opts: { x: 1 } }), 'bob');
    const definition = cluster.target('customresourcedefinitions', `crontabs.${GROUP}`, {
      group: 'apiextensions.k8s.io',
    });
    const path = '/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/opts/x-kubernetes-map-type';
    const atomic = [{ op: 'add', path, value: 'atomic' }];
    await cluster.verbs.patch(cluster.ctx(), definition, 'json', { object: atomic }, {});
    const after = await apply(cronTab({ replicas: 2 }), 'eve');
    expect(fieldsOf(after, 'bob')).toBe('{"f:spec":{"f:cronSpec":{},"f:opts":{}}}');
  });
});
