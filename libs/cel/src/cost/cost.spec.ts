import { describe, expect, it } from '@jest/globals';
import { compileCel } from '../compile.js';
import { AUTHORIZER, AuthorizerValue } from '../library/authorizer.js';
import { celTypeOf } from '../schema/schema-type.js';
import type { CelSchema } from '../schema/structural.js';
import { outcomeOf } from '../spec-cel.js';
import { BOOL, CelType, DYN, INT, STRING } from '../typing/cel-type.js';

const authorizer = new AuthorizerValue({ name: 'ada', groups: [] }, () => ({ allowed: true }));
const variables = { x: DYN, s: STRING, n: INT, b: BOOL, l: CelType.list(INT), authorizer: AUTHORIZER };
const values = { x: { a: { b: 1, l: [1, 2] } }, s: 'abcdefghijk', n: 1, b: true, l: [1, 2, 3], authorizer };

/** Expression → least and most estimated, and the actual cost: facts of upstream's tests of costs. */
const costs: [string, number, number, number][] = [
  ["'ABCDEFGHIJ abcdefghij'.lowerAscii()", 3, 3, 3],
  ["'ABCDEFGHIJ abcdefghij'.lowerAscii() == 'abcdefghij ABCDEFGHIJ'.lowerAscii()", 7, 9, 9],
  ["'ABCDEFGHIJ abcdefghij'.upperAscii() == 'abcdefghij ABCDEFGHIJ'.upperAscii()", 7, 9, 9],
  ["strings.quote('ABCDEFGHIJ abcdefghij')", 3, 3, 3],
  ["strings.quote('ABCDEFGHIJ abcdefghij') == strings.quote('ABCDEFGHIJ abcdefghij')", 7, 11, 9],
  ["'abc 123 def 123'.replace('123', '456')", 3, 3, 3],
  ["'abc 123 def 123'.replace('', 'x')", 3, 3, 3],
  ["'abc 123 def 123'.replace('123', '', 1)", 3, 3, 3],
  ["'abc 123 def 123'.split(' ')", 3, 3, 3],
  ["'abc 123 def 123'.split(' ', 1)", 3, 3, 3],
  ["'abc 123 def 123'.substring(5, 8)", 2, 2, 2],
  ["'  abc 123 def 123  '.trim()", 2, 2, 2],
  ["'abc 123 def 123'.find('123')", 2, 2, 2],
  ["'abc 123 def 123'.findAll('123', 1)", 2, 2, 2],
  ["authorizer.path('/healthz')", 2, 2, 2],
  ["authorizer.group('apps').resource('deployments').subresource('status').namespace('test').name('backend')", 6, 6, 6],
  [
    "authorizer.group('').resource('pods').fieldSelector('spec.nodeName=example-node-name.fully.qualified.domain.name.example.com')",
    1821,
    1821,
    1821,
  ],
  ["authorizer.path('/healthz').check('get').allowed()", 350003, 350003, 350003],
  [
    "authorizer.group('apps').resource('deployments').subresource('status').namespace('test').name('backend').check('create').allowed()",
    350007,
    350007,
    350007,
  ],
  ['quantity("12Mi")', 1, 1, 1],
  ['isQuantity("20")', 1, 1, 1],
  ['quantity("200M") == quantity("200M")', 3, 3, 3],
  ['quantity("200M") == quantity("0.2G") && quantity("0.2G") == quantity("200M")', 3, 6, 6],
  ['quantity("50M").isLessThan(quantity("50Mi"))', 3, 3, 3],
  ['quantity("200M").compareTo(quantity("0.2G")) > 0', 4, 4, 4],
  ['quantity("50k").add(quantity("20")) == quantity("50.02k")', 5, 5, 5],
  ['quantity("50k").sub(20) == quantity("49980")', 4, 4, 4],
  ['quantity("50k").add(20).sub(quantity("100k")).sub(-50000).asInteger() > 0', 7, 7, 7],
  ['quantity("50.703k").asApproximateFloat() > 0.0', 3, 3, 3],
  ['format.named("dns1123subdomain")', 1, 1, 1],
  ['format.named("dns1123Subdomain").value().validate("my-name")', 34, 34, 17],
  ['format.named("dns1123Label").value().validate("my-name")', 34, 34, 10],
  ['format.named("dns1123Label").value() == format.named("dns1123Label").value()', 5, 11, 5],
  ["cidr('192.168.0.0/24').containsIP('192.168.0.1')", 4, 7, 5],
  ['sets.contains([], [])', 21, 21, 1],
  ['1 + 2', 1, 1, 1],
  ['n', 1, 1, 1],
  ['n + n', 3, 3, 3],
  ['b ? n : n', 2, 2, 1],
  ['b || b', 1, 2, 1],
  ['[1, 2, 3]', 10, 10, 0],
  ['[n]', 11, 11, 11],
  ['{"a": n}', 31, 31, 31],
  ['n in [1, 2]', 13, 13, 1],
  ['l[0]', 2, 2, 2],
  ['l[n]', 3, 3, 2],
  ['[n, 2].all(i, i > 0)', 18, 22, 22],
  ['[1, 2].map(i, i * 2)', 49, 49, 29],
  ['duration("1h")', 1, 1, 0],
  ["'abc'.matches('a.c')", 1, 1, 1],
  ["'abc'.contains('b')", 1, 1, 1],
  ["'abc' + 'def'", 1, 1, 1],
];

