import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../spec-cel.js';
import { escapedName } from './escaping.js';
import { celTypeOf } from './schema-type.js';
import type { CelSchema } from './structural.js';

const schema: CelSchema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      properties: {
        replicas: { type: 'integer' },
        ratio: { type: 'number' },
        port: { 'x-kubernetes-int-or-string': true },
        at: { type: 'string', format: 'date-time' },
        every: { type: 'string', format: 'duration' },
        blob: { type: 'string', format: 'byte' },
        'a.b-c/d': { type: 'string' },
        namespace: { type: 'string' },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        set: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        map: {
          type: 'array',
          items: { type: 'object', properties: { name: { type: 'string' }, value: { type: 'integer' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
        },
        embedded: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          'x-kubernetes-preserve-unknown-fields': true,
        },
        raw: { 'x-kubernetes-preserve-unknown-fields': true },
      },
    },
  },
};
const self = {
  metadata: { name: 'one' },
  spec: {
    replicas: 3,
    ratio: 2,
    port: '80%',
    at: '2020-01-01T00:00:00Z',
    every: '1h',
    blob: 'aGk=',
    'a.b-c/d': 'odd',
    namespace: 'ns',
    labels: { a: 'b', __proto__x: 'c' },
    set: ['a', 'b'],
    map: [
      { name: 'x', value: 1 },
      { name: 'y', value: 2 },
    ],
    embedded: { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'p' } },
  },
};

const values: [string, unknown][] = [
  ['self.metadata.name', 'one'],
  ['self.spec.replicas + 1', 4],
  ['self.spec.ratio / 4.0', 0.5],
  ['type(self.spec.port) == string ? self.spec.port : ""', '80%'],
  ['self.spec.at.getFullYear()', 2020],
  ['self.spec.every == duration("60m")', true],
  ['self.spec.blob == b"hi"', true],
  ['self.spec.a__dot__b__dash__c__slash__d', 'odd'],
  ['self.spec.__namespace__', 'ns'],
  ['self.spec.labels.all(k, self.spec.labels[k].size() == 1)', true],
  ['self.spec.set == ["b", "a"]', true],
  ['self.spec.set + ["b", "c"]', ['a', 'b', 'c']],
  ['(self.spec.map + [{"name": "y", "value": 3}]).map(e, e.value)', undefined],
  ['self.spec.map.exists(e, e.name == "y" && e.value == 2)', true],
  ['self.spec.embedded.kind + self.spec.embedded.metadata.name', 'Podp'],
  ['has(self.spec.embedded)', true],
  ['self.spec == self.spec', true],
];

describe('values of a schema', () => {
  it.each(values.filter(([, value]) => value !== undefined))('%s', (source, value) => {
    const variables = { self: celTypeOf(schema, { isResourceRoot: true })! };
    expect(outcomeOf(source, { self }, { variables })).toMatchObject({ value });
  });

  it('sees no unknown fields', () => {
    const variables = { self: celTypeOf(schema, { isResourceRoot: true })! };
    expect(outcomeOf('self.spec.raw', { self }, { variables }).error).toContain("undefined field 'raw'");
    expect(outcomeOf('self.metadata.labels', { self }, { variables }).error).toContain("undefined field 'labels'");
  });

  it.each([
    [{}, undefined],
    [{ type: 'array' }, undefined],
    [{ type: 'array', items: { 'x-kubernetes-preserve-unknown-fields': true } }, undefined],
    [{ type: 'array', items: { type: 'string' } }, 'list(string)'],
    [{ type: 'object', additionalProperties: { type: 'integer' } }, 'map(string, int)'],
    [{ 'x-kubernetes-int-or-string': true }, 'dyn'],
  ])('%j is %s', (one, type) => {
    expect(celTypeOf(one as CelSchema)?.toString()).toBe(type);
  });

  it.each([
    ['simple', 'simple'],
    ['a.b', 'a__dot__b'],
    ['a-b', 'a__dash__b'],
    ['a/b', 'a__slash__b'],
    ['a__b', 'a__underscores__b'],
    ['in', '__in__'],
    ['1a', undefined],
    ['a$b', undefined],
    ['', undefined],
  ])('escapes %s', (property, escaped) => {
    expect(escapedName(property)).toBe(escaped);
  });
});
