import { describe, expect, it } from '@jest/globals';
import { Query } from './query.js';
import { requestEndMs } from './request-deadline.js';

const endOf = (text: string) => requestEndMs(Query.parse(text), 1_000);

describe('the end of a request', () => {
  it.each([
    ['', 61_000],
    ['timeout=', 61_000],
    ['timeout=0', 61_000],
    ['timeout=30s', 31_000],
    ['timeout=1.5s', 2_500],
    ['timeout=.5s', 1_500],
    ['timeout=250ms', 1_250],
    ['timeout=2m', 61_000],
    ['timeout=-5s', 61_000],
    ['timeout=1s500ms', 2_500],
  ])('of ?%s is %i', (text, end) => {
    expect(endOf(text)).toBe(end);
  });

  it.each([
    ['timeout=x', 'time: invalid duration "x"'],
    ['timeout=-', 'time: invalid duration "-"'],
    ['timeout=30', 'time: missing unit in duration "30"'],
    ['timeout=3d', 'time: unknown unit "d" in duration "3d"'],
  ])('of ?%s is none', (text, why) => {
    expect(() => endOf(text)).toThrow(`invalid timeout specified in the request URL - ${why}`);
  });
});
