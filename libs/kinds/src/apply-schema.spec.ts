import { describe, expect, it } from '@jest/globals';
import { applied, entriesAfterUpdate, type FieldWrite, type KubeObject, StatusError } from '#apimachinery';
import { builtInKinds } from './kinds.js';
import { mergeSchemaOf } from './merge-schema.js';

const kindOf = (group: string, resource: string) => builtInKinds.preferred(group, resource)!;

function write(group: string, resource: string, live: KubeObject | undefined, manager = 'm'): FieldWrite {
  const kind = kindOf(group, resource);
  const apiVersion = group === '' ? kind.version : `${group}/${kind.version}`;
  return {
    live,
    manager,
    apiVersion,
    kind: kind.kind,
    subresource: '',
    time: '2026-01-01T00:00:00Z',
    versions: {
      schemaOf: (version) => (version === apiVersion ? mergeSchemaOf(kind) : undefined),
      convert: (object) => object,
      resetOf: () => undefined,
      schemasChange: false,
    },
  };
}

const meta = { name: 'web', namespace: 'default' };

function ownedBy(live: KubeObject): string {
  return JSON.stringify(entriesAfterUpdate(write(...nameOf(live), undefined), live)?.[0]?.fieldsV1);
}

function nameOf({ kind }: KubeObject): [string, string] {
  const names: Record<string, [string, string]> = {
    Deployment: ['apps', 'deployments'],
    Service: ['', 'services'],
    ConfigMap: ['', 'configmaps'],
    PersistentVolumeClaim: ['', 'persistentvolumeclaims'],
  };
  return names[kind]!;
}

/** As kubectl get --show-managed-fields shows them on a cluster of 1.36. */
describe('fields of who creates', () => {
  it.each<[string, KubeObject & Record<string, unknown>, string]>([
    [
      'a map and its keys',
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...meta, labels: { b: '1', a: '2' } }, data: { x: 'y' } },
      '{"f:data":{".":{},"f:x":{}},"f:metadata":{"f:labels":{".":{},"f:a":{},"f:b":{}}}}',
    ],
    [
      'keys by several fields, in order',
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: meta,
        spec: {
          ports: [
            { port: 443, protocol: 'TCP' },
            { port: 80, protocol: 'TCP' },
          ],
          selector: { app: 'web' },
          type: 'ClusterIP',
        },
        status: { loadBalancer: {} },
      },
      '{"f:spec":{"f:ports":{".":{},"k:{\\"port\\":80,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{},"f:protocol":{}},"k:{\\"port\\":443,\\"protocol\\":\\"TCP\\"}":{".":{},"f:port":{},"f:protocol":{}}},"f:selector":{},"f:type":{}}}',
    ],
    [
      'structs that Go always has belong to nobody',
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: meta,
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
      '{"f:spec":{"f:accessModes":{},"f:resources":{"f:requests":{".":{},"f:storage":{}}}}}',
    ],
    [
      'keys of prototypes',
      JSON.parse(
        '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"__proto__":"1","constructor":"2"}}',
      ),
      '{"f:data":{".":{},"f:__proto__":{},"f:constructor":{}}}',
    ],
  ])('%s', (_name, object, wanted) => {
    expect(ownedBy(object)).toBe(wanted);
  });
});

describe('configurations that cannot be typed', () => {
  const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec });
  const pod = (containers: unknown) => ({ template: { spec: { containers } } });

  it.each([
    [{ foo: 1 }, '.spec.foo: field not declared in schema'],
    [{ replicas: 'a' }, '.spec.replicas: expected numeric (int or float), got string'],
    [{ paused: 1 }, '.spec.paused: expected boolean, got &{1}'],
    [{ template: [] }, '.spec.template: expected map, got &{[]}'],
    [pod({}), '.spec.template.spec.containers: expected list, got &{map[]}'],
    [
      pod([{ image: 'a' }]),
      `.spec.template.spec.containers: element 0: associative list with keys has an element that omits key field "name" (and doesn't have default value)`,
    ],
    [pod([{ name: 'a' }, { name: 'a' }]), '.spec.template.spec.containers: duplicate entries for key [name="a"]'],
    [
      pod([{ name: 'a', env: [{ name: 'b', value: true }] }]),
      '.spec.template.spec.containers[name="a"].env[name="b"].value: expected string, got &value.valueUnstructured{Value:true}',
    ],
    [{ foo: 1, replicas: 'a' }, '.spec.foo: field not declared in schema'],
    [
      { replicas: 'a', paused: 1 },
      'errors:\n  .spec.replicas: expected numeric (int or float), got string\n  .spec.paused: expected boolean, got &{1}',
    ],
  ])('%j', (spec, error) => {
    const apply = () =>
      applied(write('apps', 'deployments', undefined), deployment(spec) as unknown as KubeObject, false);
    const message = `failed to create typed patch object (default/web; apps/v1, Kind=Deployment): ${error}`;
    expect(apply).toThrow(new StatusError(500, '', message));
  });

  it('ten thousand elements cost no more than their number', () => {
    const env = Array.from({ length: 10_000 }, (_, i) => ({ name: `n${i}`, value: 'v' }));
    const spec = { selector: {}, template: { spec: { containers: [{ name: 'a', env }] } } };
    const { entries } = applied(
      write('apps', 'deployments', undefined),
      deployment(spec) as unknown as KubeObject,
      false,
    );
    const live = {
      ...deployment(spec),
      metadata: { ...meta, uid: 'u', managedFields: [...entries!] },
    } as unknown as KubeObject;
    const next = applied(write('apps', 'deployments', live), deployment(spec) as unknown as KubeObject, false);
    expect(next.entries).toEqual(entries);
  });

  it('nothing nests without end', () => {
    let deep: object = {};
    for (let i = 0; i < 9_000; i++) deep = { not: deep };
    const config = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec: deep } as unknown as KubeObject;
    expect(() => applied(write('apps', 'deployments', undefined), config, false)).toThrow(StatusError);
  });
});
