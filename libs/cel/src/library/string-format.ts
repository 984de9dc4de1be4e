import { CelFault, CelList, CelMap, CelTypeValue, type Value } from '../value/value.js';
import { typeNameOf } from '../value/kind.js';
import { CelDuration, CelTimestamp } from '../value/time.js';
import { CelUint } from '../value/uint.js';
import { checkSize } from '../value/work.js';
import { doubleText } from './conversions.js';

const PRECISION_DEFAULT = 6;
const PRECISION_MAX = 100;
const CLAUSE = /^(?:\.(\d*))?([^])?/;

/** text.format(args). Models cel-go ext/formatting.go: %s %d %f %e %b %x %X %o %%. */
export function formatted(text: string, args: CelList): Value {
  const out: string[] = [];
  let used = 0;
  let at = 0;
  for (let percent = text.indexOf('%'); percent >= 0; percent = text.indexOf('%', at)) {
    out.push(text.slice(at, percent));
    const [clause, precision, verb] = CLAUSE.exec(text.slice(percent + 1, percent + 40))!;
    if (verb === undefined) return new CelFault('unexpected end of string');
    at = percent + 1 + clause.length;
    if (verb === '%' && precision === undefined) {
      out.push('%');
      continue;
    }
    const digits = precision === undefined ? undefined : Number(precision);
    if (digits !== undefined && digits > PRECISION_MAX) {
      return new CelFault(`precision specifier exceeds maximum of ${PRECISION_MAX}: ${digits}`);
    }
    if (used >= args.size) return new CelFault(`index ${used} out of range`);
    const part = shownAs(verb, args.get(used++), digits);
    if (part instanceof CelFault) return part;
    checkSize(part.length);
    out.push(part);
  }
  if (used < args.size)
    return new CelFault(`too many arguments supplied to string.format (expected ${used}, got ${args.size})`);
  out.push(text.slice(at));
  return out.join('');
}

function shownAs(verb: string, value: Value, precision: number | undefined): string | CelFault {
  switch (verb) {
    case 's':
      return asString(value);
    case 'd':
      return asDecimal(value);
    case 'f':
    case 'e':
      return asDouble(verb, value, precision ?? PRECISION_DEFAULT);
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0';
      return inBase(value, 2, 'binary formatting', 'integers and bools');
    case 'o':
      return inBase(value, 8, 'octal', 'integers');
    case 'x':
      return asHex(value, 'x');
    case 'X': {
      const hex = asHex(value, 'X');
      return typeof hex === 'string' ? hex.toUpperCase() : hex;
    }
    default:
      return new CelFault(`could not parse formatting clause: unrecognized formatting clause "${verb}"`);
  }
}

const failed = (what: string): CelFault => new CelFault(`error during formatting: ${what}`);

function asString(value: Value): string | CelFault {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return doubleText(value).replace('+Inf', 'Infinity').replace('-Inf', '-Infinity');
  if (value instanceof CelUint) return String(value.value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (value instanceof CelTimestamp || value instanceof CelDuration) return value.toString();
  if (value instanceof CelTypeValue) return value.name;
  if (value instanceof CelList) return all([...value], (parts) => `[${parts.join(', ')}]`);
  if (value instanceof CelMap) return asMap(value);
  return failed(
    `string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeNameOf(value)}`,
  );
}

function asMap(map: CelMap): string | CelFault {
  const entries: [key: string, value: string][] = [];
  for (const key of map.keys()) {
    const parts = [asString(key), asString(map.get(key)!)] as const;
    const fault = parts.find((part) => part instanceof CelFault);
    if (fault) return fault;
    entries.push(parts as [string, string]);
  }
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`;
}

function all(values: readonly Value[], shown: (parts: string[]) => string): string | CelFault {
  const parts: string[] = [];
  for (const value of values) {
    const part = asString(value);
    if (part instanceof CelFault) return part;
    checkSize(part.length);
    parts.push(part);
  }
  return shown(parts);
}

function asDecimal(value: Value): string | CelFault {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof CelUint) return String(value.value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  }
  return failed(`decimal clause can only be used on integers, was given ${typeNameOf(value)}`);
}

function asDouble(verb: 'f' | 'e', value: Value, precision: number): string | CelFault {
  const number = typeof value === 'bigint' ? Number(value) : value instanceof CelUint ? Number(value.value) : value;
  if (typeof number !== 'number') {
    const clause = verb === 'f' ? 'fixed-point' : 'scientific';
    return failed(`${clause} clause can only be used on doubles, was given ${typeNameOf(value)}`);
  }
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'NaN' : number > 0 ? 'Infinity' : '-Infinity';
  if (verb === 'e') return number.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
  return Math.abs(number) < 1e21
    ? number.toFixed(precision)
    : BigInt(number).toString() + (precision ? `.${'0'.repeat(precision)}` : '');
}

function inBase(value: Value, base: number, clause: string, allowed: string): string | CelFault {
  if (typeof value === 'bigint') return value.toString(base);
  if (value instanceof CelUint) return value.value.toString(base);
  const name = clause.includes('formatting')
    ? 'only integers and bools can be formatted as binary'
    : `${clause} clause can only be used on ${allowed}`;
  return failed(`${name}, was given ${typeNameOf(value)}`);
}

function asHex(value: Value, verb: string): string | CelFault {
  if (typeof value === 'string') return Buffer.from(value).toString('hex');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'bigint' || value instanceof CelUint) return inBase(value, 16, 'hex', 'integers');
  return failed(
    `only integers, byte buffers, and strings can be formatted as hex, was given ${typeNameOf(value)} (%${verb})`.replace(
      / \(%[xX]\)$/,
      '',
    ),
  );
}
