/**
 * Whether a text is a schedule, and if not, why. Models ParseStandard of robfig/cron v3, which upstream uses: five fields
 * or a descriptor ('@daily', '@every 1h'). Its errors are shown to users.
 */
interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const ZONED = /^(?:CRON_TZ|TZ)=/;
const EVERY = '@every ';
const DURATION = /^[-+]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/;

export function scheduleError(schedule: string): string | undefined {
  let spec = schedule;
  if (ZONED.test(spec)) {
    const space = spec.indexOf(' ');
    if (space === -1) return 'empty spec string';
    const zone = spec.slice(spec.indexOf('=') + 1, space);
    if (!isTimeZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`;
    spec = spec.slice(space).trim();
  }
  if (spec.startsWith('@')) return descriptorError(spec);
  const fields = spec.split(/\s+/).filter(Boolean);
  if (fields.length !== FIELDS.length) {
    return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  }
  for (const [i, field] of fields.entries()) {
    for (const part of field.split(',').filter(Boolean)) {
      const why = rangeError(part, FIELDS[i]!);
      if (why) return why;
    }
  }
  return undefined;
}

function descriptorError(spec: string): string | undefined {
  if (DESCRIPTORS.has(spec)) return undefined;
  if (!spec.startsWith(EVERY)) return `unrecognized descriptor: ${spec}`;
  const duration = spec.slice(EVERY.length);
  if (DURATION.test(duration) || duration === '0') return undefined;
  return `failed to parse duration ${spec}: time: invalid duration ${JSON.stringify(duration)}`;
}

/** 'a', 'a-b', '*', each with an optional step. */
function rangeError(expression: string, { min, max, names }: Bounds): string | undefined {
  const [range = '', step, ...more] = expression.split('/');
  const limits = range.split('-');
  let start: number;
  let end: number;
  if (limits[0] === '*' || limits[0] === '?') [start, end] = [min, max];
  else {
    const first = numberOf(limits[0] ?? '', names);
    if (typeof first === 'string') return first;
    start = first;
    end = first;
    if (limits.length === 2) {
      const second = numberOf(limits[1]!, names);
      if (typeof second === 'string') return second;
      end = second;
    } else if (limits.length > 2) return `too many hyphens: ${expression}`;
  }
  if (more.length > 0) return `too many slashes: ${expression}`;
  if (step !== undefined) {
    const size = numberOf(step, undefined);
    if (typeof size === 'string') return size;
    if (size === 0) return `step of range should be a positive number: ${expression}`;
    if (limits.length === 1) end = max;
  }
  if (start < min) return `beginning of range (${start}) below minimum (${min}): ${expression}`;
  if (end > max) return `end of range (${end}) above maximum (${max}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return undefined;
}

function numberOf(text: string, names: readonly string[] | undefined): number | string {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return names === MONTHS ? named + 1 : named;
  if (/^\+?\d{1,9}$/.test(text)) return Number(text);
  const shown = JSON.stringify(text);
  if (/^-\d+$/.test(text)) return `negative number (${text}) not allowed: ${text}`;
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${shown}: invalid syntax`;
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
