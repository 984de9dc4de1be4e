import { StatusError } from './status-error.js';

/** meta/v1 Time: '2026-01-01T00:00:00Z', whole seconds, UTC. `ms` is milliseconds since the Unix epoch. */
export function rfc3339(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Every write asks for the time, most of them for the same one.
  if (second !== lastSecond) {
    lastText = `${new Date(ms).toISOString().slice(0, 19)}Z`;
    lastSecond = second;
  }
  return lastText;
}

let lastSecond = Number.NaN;
let lastText = '';

/** meta/v1 MicroTime: '2026-01-01T00:00:00.000000Z'. Parts of a millisecond in `ms` are kept. */
export function rfc3339Micro(ms: number): string {
  const micros = Math.floor((ms - Math.floor(ms)) * 1000);
  return `${new Date(Math.floor(ms)).toISOString().slice(0, 23)}${String(micros).padStart(3, '0')}Z`;
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch of an RFC 3339 time; undefined when the text is none. */
export function timeOf(text: string): number | undefined {
  const match = RFC3339.exec(text);
  if (!match) return undefined;
  const [, day, clock, fraction = '', zone] = match;
  const seconds = Date.parse(`${day}T${clock}${zone}`);
  if (Number.isNaN(seconds)) return undefined;
  // Date.parse lets 31 February through as 3 March; Go does not.
  const offsetMs = zone === 'Z' ? 0 : Date.parse(`1970-01-01T00:00:00${zone}`);
  if (new Date(seconds - offsetMs).toISOString().slice(0, 10) !== day) return undefined;
  return seconds + Number(`0.${fraction || '0'}`) * 1000;
}

/** The same, throwing a 400 as upstream's decoder does for a bad time. */
export function parseTime(text: string): number {
  const ms = timeOf(text);
  if (ms === undefined) {
    throw StatusError.badRequest(
      `parsing time ${JSON.stringify(text)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(text)}`,
    );
  }
  return ms;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** A duration as kubectl shows ages: '5m12s', '3d4h'. Models k8s.io/apimachinery/pkg/util/duration.HumanDuration (1.36). */
export function humanDuration(ms: number): string {
  // One second of a skewed clock is no news; more is.
  if (ms <= -2 * SECOND) return '<invalid>';
  if (ms < 0) return '0s';
  const whole = (unit: number) => Math.floor(ms / unit);
  /** 'AaBb' without the second part when it is zero. */
  const pair = (big: number, bigName: string, small: number, smallName: string) => {
    const rest = Math.floor((ms % big) / small);
    return rest === 0 ? `${whole(big)}${bigName}` : `${whole(big)}${bigName}${rest}${smallName}`;
  };
  if (ms < 2 * MINUTE) return `${whole(SECOND)}s`;
  if (ms < 10 * MINUTE) return pair(MINUTE, 'm', SECOND, 's');
  if (ms < 3 * HOUR) return `${whole(MINUTE)}m`;
  if (ms < 8 * HOUR) return pair(HOUR, 'h', MINUTE, 'm');
  if (ms < 2 * DAY) return `${whole(HOUR)}h`;
  if (ms < 8 * DAY) return pair(DAY, 'd', HOUR, 'h');
  if (ms < 2 * YEAR) return `${whole(DAY)}d`;
  if (ms < 8 * YEAR) return pair(YEAR, 'y', DAY, 'd');
  return `${whole(YEAR)}y`;
}
