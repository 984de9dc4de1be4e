import { describe, expect, it } from '@jest/globals';
import type { Json } from '#apimachinery';
import { CustomRules } from './custom-rules.js';

const RESOURCE = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
};
const rules = new CustomRules(
  () => ({
    type: 'object',
    properties: {
      one: RESOURCE,
      list: { type: 'array', items: RESOURCE },
      map: { type: 'object', additionalProperties: RESOURCE },
      plain: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  }),
  undefined,
);
const POD = { apiVersion: 'v1', kind: 'Pod' };
const decoded = (value: { [key: string]: Json }) => {
  const object = { apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' }, ...value };
  return { object, ...rules.decode(object as Json) };
};

describe('a resource inside a resource', () => {
  it('has metadata as every resource has, and nothing else in it', () => {
    const { object, unknown, wrong } = decoded({
      one: { ...POD, metadata: { name: 'a', creationTimestamp: null, foo: 1 }, data: { foo: 1 } },
      plain: { metadata: { foo: 1 } },
    });
    expect(wrong).toEqual([]);
    expect(unknown).toEqual(['unknown field "one.metadata.foo"']);
    expect(object).toMatchObject({
      one: { ...POD, metadata: { name: 'a' }, data: { foo: 1 } },
      plain: { metadata: { foo: 1 } },
    });
    expect(object).not.toHaveProperty('one.metadata.creationTimestamp');
  });

  it.each<[string, { [key: string]: Json }, string]>([
    ['a kind that is no text', { one: { ...POD, kind: 1 } }, 'one.kind: Invalid value: 1: must be a string'],
    [
      'labels that are none',
      { list: [POD, { ...POD, metadata: { labels: 'x' } }] },
      'list[1].metadata: Invalid value: {"labels":"x"}: json: cannot unmarshal string into Go struct field ',
    ],
    [
      'metadata that is none',
      { map: { a: { ...POD, metadata: 1 } } },
      'map[a].metadata: Invalid value: 1: json: cannot',
    ],
  ])('cannot have %s', (_what, value, text) => {
    expect(decoded(value).wrong).toEqual([expect.stringContaining(text)]);
  });

  it.each<[string, { [key: string]: Json }, string[]]>([
    ['is complete', { one: { ...POD, metadata: { name: 'a', namespace: 'b', labels: { c: 'd' } } } }, []],
    ['needs no metadata', { one: POD }, []],
    ['says what it is', { one: {} }, ['one.apiVersion: Required value', 'one.kind: Required value']],
    [
      'says it in words',
      { one: { apiVersion: 'a/b/c', kind: '' } },
      [
        'one.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
        'one.kind: Invalid value: "": must not be empty',
      ],
    ],
    [
      'has a kind that may be one',
      { one: { ...POD, kind: 'P_d' } },
      [
        'one.kind: Invalid value: "P_d": may have mixed case, but should otherwise match: a DNS-1035 label must consist of',
      ],
    ],
    [
      'has good labels and a good name',
      { list: [{ ...POD, metadata: { name: 'a/b', labels: { '-': 'x' } } }] },
      [
        `list[0].metadata.name: Invalid value: "a/b": may not contain '/'`,
        'list[0].metadata.labels: Invalid value: "-": name part must consist of',
      ],
    ],
  ])('%s', (_what, value, texts) => {
    const { object } = decoded(value);
    const errors = rules.validate(object).map(({ field, detail }) => `${field}: ${detail}`);
    expect(errors).toEqual(texts.map((text) => expect.stringContaining(text)));
  });
});
