import { beforeEach, describe, expect, it } from '@jest/globals';
import { SpecCluster } from './spec-cluster.js';

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`;

describe('mutations', () => {
  let cluster: SpecCluster;
  beforeEach(async () => {
    cluster = await SpecCluster.make();
  });

  it('creates from YAML text and from an object, in the namespace that is named', async () => {
    const result = await cluster.run(
      `mutation M($yaml: Manifest!, $map: Manifest!) {
        appsV1 { createDeployment(object: $yaml) { metadata { namespace } spec { replicas } } }
        coreV1 {
          byArgument: createConfigMap(namespace: "shop", object: $map) { metadata { namespace name } data }
          literal: createConfigMap(object: { metadata: { name: "lit" } }) { metadata { namespace name } }
        }
      }`,
      {
        yaml: DEPLOYMENT,
        map: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { 'a.b_c': 'x' } },
      },
    );
    expect(result).toEqual({
      data: {
        appsV1: { createDeployment: { metadata: { namespace: 'shop' }, spec: { replicas: 2 } } },
        coreV1: {
          byArgument: { metadata: { namespace: 'shop', name: 'm' }, data: { 'a.b_c': 'x' } },
          literal: { metadata: { namespace: 'default', name: 'lit' } },
        },
      },
    });
  });

  it('runs one after another, in the order of the document, also below one field', async () => {
    const result = await cluster.run(`mutation { coreV1 {
      createConfigMap(object: { metadata: { name: "m" }, data: { n: "1" } }) { data }
      patchConfigMap(name: "m", type: merge, patch: { data: { n: "2" } }) { data }
      replaceConfigMap(object: { metadata: { name: "m" }, data: { n: "3" } }) { data }
      again: createConfigMap(object: { metadata: { name: "m" } }) { data }
      deleteConfigMap(name: "m") { gone status }
      anew: createConfigMap(object: { metadata: { name: "m" }, data: { n: "4" } }) { data }
    } }`);
    expect(result.data).toEqual({
      coreV1: {
        createConfigMap: { data: { n: '1' } },
        patchConfigMap: { data: { n: '2' } },
        replaceConfigMap: { data: { n: '3' } },
        again: null,
        deleteConfigMap: { gone: true, status: expect.objectContaining({ kind: 'Status', status: 'Success' }) },
        anew: { data: { n: '4' } },
      },
    });
    expect(result.errors!.map((error) => error.message)).toEqual(['configmaps "m" already exists']);
  });

  it.each([
    ['strategic', '{ data: { b: "2" } }', { a: '1', b: '2' }],
    ['merge', '{ data: { a: null } }', null],
    ['json', '[{ op: "add", path: "/data/b", value: "2" }]', { a: '1', b: '2' }],
  ])('patches by %s', async (type, patch, data) => {
    await cluster.create('configmaps', { metadata: { name: 'm' }, data: { a: '1' } });
    const result = await cluster.run(
      `mutation { coreV1 { patchConfigMap(name: "m", type: ${type}, patch: ${patch}) { data } } }`,
    );
    expect(result.errors).toBeUndefined();
    const { data: patched } = (result.data as { coreV1: { patchConfigMap: { data: object | null } } }).coreV1
      .patchConfigMap;
    expect(patched ?? {}).toEqual(data ?? {});
  });

  it('says what goes later: the object as it is, with its deletion time', async () => {
    await cluster.create('configmaps', { metadata: { name: 'm', finalizers: ['example.com/wait'] } });
    const result = await cluster.run(`mutation { coreV1 {
      deleteConfigMap(name: "m") { gone status object { metadata { deletionTimestamp finalizers } } } } }`);
    expect(result.data).toEqual({
      coreV1: {
        deleteConfigMap: {
          gone: false,
          status: null,
          object: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['example.com/wait'] } },
        },
      },
    });
  });

  it('deletes only what the caller has seen', async () => {
    await cluster.create('configmaps', { metadata: { name: 'm' } });
    const result = await cluster.run('mutation { coreV1 { deleteConfigMap(name: "m", uid: "another") { gone } } }');
    expect(result.errors![0]!.message).toContain('the UID in the precondition (another) does not match');
  });

  it('deletes a selection', async () => {
    for (const name of ['a', 'b']) await cluster.create('configmaps', { metadata: { name, labels: { name } } });
    await cluster.run('mutation { coreV1 { deleteConfigMapCollection(labelSelector: "name=a") { items { kind } } } }');
    const left = await cluster.run('{ coreV1 { configMaps { items { metadata { name } } } } }');
    expect(left.data).toEqual({ coreV1: { configMaps: { items: [{ metadata: { name: 'b' } }] } } });
  });

  it('scales as kubectl does', async () => {
    await cluster.run('mutation M($o: Manifest!) { appsV1 { createDeployment(object: $o) { kind } } }', {
      o: DEPLOYMENT,
    });
    const result = await cluster.run(
      'mutation { appsV1 { scaleDeployment(namespace: "shop", name: "web", replicas: 5) { spec { replicas } } } }',
    );
    expect(result).toEqual({ data: { appsV1: { scaleDeployment: { spec: { replicas: 5 } } } } });
  });

  it('applies for a manager, who keeps what it applied from others', async () => {
    const apply = (replicas: number, more: string) =>
      cluster.run(`mutation M($o: [Manifest!]!) { apply(objects: $o, ${more}) { metadata { name } } }`, {
        o: [DEPLOYMENT.replace('replicas: 2', `replicas: ${replicas}`)],
      });
    expect(await apply(2, 'fieldManager: "bob"')).toEqual({ data: { apply: [{ metadata: { name: 'web' } }] } });
    const refused = await apply(3, 'fieldManager: "eve"');
    expect(refused.errors![0]!.message).toBe('Apply failed with 1 conflict: conflict with "bob": .spec.replicas');
    expect((await apply(3, 'fieldManager: "eve", force: true')).errors).toBeUndefined();
    const deployment = await cluster.run(
      '{ appsV1 { deployment(namespace: "shop", name: "web") { metadata { managedFields { manager operation } } } } }',
    );
    expect(deployment.data).toEqual({
      appsV1: {
        deployment: {
          metadata: {
            managedFields: [
              { manager: 'bob', operation: 'Apply' },
              { manager: 'eve', operation: 'Apply' },
            ],
          },
        },
      },
    });
  });

  it.each([
    ['coreV1 { createConfigMap(object: "- 1") { kind } }', 'the manifest is not an object'],
    ['coreV1 { replaceConfigMap(object: {}) { kind } }', 'name must be provided'],
    ['apply(objects: [{ apiVersion: "x/v1", kind: "Y" }]) { kind }', 'no matches for kind "Y" in version "x/v1"'],
    ['coreV1 { createConfigMap(object: { metadata: { name: "A B" } }) { kind } }', 'ConfigMap "A B" is invalid'],
    [
      'coreV1 { createConfigMap(object: { metadata: { name: "a" }, x: 1 }, fieldValidation: Strict) { kind } }',
      'unknown field "x"',
    ],
  ])('refuses %s', async (field, message) => {
    expect((await cluster.run(`mutation { ${field} }`)).errors![0]!.message).toContain(message);
  });

  it('writes nothing for those who may not', async () => {
    const nobody = { username: 'nobody', groups: [] };
    const create = 'mutation { coreV1 { createConfigMap(object: { metadata: { name: "a" } }) { kind } } }';
    const result = await cluster.run(create, {}, nobody);
    expect(result.errors![0]!.message).toContain('User "nobody" cannot create resource "configmaps"');
    expect((await cluster.run('{ coreV1 { configMaps { items { kind } } } }')).data).toEqual({
      coreV1: { configMaps: { items: [] } },
    });
  });
});
