import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { decodeErrors } from '../decode.js';
import { builtInKinds } from '../kinds.js';
import { applySchemaDefaults } from '../schema-defaults.js';
import { CustomCatalogs } from './custom-catalogs.js';

const GROUP = 'stable.example.com';
const catalogs = new CustomCatalogs(builtInKinds);

function definition(
  more: { plural?: string; group?: string; uid?: string; properties?: object; versions?: object[] } = {},
) {
  const { plural = 'crontabs', group = GROUP, properties = {} } = more;
  const names = { kind: 'CronTab', plural, singular: 'crontab', listKind: 'CronTabList' };
  const schema = { openAPIV3Schema: { type: 'object', properties } };
  return {
    metadata: { name: `${plural}.${group}`, uid: more.uid },
    spec: {
      group,
      scope: 'Namespaced',
      names,
      versions: more.versions ?? [{ name: 'v1', served: true, storage: true, schema }],
    },
    status: { acceptedNames: names, conditions: [{ type: 'Established', status: 'True' }] },
  };
}

const factsOf = (object: object) => catalogs.factsOf(JSON.stringify(object));

describe('CustomCatalogs', () => {
  it('gives sandboxes with the same definitions the same catalog, in whatever order', () => {
    const [a, b] = [definition({ uid: '1' }), definition({ plural: 'others', uid: '2' })];
    const one = catalogs.of([factsOf(a)!, factsOf(b)!]);
    const other = catalogs.of([factsOf({ ...b, metadata: { ...b.metadata, uid: '3' } })!, factsOf(a)!]);
    expect(other).toBe(one);
    expect(catalogs.of([factsOf(a)!]).version).not.toBe(one.version);
    expect(catalogs.of([factsOf(a)!]).byResource(GROUP, 'v1', 'crontabs')).toBe(
      one.byResource(GROUP, 'v1', 'crontabs'),
    );
    expect(catalogs.of([])).toBe(builtInKinds);
  });

  it('keeps the version of what is built in', () => {
    const catalog = catalogs.of([factsOf(definition())!]);
    const apps = { group: 'apps', version: 'v1' };
    expect(catalog.versionOf(apps)).toBe(builtInKinds.versionOf(apps));
    const stable = { group: GROUP, version: 'v1' };
    const more = catalogs.of([factsOf(definition())!, factsOf(definition({ group: 'other.example.com' }))!]);
    expect(more.versionOf(stable)).toBe(catalog.versionOf(stable));
    expect(more.version).not.toBe(catalog.version);
  });

  it('serves nothing before names are accepted, and nothing that would hide a built-in resource', () => {
    expect(factsOf({ ...definition(), status: {} })).toBeUndefined();
    const names = { kind: 'Deployment', plural: 'deployments', listKind: 'DeploymentList' };
    const shadow = definition({ plural: 'deployments', group: 'apps' });
    expect(factsOf({ ...shadow, status: { ...shadow.status, acceptedNames: names } })).toBeUndefined();
  });

  it('orders versions by preference, those of another form last', () => {
    const versions = ['foo', 'v1alpha1', 'v2', 'v1', 'v1beta1', 'bar'].map((name, i) => ({
      ...{ name, served: name !== 'v1alpha1', storage: i === 0 },
      schema: { openAPIV3Schema: { type: 'object' } },
    }));
    const catalog = catalogs.of([factsOf(definition({ versions }))!]);
    expect(catalog.groups.at(-1)).toEqual({ name: GROUP, versions: ['v2', 'v1', 'v1beta1', 'bar', 'foo'] });
    expect(catalog.preferred(GROUP, 'crontabs')?.version).toBe('v2');
  });
});

describe('hostile schemas and instances', () => {
  const kindOf = (properties: object) =>
    catalogs.of([factsOf(definition({ properties }))!]).byResource(GROUP, 'v1', 'crontabs')!;

  it('take __proto__ and constructor for names like any other', () => {
    const text =
      '{"spec":{"type":"object","properties":{"__proto__":{"type":"string","default":"x"},"constructor":{"type":"integer"}}}}';
    const kind = kindOf(JSON.parse(text) as object);
    const object = JSON.parse(
      '{"apiVersion":"a/v1","kind":"CronTab","metadata":{},"spec":{"toString":1}}',
    ) as KubeObject;
    expect(decodeErrors(kind, object as never).unknown).toEqual(['unknown field "spec.toString"']);
    applySchemaDefaults(kind, object);
    expect(JSON.stringify((object as unknown as { spec: object }).spec)).toBe('{"__proto__":"x"}');
    expect(kind.validateCreate?.(object)).toEqual([]);
  });

  it('cannot be slow by an expression', () => {
    const kind = kindOf({ spec: { type: 'string', pattern: '^(a+)+$' } });
    const object = { apiVersion: 'a/v1', kind: 'CronTab', metadata: {}, spec: `${'a'.repeat(10_000)}!` };
    const startedMs = performance.now();
    expect(kind.validateCreate?.(object)).toHaveLength(1);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it.each([
    [
      'one large pattern and a long value',
      { spec: { type: 'string', pattern: '(a|b)*'.repeat(2_000) } },
      'a'.repeat(10_000),
    ],
    [
      'many values',
      { spec: { type: 'array', items: { type: 'string', pattern: '^((a{1,100}){1,5})*$' } } },
      Array.from({ length: 1_000 }, () => 'a'.repeat(100)),
    ],
    [
      'many alternatives',
      {
        spec: {
          type: 'string',
          allOf: Array.from({ length: 200 }, (_, i) => ({ pattern: `^((a{1,100}){1,5})*${i}$` })),
        },
      },
      'a'.repeat(1_000),
    ],
  ])('cannot be slow by %s', (_what, properties, spec) => {
    const object = { apiVersion: 'a/v1', kind: 'CronTab', metadata: {}, spec };
    const startedMs = performance.now();
    const errors = kindOf(properties).validateCreate?.(object as unknown as KubeObject) ?? [];
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    expect(errors.map(({ detail }) => detail).join()).toContain('is too long for the patterns of its schema');
  });

  it('serves nothing of a definition that nests deeper than the stack', () => {
    const text = JSON.stringify(definition());
    const deep = '{"type":"object","properties":{"a":'.repeat(9_000) + '{}' + '}}'.repeat(9_000);
    expect(catalogs.factsOf(text)).toBeDefined();
    expect(catalogs.factsOf(text.replace('"openAPIV3Schema":', `"openAPIV3Schema":${deep},"old":`))).toBeUndefined();
  });
});
