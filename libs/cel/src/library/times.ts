import type { OverloadRow } from '../typing/signature.js';
import { type CelDuration, type CelTimestamp, modulo, offsetMinutes } from '../value/time.js';
import { CelFault, type Value } from '../value/value.js';

const DAY_MS = 86_400_000;
const ZONES_MAX = 64;
const zones = new Map<string, Intl.DateTimeFormat | undefined>();

/** What a date in some zone tells, as numbers. */
const READINGS: readonly (readonly [name: string, overload: string, read: (local: Date) => number])[] = [
  ['getFullYear', 'timestamp_to_year', (local) => local.getUTCFullYear()],
  ['getMonth', 'timestamp_to_month', (local) => local.getUTCMonth()],
  ['getDayOfYear', 'timestamp_to_day_of_year', dayOfYear],
  ['getDayOfMonth', 'timestamp_to_day_of_month', (local) => local.getUTCDate() - 1],
  ['getDate', 'timestamp_to_day_of_month_1_based', (local) => local.getUTCDate()],
  ['getDayOfWeek', 'timestamp_to_day_of_week', (local) => local.getUTCDay()],
  ['getHours', 'timestamp_to_hours', (local) => local.getUTCHours()],
  ['getMinutes', 'timestamp_to_minutes', (local) => local.getUTCMinutes()],
  ['getSeconds', 'timestamp_to_seconds', (local) => local.getUTCSeconds()],
  ['getMilliseconds', 'timestamp_to_milliseconds', (local) => local.getUTCMilliseconds()],
];

const DURATION_UNITS: readonly (readonly [name: string, overload: string, nanos: bigint])[] = [
  ['getHours', 'duration_to_hours', 3_600_000_000_000n],
  ['getMinutes', 'duration_to_minutes', 60_000_000_000n],
  ['getSeconds', 'duration_to_seconds', 1_000_000_000n],
  ['getMilliseconds', 'duration_to_milliseconds', 1_000_000n],
];

export const TIMES: readonly OverloadRow[] = [
  ...READINGS.flatMap(([name, overload, read]): OverloadRow[] => [
    [overload, `<timestamp>.${name}() -> int`, (at: CelTimestamp) => BigInt(read(dateOf(at, 0)))],
    [
      `${overload}_with_tz`,
      `<timestamp>.${name}(string) -> int`,
      (at: CelTimestamp, zone: string) => readIn(at, zone, read),
    ],
  ]),
  ...DURATION_UNITS.map(([name, overload, nanos]): OverloadRow => [
    overload,
    `<duration>.${name}() -> int`,
    (length: CelDuration) => length.nanos / nanos,
  ]),
];

function readIn(at: CelTimestamp, zone: string, read: (local: Date) => number): Value {
  const minutes = zone.includes(':') ? offsetMinutes(zone) : zoneMinutes(at, zone);
  return minutes === undefined ? new CelFault(`unknown time zone ${zone}`) : BigInt(read(dateOf(at, minutes)));
}

/** A date whose UTC readings are the local ones. */
function dateOf({ nanos }: CelTimestamp, minutes: number): Date {
  const ms = (nanos - modulo(nanos, 1_000_000n)) / 1_000_000n;
  return new Date(Number(ms) + minutes * 60_000);
}

function zoneMinutes(at: CelTimestamp, zone: string): number | undefined {
  if (zone === '' || zone === 'UTC') return 0;
  const format = zoneFormat(zone);
  if (!format) return undefined;
  const utc = dateOf(at, 0);
  const parts = Object.fromEntries(format.formatToParts(utc).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(
    parts['year']!,
    parts['month']! - 1,
    parts['day'],
    parts['hour']! % 24,
    parts['minute'],
    parts['second'],
  );
  return Math.round((local - Math.floor(utc.getTime() / 1000) * 1000) / 60_000);
}

function zoneFormat(zone: string): Intl.DateTimeFormat | undefined {
  if (zones.has(zone)) return zones.get(zone);
  if (zones.size >= ZONES_MAX) zones.clear();
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    format = undefined;
  }
  zones.set(zone, format);
  return format;
}

function dayOfYear(local: Date): number {
  const first = new Date(0);
  first.setUTCFullYear(local.getUTCFullYear(), 0, 1);
  return Math.floor((local.getTime() - first.getTime()) / DAY_MS);
}
