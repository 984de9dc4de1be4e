import { describe, expect, it } from '@jest/globals';
import { RE2JS } from 're2js';
import { type Pattern, patternOf } from './pattern.js';
import { patternSize } from './pattern-size.js';

describe('patternSize', () => {
  it.each([
    'abc',
    '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    '^([0-9]{1,5}(h|m|s|ms)){1,4}$',
    '((a{1,100}){1,10})*',
    '(a|b)*(c|d)+e?',
    'a{1000}',
    '[]a{5}](x{3,})',
    '[[:alpha:]{}]{7}',
    '\\{3\\}\\[a{2}',
    'a{,5}',
    '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE])?$',
  ])('of %s is near what it compiles to', (pattern) => {
    const real = RE2JS.compile(pattern).programSize();
    const told = patternSize(pattern);
    expect([told >= real / 3 - 5, told <= real * 3 + 5, told, real]).toEqual([true, true, told, real]);
  });

  it('of what is no pattern is told, too', () => {
    const none = [')))', '(((', '[', '[^', '\\', '{1,2}', 'a{99999999999}', '(('.repeat(50_000), '[a'.repeat(100_000)];
    for (const text of none) {
      expect(patternSize(text)).toBeGreaterThanOrEqual(0);
      expect(patternSize(text)).toBeLessThanOrEqual(4 * text.length + 4);
    }
  });
});

describe('patternOf', () => {
  it.each([
    ['repeats of repeats', 'a{1000}{1000}{1000}', /expression too large|repeat/],
    ['a thousand repeats', '(a{1,1000})'.repeat(1_000), /^expression too large$/],
    ['a hundred thousand characters', '(a|b)*'.repeat(20_000), /^expression too large$/],
    ['what looks ahead', '^(?=a)b$', /^error parsing regexp: invalid or unsupported Perl syntax/],
  ])('does not compile %s', (_what, pattern, why) => {
    expect(patternOf(pattern)).toEqual(expect.stringMatching(why));
  });

  it('knows the cost of a match before it is made', () => {
    const pattern = patternOf('^(a+)+$') as Pattern;
    expect(pattern.isIn('aaa')).toBe(true);
    expect(pattern.workOn('a'.repeat(1_000))).toBe(1_000 * RE2JS.compile('^(a+)+$').programSize());
    expect(patternOf('^(a+)+$')).toBe(pattern);
  });
});
