import { describe, expect, it } from '@jest/globals';
import { parseQuantity, Quantity } from './quantity.js';

describe('quantity', () => {
  it.each([
    ['0', '0'],
    ['00', '0'],
    ['0m', '0'],
    ['1', '1'],
    ['1000m', '1'],
    ['100m', '100m'],
    ['0.1', '100m'],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1.5', '1500m'],
    ['1500m', '1500m'],
    ['1k', '1k'],
    ['1000', '1k'],
    ['1500', '1500'],
    ['1000000', '1M'],
    ['1024', '1024'],
    ['1024Ki', '1Mi'],
    ['1Ki', '1Ki'],
    ['1.5Gi', '1536Mi'],
    ['1.5Ki', '1536'],
    ['0.5Ki', '512'],
    ['1025Mi', '1025Mi'],
    ['0.3Gi', '322122547200m'],
    ['64Mi', '64Mi'],
    ['1e3', '1e3'],
    ['1000e0', '1e3'],
    ['1500e0', '1500e0'],
    ['12e5', '1200e3'],
    ['1E', '1E'],
    ['1E3', '1E3'],
    ['10E3', '10E3'],
    ['-1', '-1'],
    ['-0.5', '-500m'],
    ['1n', '1n'],
    ['0.1n', '1n'],
    ['1e-20', '1e-9'],
    ['100u', '100u'],
    ['16Ei', '9223372036854775807'],
    ['1.500', '1.500'],
  ])('%s prints as %s', (text, canonical) => {
    expect(parseQuantity(text).toString()).toBe(canonical);
  });

  it.each([
    ['', /^quantities must match the regular expression/],
    ['1.1.M', /^quantities must match/],
    ['1+1.0M', /^quantities must match/],
    ['aoeu', /^quantities must match/],
    ['0.1mi', /^unable to parse quantity's suffix$/],
    ['1i', /^unable to parse quantity's suffix$/],
    ['-3.01e-', /^unable to parse quantity's suffix$/],
    ['1K', /^unable to parse quantity's suffix$/],
    ['1e999999999', /^unable to parse numeric part of quantity$/],
  ])('refuses %s', (text, why) => {
    expect(() => parseQuantity(text)).toThrow(why);
    expect(() => parseQuantity(text)).toThrow(RangeError);
  });

  it('refuses a million digits without reading them', () => {
    expect(() => parseQuantity('9'.repeat(1_000_000))).toThrow(/^quantities must match/);
  });

  it('takes JSON numbers', () => {
    expect(parseQuantity(2).toString()).toBe('2');
    expect(parseQuantity(0.25).toString()).toBe('250m');
    expect(parseQuantity(1e21).toNumber()).toBe(1e21);
  });

  it('adds exactly and keeps the format of the first that is not zero', () => {
    const sum = (...texts: string[]) => texts.map(parseQuantity).reduce((a, b) => a.add(b), Quantity.ZERO);
    expect(sum('100m', '0.2').toString()).toBe('300m');
    expect(sum('1Gi', '512Mi').toString()).toBe('1536Mi');
    expect(sum('1Gi', '1').toString()).toBe('1073741825');
    expect(parseQuantity('1').sub(parseQuantity('1500m')).toString()).toBe('-500m');
    expect(sum('0.1', '0.1', '0.1').cmp(parseQuantity('300m'))).toBe(0);
  });

  it('rounds values away from zero', () => {
    expect(parseQuantity('1.1').value()).toBe(2n);
    expect(parseQuantity('-1.1').value()).toBe(-2n);
    expect(parseQuantity('1u').milliValue()).toBe(1n);
    expect(parseQuantity('250m').milliValue()).toBe(250n);
    expect(parseQuantity('1Gi').value()).toBe(1073741824n);
  });

  it('compares across formats', () => {
    expect(parseQuantity('1Ki').cmp(parseQuantity('1k'))).toBe(1);
    expect(parseQuantity('1000m').cmp(parseQuantity('1'))).toBe(0);
    expect(parseQuantity('-1').cmp(Quantity.ZERO)).toBe(-1);
    expect(parseQuantity('0Gi').isZero()).toBe(true);
  });
});
