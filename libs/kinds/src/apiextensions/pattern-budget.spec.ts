import { describe, expect, it } from '@jest/globals';
import { patternsTooLarge } from './pattern-budget.js';

const version = (properties: object) => ({ schema: { openAPIV3Schema: { type: 'object', properties } } });
const many = (count: number, of: (i: number) => object) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, of(i)]));
/** As CRDs with pod templates have it hundreds of times. */
const QUANTITY = '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$';
const LONG_RULE = "self.all(x, x.startsWith('a') && x.size() < 100) || ".repeat(20_000);

describe('patternsTooLarge', () => {
  it.each<[what: string, versions: object[], isTooLarge: boolean]>([
    ['no patterns', [version({})], false],
    ['the same pattern everywhere', [1, 2, 3].map(() => version(many(2_000, () => ({ pattern: QUANTITY })))), false],
    ['many small ones', [version(many(500, (i) => ({ pattern: `^[a-z0-9]([-a-z0-9]{0,61}${i})?$` })))], false],
    ['long rules without patterns', [version({ a: { 'x-kubernetes-validations': [{ rule: LONG_RULE }] } })], false],
    ['few characters that stand for many', [version(many(100, (i) => ({ pattern: `(a{1,100}){1,10}b{${i}}` })))], true],
    [
      'the same in many versions',
      Array.from({ length: 200 }, (_, i) => version({ a: { pattern: `a{1000}${i}` } })),
      true,
    ],
    [
      'patterns in rules',
      [version(many(200, (i) => ({ 'x-kubernetes-validations': [{ rule: `self.matches('(a{999})${i}')` }] })))],
      true,
    ],
    ['a megabyte', [version({ a: { pattern: '(a|b)*'.repeat(150_000) } })], true],
    ['a field named pattern', [version({ pattern: { type: 'string', default: 'x' } })], false],
  ])('%s', (_what, versions, isTooLarge) => {
    expect(patternsTooLarge(versions)).toEqual(
      isTooLarge ? expect.objectContaining({ field: 'spec.versions', type: 'FieldValueForbidden' }) : undefined,
    );
  });
});
