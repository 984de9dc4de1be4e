import { describe, expect, it } from '@jest/globals';
import { lineDiff } from './line-diff.js';

const lines = (text: string) => text.split('');
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => String(from + i));

describe('lineDiff', () => {
  it.each([
    ['equal texts', 'abc', 'abc', ''],
    ['a line that changed', 'abc', 'axc', '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'],
    ['only what is near', 'abcdefghi', 'abcdexghi', '@@ -3,7 +3,7 @@\n c\n d\n e\n-f\n+x\n g\n h\n i\n'],
    ['two near ones as one', 'abcdefghi', 'xbcdefgyi', '@@ -1,9 +1,9 @@\n-a\n+x\n b\n c\n d\n e\n f\n g\n-h\n+y\n i\n'],
    ['lines that came', 'ab', 'axyb', '@@ -1,2 +1,4 @@\n a\n+x\n+y\n b\n'],
    ['lines that went at the end', 'abc', 'a', '@@ -1,3 +1 @@\n a\n-b\n-c\n'],
    ['all that came', '', 'a', '@@ -0,0 +1 @@\n+a\n'],
    ['a line that moved', 'abcd', 'acdb', '@@ -1,4 +1,4 @@\n a\n-b\n c\n d\n+b\n'],
  ])('shows %s', (_what, a, b, text) => {
    expect(lineDiff(lines(a), lines(b))).toBe(text);
  });

  it('splits what lies far apart', () => {
    const before = numbers(0, 30);
    const now = before.map((line) => (line === '2' || line === '25' ? `${line}!` : line));
    expect(lineDiff(before, now).match(/@@.*@@/g)).toEqual(['@@ -1,6 +1,6 @@', '@@ -23,7 +23,7 @@']);
  });

  it('starts no block with a line that is everywhere, but lets one grow over it', () => {
    const filler = numbers(0, 200).flatMap((line) => [line, 'null']);
    const now = [...filler.slice(0, 100), 'x', ...filler.slice(100)];
    expect(lineDiff(filler, now)).toBe('@@ -98,6 +98,7 @@\n null\n 49\n null\n+x\n 50\n null\n 51\n');
  });

  it('gives up on texts that are made to be dear, in time for the limit of a test', () => {
    // Groups of equal lines, below the share that would make them popular.
    const dear = (start: number) => Array.from({ length: 20_000 }, (_, i) => String((i * start) % 101));
    expect(lineDiff(dear(3), dear(7))).toContain('@@');
  });
});
