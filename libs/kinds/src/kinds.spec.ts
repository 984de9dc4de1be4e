import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { apiVersionOf, type Json } from '#apimachinery';
import { decodeErrors } from './decode.js';
import { definitionOf, refName, resourceFacts } from './definitions.js';
import { builtInKinds, hostKinds } from './kinds.js';
import type { OpenApiSchema } from './schema.js';

const kindFiles = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.kind.ts'),
);

const textOf = (file: string) => readFileSync(new URL(file, import.meta.url), 'utf8');

/** All fields below a definition, names of references followed, so that versions can be compared. */
function shapeText(definition: string, above: readonly string[] = []): string {
  const properties = definitionOf(definition)?.properties;
  if (!properties || above.includes(definition)) return definition.split('.').at(-1)!;
  const textOfField = (schema: OpenApiSchema): string => {
    const ref = refName(schema);
    const inner = schema.items ?? schema.additionalProperties;
    if (ref !== undefined) return shapeText(ref, [...above, definition]);
    return `${schema.type}${inner ? `<${textOfField(inner)}>` : ''}`;
  };
  return `{${Object.entries(properties)
    .map(([name, schema]) => `${name}:${textOfField(schema)}`)
    .join()}}`;
}

describe('kinds.ts', () => {
  // Read as text: a glob cannot be imported without importing every file by a computed name.
  it.each(kindFiles)('has a row for %s', (file) => {
    const constant = /export const (\w+Kind) = defineKind[<(]/.exec(textOf(file))?.[1];
    expect(constant).toBeDefined();
    const list = textOf('kinds.ts');
    expect(list).toContain(`import { ${constant} } from './${file.replace(/\.ts$/, '.js')}'`);
    expect(list).toMatch(new RegExp(`^ +${constant},$`, 'm'));
  });

  it('serves every published resource and subresource', () => {
    for (const [apiVersion, resources] of Object.entries(resourceFacts)) {
      const catalog = apiVersion.startsWith('sandkube.dev/') ? hostKinds : builtInKinds;
      for (const path of Object.keys(resources)) {
        const [resource, subresource] = path.split('/') as [string, string?];
        const kind = catalog.all.find((one) => apiVersionOf(one) === apiVersion && one.resource === resource);
        const found = subresource === undefined ? kind : kind?.subresources.find(({ name }) => name === subresource);
        expect({ apiVersion, path, found: found !== undefined }).toEqual({ apiVersion, path, found: true });
      }
    }
  });

  it('has columns, and names its selectable fields without an object', () => {
    for (const kind of [...builtInKinds.all, ...hostKinds.all]) {
      expect(kind.columns.length).toBeGreaterThan(0);
      expect(kind.row).toBeDefined();
      // Discovery and selectors ask for the names before there is any object.
      const fields = kind.selectableFields?.({ apiVersion: '', kind: kind.kind, metadata: {} }) ?? {};
      expect(Object.values(fields).every((value) => typeof value === 'string')).toBe(true);
    }
  });
});

describe('builtInKinds', () => {
  const table: [group: string, resource: string, expected: object][] = [
    [
      '',
      'pods',
      { kind: 'Pod', listKind: 'PodList', singular: 'pod', shortNames: ['po'], categories: ['all'], version: 'v1' },
    ],
    ['', 'endpoints', { kind: 'Endpoints', singular: 'endpoints', shortNames: ['ep'] }],
    ['', 'nodes', { namespaced: false, shortNames: ['no'] }],
    ['apps', 'deployments', { kind: 'Deployment', version: 'v1', shortNames: ['deploy'], namespaced: true }],
    ['autoscaling', 'horizontalpodautoscalers', { version: 'v2', shortNames: ['hpa'] }],
    ['apiextensions.k8s.io', 'customresourcedefinitions', { shortNames: ['crd', 'crds'] }],
    ['authorization.k8s.io', 'selfsubjectaccessreviews', { virtual: true, verbs: ['create'] }],
    ['', 'componentstatuses', { virtual: true, verbs: ['get', 'list'] }],
    ['', 'secrets', { encrypted: true }],
    ['', 'namespaces', { verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'] }],
  ];
  it.each(table)('%s %s', (group, resource, expected) => {
    expect(builtInKinds.preferred(group, resource)).toMatchObject(expected);
  });

  it('stores all versions of a resource as one', () => {
    const stored = new Map<string, string>();
    for (const { storage } of builtInKinds.all) {
      const versions = `${storage.group}/${storage.version}`;
      expect(stored.get(storage.groupResource) ?? versions).toBe(versions);
      stored.set(storage.groupResource, versions);
    }
    expect(builtInKinds.byResource('events.k8s.io', 'v1', 'events')?.storage.groupResource).toBe('events');
    expect(builtInKinds.byResource('autoscaling', 'v1', 'horizontalpodautoscalers')?.storage.version).toBe('v2');
  });

  it('converts between versions wherever their shapes differ', () => {
    for (const kind of builtInKinds.all) {
      const { group, version } = kind.storage;
      const stored = builtInKinds.byResource(group, version, kind.storage.groupResource.split('.')[0]!)!;
      const isSame = shapeText(kind.definition) === shapeText(stored.definition);
      const converts = kind.fromStorage !== undefined && kind.toStorage !== undefined;
      const name = `${apiVersionOf(kind)} ${kind.resource}`;
      expect({ name, fits: isSame || converts }).toEqual({ name, fits: true });
    }
  });

  it.each([
    [
      'resourceclaims',
      {
        devices: {
          requests: [
            { name: 'a', deviceClassName: 'gpu', count: 1 },
            { name: 'b', firstAvailable: [] },
          ],
        },
      },
    ],
    ['resourceclaimtemplates', { spec: { devices: { requests: [{ name: 'a', deviceClassName: 'gpu' }] } } }],
    ['resourceslices', { driver: 'd', devices: [{ name: 'a', basic: { attributes: { x: { int: 1 } } } }] }],
  ])('reads back %s of v1beta1 as they were written', (resource, spec) => {
    const kind = builtInKinds.byResource('resource.k8s.io', 'v1beta1', resource)!;
    const written = { apiVersion: 'resource.k8s.io/v1beta1', kind: kind.kind, metadata: { name: 'a' }, spec };
    const stored = kind.toStorage!(written);
    expect(stored.apiVersion).toBe('resource.k8s.io/v1');
    const preferred = builtInKinds.preferred('resource.k8s.io', resource)!;
    expect(decodeErrors(preferred, JSON.parse(JSON.stringify(stored)) as Json)).toEqual({ unknown: [], wrong: [] });
    expect(kind.fromStorage!(stored)).toEqual(written);
  });

  it('lists groups by priority, versions by stability', () => {
    const names = builtInKinds.groups.map(({ name }) => name);
    expect(names.slice(0, 4)).toEqual(['', 'apiregistration.k8s.io', 'apps', 'events.k8s.io']);
    const resource = builtInKinds.groups.find(({ name }) => name === 'resource.k8s.io');
    expect(resource?.versions).toEqual(['v1', 'v1beta2', 'v1beta1', 'v1alpha3']);
  });

  it('says which subresources are views, which answer otherwise', () => {
    const of = (name: string) =>
      builtInKinds.preferred('', 'pods')?.subresources.find((subresource) => subresource.name === name);
    expect(of('log')).toMatchObject({ verbs: ['get'], virtual: true });
    expect(of('binding')).toMatchObject({
      verbs: ['create'],
      answersStatus: true,
      body: { group: '', version: 'v1', kind: 'Binding' },
    });
    expect(of('eviction')?.body).toEqual({ group: 'policy', version: 'v1', kind: 'Eviction' });
    expect(of('status')?.virtual).toBeUndefined();
  });

  it('knows no more than it has', () => {
    expect(builtInKinds.byResource('', 'v1', 'constructor')).toBeUndefined();
    expect(builtInKinds.byKind({ group: '', version: 'v1', kind: '__proto__' })).toBeUndefined();
    expect(builtInKinds.ofGroupVersion({ group: 'none', version: 'v1' })).toEqual([]);
  });
});

describe('hostKinds', () => {
  it('has its own kinds, tenants and rights, and nothing that runs', () => {
    const names = hostKinds.all.map(({ resource }) => resource);
    expect(names).toEqual(
      expect.arrayContaining(['sandboxes', 'namespaces', 'secrets', 'roles', 'leases', 'tokenreviews']),
    );
    expect(names).not.toContain('pods');
    expect(hostKinds.byKind({ group: 'sandkube.dev', version: 'v1alpha1', kind: 'Sandbox' })?.shortNames).toEqual([
      'sb',
    ]);
  });
});
