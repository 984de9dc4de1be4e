import { describe, expect, it } from '@jest/globals';
import { parseFieldSelector } from './field-selector.js';

describe('parseFieldSelector', () => {
  it('reads requirements in order of their text', () => {
    expect(parseFieldSelector('status.phase!=Running,metadata.name==a,').requirements).toEqual([
      { field: 'metadata.name', op: '=', value: 'a' },
      { field: 'status.phase', op: '!=', value: 'Running' },
    ]);
  });

  it.each([
    ['', {}, true],
    ['a=1', { a: '1' }, true],
    ['a=1', { a: '2' }, false],
    ['a!=1', { a: '2' }, true],
    ['a=', {}, true],
    ['a!=', {}, false],
    ['a=1,b=2', { a: '1' }, false],
    [String.raw`a=x\,y\=z\\`, { a: String.raw`x,y=z\ `.trim() }, true],
    ['constructor=', {}, true],
  ])('%s on %j: %s', (text, fields, matches) => {
    expect(parseFieldSelector(text).matches(fields as Record<string, string>)).toBe(matches);
  });

  it('escapes what it prints', () => {
    const text = String.raw`a=x\,y\=z\\`;
    expect(parseFieldSelector(text).toString()).toBe(text);
    expect(parseFieldSelector('').empty).toBe(true);
  });

  it.each([
    ['abc', "invalid selector: 'abc'; can't understand 'abc'"],
    [String.raw`a=\x`, String.raw`invalid field selector: invalid escape sequence: \x`],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ])('refuses %s', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(expect.objectContaining({ code: 400, message }));
  });
});