/** Expression on untyped values → its actual cost. */
const actual: [string, number][] = [
  ['x.a', 2],
  ['x.a.b', 3],
  ['has(x.a)', 1],
  ['has(x.a.b)', 2],
  ['has(x.z)', 1],
  ['x.a.b == 1', 4],
  ['x.a.l[1]', 4],
  ['x.?a.?b.orValue(2)', 4],
  ['x.a.l.exists(i, i == 2)', 16],
  ['s == "abcdefghijk"', 3],
  ['s.startsWith("abc")', 3],
  ['size(s)', 2],
];

describe('costs', () => {
  it.each(costs)('%s', (source, min, max, cost) => {
    const { program, error } = compileCel(source, { variables });
    expect(error).toBeUndefined();
    expect({ ...program!.estimateCost(), cost: outcomeOf(source, values, { variables }).cost }).toEqual({
      min,
      max,
      cost,
    });
  });

  it.each(actual)('%s', (source, cost) => {
    expect(outcomeOf(source, values, { variables })).toMatchObject({ cost });
  });
});

const estimateOf = (schema: CelSchema, rule: string): number => {
  const self = celTypeOf(schema)!;
  const { program, error } = compileCel(rule, { variables: { self } });
  expect(error).toBeUndefined();
  return program!.estimateCost().max;
};

describe('estimates by a schema', () => {
  const list = (items: CelSchema, maxItems?: number): CelSchema => ({
    type: 'array',
    items,
    ...(maxItems === undefined ? {} : { maxItems }),
  });

  it.each<[string, CelSchema, string, number]>([
    ['one path', { type: 'object', properties: { a: { type: 'string' } } }, 'has(self.a)', 1],
    ['an unbounded list', list({ type: 'integer' }), 'self.all(x, x == x)', 7864317],
    ['a bounded list', list({ type: 'integer' }, 10), 'self.all(x, x > 0)', 52],
    ['a bounded text', { type: 'string', maxLength: 10 }, 'self.startsWith("abc")', 2],
    ['an unbounded text', { type: 'string' }, 'self.contains("abc")', 314574],
    ['nested lists', list(list({ type: 'integer' }, 10), 10), 'self.all(x, x.all(y, y > 0))', 552],
  ])('%s', (_name, schema, rule, cost) => {
    expect(estimateOf(schema, rule)).toBe(cost);
  });
});
