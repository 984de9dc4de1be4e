const NANOS_PER_SECOND = 1_000_000_000n;
const INT64_MAX = 2n ** 63n - 1n;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z: what timestamps may be. */
const SECONDS_MIN = -62_135_596_800n;
const SECONDS_MAX = 253_402_300_799n;
const RFC3339 = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d*)?(Z|[+-]\d{2}:\d{2})$/;
const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: NANOS_PER_SECOND,
  m: 60n * NANOS_PER_SECOND,
  h: 3600n * NANOS_PER_SECOND,
};

/** A length of time in nanoseconds of 64 bits, as Go's. */
export class CelDuration {
  constructor(readonly nanos: bigint) {}

  /** Go's form: '1h30m', '-1.5s'. undefined: none. */
  static parse(text: string): CelDuration | undefined {
    const [, sign, body] = /^([+-]?)(.*)$/s.exec(text)!;
    if (body === '0') return new CelDuration(0n);
    const part = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;
    let nanos = 0n;
    if (body === '' || text.length > 256) return undefined;
    for (let at = 0; at < body!.length; at = part.lastIndex) {
      part.lastIndex = at;
      const match = part.exec(body!);
      if (!match || (match[1] === '' && !match[2])) return undefined;
      const [, whole, fraction = '', unit] = match;
      const scale = UNIT_NANOS[unit!]!;
      nanos += BigInt(whole || '0') * scale;
      if (fraction) nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    }
    if (nanos > INT64_MAX + (sign === '-' ? 1n : 0n)) return undefined;
    return new CelDuration(sign === '-' ? -nanos : nanos);
  }

  /** As string() prints it: seconds, '5400s', '0.000000001s'. */
  toString(): string {
    const magnitude = this.nanos < 0n ? -this.nanos : this.nanos;
    const fraction = String(magnitude % NANOS_PER_SECOND)
      .padStart(9, '0')
      .replace(/0+$/, '');
    return `${this.nanos < 0n ? '-' : ''}${magnitude / NANOS_PER_SECOND}${fraction ? `.${fraction}` : ''}s`;
  }
}

/** A point in time, in nanoseconds since 1970. */
export class CelTimestamp {
  constructor(readonly nanos: bigint) {}

  /** undefined where it is out of range. */
  static of(nanos: bigint): CelTimestamp | undefined {
    const seconds = (nanos - modulo(nanos, NANOS_PER_SECOND)) / NANOS_PER_SECOND;
    return seconds < SECONDS_MIN || seconds > SECONDS_MAX ? undefined : new CelTimestamp(nanos);
  }

  static parse(text: string): CelTimestamp | undefined {
    const match = RFC3339.exec(text);
    if (!match) return undefined;
    const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const date = new Date(0);
    date.setUTCFullYear(year, month - 1, day);
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
    if (hour > 23 || minute > 59 || second > 59) return undefined;
    const zone = offsetMinutes(match[8]!);
    if (zone === undefined) return undefined;
    const seconds = BigInt(date.getTime() / 1000) + BigInt(hour * 3600 + (minute - zone) * 60 + second);
    return CelTimestamp.of(seconds * NANOS_PER_SECOND + BigInt((match[7] ?? '').padEnd(9, '0')));
  }

  get seconds(): bigint {
    return (this.nanos - modulo(this.nanos, NANOS_PER_SECOND)) / NANOS_PER_SECOND;
  }

  /** RFC 3339 in UTC, with as much of a fraction as there is. */
  toString(): string {
    const rest = modulo(this.nanos, NANOS_PER_SECOND);
    const fraction = String(rest).padStart(9, '0').replace(/0+$/, '');
    const whole = new Date(Number(this.seconds) * 1000).toISOString().slice(0, 19);
    return `${whole}${fraction ? `.${fraction}` : ''}Z`;
  }
}

/** '+02:00', '-8:30' or 'Z', in minutes; undefined: no such offset. */
export function offsetMinutes(text: string): number | undefined {
  if (text === 'Z') return 0;
  const match = /^([+-]?)(\d{1,2}):(\d{2})$/.exec(text);
  if (!match) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

export function modulo(value: bigint, by: bigint): bigint {
  const rest = value % by;
  return rest < 0n ? rest + by : rest;
}
