import { describe, expect, it } from '@jest/globals';
import { humanDuration, parseTime, rfc3339, rfc3339Micro, timeOf } from './time.js';

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000] as const;

describe('times', () => {
  it('prints seconds and micros', () => {
    expect(rfc3339(1767225600999)).toBe('2026-01-01T00:00:00Z');
    expect(rfc3339Micro(1767225600001.5)).toBe('2026-01-01T00:00:00.001500Z');
  });

  it.each([
    ['2026-01-01T00:00:00Z', 1767225600000],
    ['2026-01-01T00:00:00.25Z', 1767225600250],
    ['2026-01-01T01:00:00+01:00', 1767225600000],
    ['2025-12-31T19:00:00-05:00', 1767225600000],
    ['2026-01-01', undefined],
    ['2026-02-31T00:00:00Z', undefined],
    ['2026-01-01T25:00:00Z', undefined],
    ['yesterday', undefined],
    ['', undefined],
  ])('%s is %s', (text, ms) => {
    expect(timeOf(text)).toBe(ms);
    if (ms === undefined) expect(() => parseTime(text)).toThrow(expect.objectContaining({ code: 400 }));
    else expect(parseTime(text)).toBe(ms);
  });

  it.each([
    [-3 * SECOND, '<invalid>'],
    [-2 * SECOND, '<invalid>'],
    [-1 * SECOND, '0s'],
    [0, '0s'],
    [119 * SECOND, '119s'],
    [2 * MINUTE, '2m'],
    [5 * MINUTE + 12 * SECOND, '5m12s'],
    [10 * MINUTE + 59 * SECOND, '10m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [3 * HOUR + 5 * MINUTE, '3h5m'],
    [8 * HOUR + 5 * MINUTE, '8h'],
    [47 * HOUR, '47h'],
    [2 * DAY, '2d'],
    [3 * DAY + 4 * HOUR, '3d4h'],
    [8 * DAY + 4 * HOUR, '8d'],
    [729 * DAY, '729d'],
    [730 * DAY, '2y'],
    [735 * DAY, '2y5d'],
    [8 * 365 * DAY + DAY, '8y'],
  ])('%d ms is %s', (ms, text) => expect(humanDuration(ms)).toBe(text));
});
