import { describe, expect, it } from '@jest/globals';
import { deepCopy, deepEqual } from './deep.js';

describe('deepEqual', () => {
  it.each([
    [1, 1, true],
    [1, '1', false],
    [null, undefined, false],
    [null, {}, false],
    [[], {}, false],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1, c: undefined }, { a: 1, b: undefined }, true],
    [{ a: undefined }, { b: 1 }, false],
    [{ a: undefined, b: 1 }, { b: 1 }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, [2]], [1, [2]], true],
    [[1, 2], [2, 1], false],
    [{ constructor: 1 }, {}, false],
    [{}, { toString: 1 }, false],
    [JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":2}}'), false],
    [JSON.parse('{"__proto__":{}}'), {}, false],
  ])('%j and %j: %s', (a, b, equal) => {
    expect(deepEqual(a, b)).toBe(equal);
    expect(deepEqual(b, a)).toBe(equal);
  });
});

describe('deepCopy', () => {
  it('copies everything and shares nothing', () => {
    const source = { a: [{ b: 1 }, null], c: { d: 'x' } };
    const copy = deepCopy(source);
    expect(copy).toEqual(source);
    copy.a[0]!.b = 2;
    copy.c.d = 'y';
    expect(source).toEqual({ a: [{ b: 1 }, null], c: { d: 'x' } });
  });

  it('keeps __proto__ as data', () => {
    const copy = deepCopy(JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown>);
    expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true}}');
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect('polluted' in copy).toBe(false);
  });
});
