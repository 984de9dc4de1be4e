import { describe, expect, it } from '@jest/globals';
import { warningHeader, withWarning } from './exchange.js';

describe('withWarning', () => {
  const long = (letter: string, length: number) => letter.repeat(length);
  const said = (...messages: string[]) => messages.reduce<string[]>(withWarning, []);

  it('says each once, whole while all fit', () => {
    expect(said('a', long('b', 3000), 'a')).toEqual(['a', long('b', 3000)]);
  });

  it('cuts all of them when they do not fit together', () => {
    expect(said(long('a', 3000), long('b', 3000), 'c')).toEqual([long('a', 256), long('b', 256), 'c']);
  });

  it('says no more than a header block holds', () => {
    const many = Array.from({ length: 100 }, (_, i) => `${i}${long('x', 300)}`);
    const lengths = said(...many).map(({ length }) => length);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(4096);
    expect(said(...many.map((_, i) => `${i}`))).toHaveLength(64);
  });
});

describe('warningHeader', () => {
  it('quotes what is special and drops what no header may hold', () => {
    expect(warningHeader('say "a\\b"\n')).toBe('299 - "say \\"a\\\\b\\" "');
  });
});
