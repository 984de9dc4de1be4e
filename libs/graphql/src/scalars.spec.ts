import { describe, expect, it } from '@jest/globals';
import { parseValue } from 'graphql';
import { Int64Scalar, IntOrStringScalar, JsonScalar, ManifestScalar, QuantityScalar, TimeScalar } from './scalars.js';

describe('scalars', () => {
  it.each([
    [1, 1],
    [2 ** 31, 2 ** 31],
    [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [2 ** 60, '1152921504606846976'],
    [-(2n ** 63n), '-9223372036854775808'],
    [9007199254740992n, '9007199254740992'],
    [7n, 7],
    ['9223372036854775807', '9223372036854775807'],
  ])('Int64 shows %p as %p', (value, shown) => expect(Int64Scalar.serialize(value)).toBe(shown));

  it.each([1.5, 'x', '', true, null, '99999999999999999999'])('Int64 does not show %p', (value) => {
    expect(() => Int64Scalar.serialize(value)).toThrow('Int64 cannot represent');
  });

  it.each([
    ['9223372036854775807', 9223372036854775807n],
    ['42', 42],
    [42, 42],
  ])('Int64 reads %p as %p', (value, read) => expect(Int64Scalar.parseValue(value)).toBe(read));

  it('Int64 refuses what 64 bits do not hold', () => {
    expect(() => Int64Scalar.parseValue('9223372036854775808')).toThrow('Int64 cannot represent');
  });

  it.each([
    [QuantityScalar, '0.1'],
    [QuantityScalar, '12345678901234567890Gi'],
    [IntOrStringScalar, 80],
    [IntOrStringScalar, '25%'],
    [TimeScalar, '2026-01-01T00:00:00Z'],
  ])('%s gives %p as it is', (scalar, value) => expect(scalar.serialize(value)).toBe(value));

  it('keeps __proto__ and constructor of a literal as ordinary keys', () => {
    const read = JsonScalar.parseLiteral(parseValue('{__proto__: {a: 1}, constructor: [true]}')) as object;
    expect(Object.entries(read)).toEqual([
      ['__proto__', expect.anything()],
      ['constructor', [true]],
    ]);
    expect(JSON.stringify(read)).toBe('{"__proto__":{"a":1},"constructor":[true]}');
  });

  it('puts variables into an object literal', () => {
    expect(JSON.stringify(JsonScalar.parseLiteral(parseValue('{a: $x}'), { x: [1] }))).toBe('{"a":[1]}');
  });

  it.each([[5], [true], [null]])('a manifest is not %p', (value) => {
    expect(() => ManifestScalar.parseValue(value)).toThrow('Manifest cannot represent');
  });
});
