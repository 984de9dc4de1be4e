import { describe, expect, it } from '@jest/globals';
import type { Json, KubeObject } from '#apimachinery';
import { CustomRules } from './custom-rules.js';

const text = (more: { [key: string]: Json } = {}): { [key: string]: Json } => ({ type: 'string', ...more });
const SHORT = text({ maxLength: 2 });
const ITEM: { [key: string]: Json } = {
  type: 'object',
  required: ['name'],
  properties: { name: text(), value: SHORT },
};
const list = (type: string): { [key: string]: Json } => ({
  type: 'array',
  items: ITEM,
  'x-kubernetes-list-type': type,
  ...(type === 'map' ? { 'x-kubernetes-list-map-keys': ['name'] } : {}),
});

const rules = new CustomRules(
  () => ({
    type: 'object',
    properties: {
      a: SHORT,
      b: SHORT,
      format: text({ format: 'date-time' }),
      choice: text({ enum: ['x', 'y'] }),
      any: { type: 'object', properties: { p: text(), q: text() }, anyOf: [{ required: ['p'] }] },
      inner: { type: 'object', required: ['must'], properties: { must: text(), other: SHORT } },
      few: { type: 'array', maxItems: 1, items: text() },
      map: list('map'),
      atomic: list('atomic'),
      set: { type: 'array', items: SHORT, 'x-kubernetes-list-type': 'set' },
      dict: { type: 'object', additionalProperties: SHORT },
      rule: {
        type: 'object',
        properties: { n: { type: 'integer' }, m: { type: 'integer' } },
        'x-kubernetes-validations': [{ rule: 'self.n > 5' }],
      },
    },
  }),
  undefined,
);

const object = (fields: object) =>
  ({ apiVersion: 'x/v1', kind: 'X', metadata: { name: 'x' }, ...fields }) as unknown as KubeObject;
const UNSAID = 'some validation rules were not checked';
const errorsOf = (now: object, old: object) =>
  rules
    .validate(object(now), object(old))
    .filter(({ detail }) => !detail.includes(UNSAID))
    .map(({ field }) => field);

describe('what a schema forbids', () => {
  it.each<[string, object, object]>([
    ['a text too long', { a: 'long' }, { a: 'long' }],
    ['what stands beside a change', { a: 'long', b: 'ok' }, { a: 'long' }],
    ['a format', { format: 'never', a: 'x' }, { format: 'never' }],
    ['a value that is no longer one', { choice: 'z', a: 'x' }, { choice: 'z' }],
    ['alternatives', { any: { q: '1' }, a: 'x' }, { any: { q: '1' } }],
    ['a field that is missing', { inner: { other: 'x' }, a: 'x' }, { inner: { other: 'x' } }],
    ['a list too long', { few: ['1', '2'], a: 'x' }, { few: ['1', '2'] }],
    [
      'an item of a map list, wherever it stands',
      { map: [{ name: 'new' }, { name: 'old', value: 'long' }] },
      { map: [{ name: 'old', value: 'long' }] },
    ],
    [
      'an atomic list that is as it was',
      { atomic: [{ name: '1', value: 'long' }], a: 'x' },
      { atomic: [{ name: '1', value: 'long' }] },
    ],
    ['a value of a dictionary', { dict: { k: 'long', l: 'ok' } }, { dict: { k: 'long' } }],
    ['a rule', { rule: { n: 1 }, a: 'x' }, { rule: { n: 1 } }],
    ['two of the same in a set', { set: ['1', '1'], a: 'x' }, { set: ['1', '1'] }],
  ])('stays when it was there before: %s', (_what, now, old) => {
    expect(errorsOf(now, old)).toEqual([]);
  });

  it.each<[string, object, object, string[]]>([
    ['another text too long', { a: 'longer' }, { a: 'long' }, ['a']],
    ['the same at another place', { b: 'long' }, { a: 'long' }, ['b']],
    ['alternatives of what changed', { any: { q: '2' } }, { any: { q: '1' } }, ['<nil>', 'any.p']],
    ['what is missing in what changed', { inner: { other: 'y' } }, { inner: { other: 'x' } }, ['inner.must']],
    ['a list that grew', { few: ['1', '2', '3'] }, { few: ['1', '2'] }, ['few']],
    [
      'an item whose key changed',
      { map: [{ name: 'new', value: 'long' }] },
      { map: [{ name: 'old', value: 'long' }] },
      ['map[0].value'],
    ],
    [
      'an item of an atomic list that changed',
      { atomic: [{ name: '1', value: 'long' }, { name: '2' }] },
      { atomic: [{ name: '1', value: 'long' }] },
      ['atomic[0].value'],
    ],
    ['an item of a set', { set: ['long', 'x'] }, { set: ['long'] }, ['set[0]']],
    ['a rule of what changed', { rule: { n: 1, m: 1 } }, { rule: { n: 1 } }, ['rule']],
    ['a set that was good', { set: ['1', '1'] }, { set: ['1'] }, ['set[1]']],
  ])('is refused when it comes anew: %s', (_what, now, old, fields) => {
    expect(errorsOf(now, old)).toEqual(fields);
  });
});
