/**
 * Kubernetes quantities ('250m', '1.5Gi', '1e3'), exact, as nano-units in a bigint.
 * Models k8s.io/apimachinery/pkg/api/resource (1.36): parsing rounds up to a nano, and printing is canonical: no
 * fraction, the largest suffix that loses nothing, the format (decimal, binary, exponent) of what was parsed.
 *
 *   '1000m' → '1'    '1.5Gi' → '1536Mi'    '0.5' → '500m'    '1024' → '1024'    '1e3' → '1e3'
 */
type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

const NANO_DIGITS = 9;
const NANO = 10n ** 9n;
/** Binary quantities are capped here, as upstream caps them. */
const BINARY_NANO_MAX = (2n ** 63n - 1n) * NANO;
/** Go takes any length; a longer text or exponent than any real one is refused so that arithmetic stays cheap. */
const TEXT_LENGTH_MAX = 128;
const EXPONENT_MAX = 64;

const DECIMAL_SUFFIXES = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);
const BINARY_SUFFIXES = new Map([
  ['Ki', 10],
  ['Mi', 20],
  ['Gi', 30],
  ['Ti', 40],
  ['Pi', 50],
  ['Ei', 60],
]);
const DECIMAL_SUFFIX_OF = new Map([...DECIMAL_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));
const BINARY_SUFFIX_OF = new Map([...BINARY_SUFFIXES].map(([suffix, exponent]) => [exponent, suffix]));

const FORM = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/;
const WRONG_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const WRONG_NUMBER = 'unable to parse numeric part of quantity';
const WRONG_SUFFIX = "unable to parse quantity's suffix";

/** Immutable: arithmetic gives new ones. */
export class Quantity {
  private text: string | undefined;

  private constructor(
    private readonly nano: bigint,
    private readonly format: Format,
  ) {}

  static readonly ZERO = new Quantity(0n, 'DecimalSI');

  static parse(text: string): Quantity {
    const match = text.length === 0 || text.length > TEXT_LENGTH_MAX ? null : FORM.exec(text);
    if (!match) throw new RangeError(WRONG_FORM);
    const [, sign, whole = '', fraction = '', suffix = ''] = match;
    const { base, exponent, format } = scaleOf(suffix);
    let nano = BigInt(`${whole}${fraction}` || '0');
    if (base === 2) nano <<= BigInt(exponent);
    nano = scaled(nano, (base === 10 ? exponent : 0) - fraction.length + NANO_DIGITS);
    if (format === 'BinarySI' && nano > BINARY_NANO_MAX) nano = BINARY_NANO_MAX;
    const small = format === 'BinarySI' && nano > 0n && nano < NANO;
    const parsed = new Quantity(sign === '-' ? -nano : nano, small ? 'DecimalSI' : format);
    if (keepsText(whole.replace(/^0+/, ''), fraction, exponent, format)) parsed.text = text;
    return parsed;
  }

  static ofMilli(milli: bigint | number, format: Format = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(milli) * 1_000_000n, format);
  }

  static of(units: bigint | number, format: Format = 'DecimalSI'): Quantity {
    return new Quantity(BigInt(units) * NANO, format);
  }

  /** A sum takes the format of the first that is not zero. */
  add(other: Quantity): Quantity {
    return new Quantity(this.nano + other.nano, this.isZero() ? other.format : this.format);
  }

  sub(other: Quantity): Quantity {
    return new Quantity(this.nano - other.nano, this.isZero() ? other.format : this.format);
  }

  /** Negative, zero or positive as this is less, equal or more. */
  cmp(other: Quantity): -1 | 0 | 1 {
    return this.nano < other.nano ? -1 : this.nano > other.nano ? 1 : 0;
  }

  isZero(): boolean {
    return this.nano === 0n;
  }

  /** -1, 0 or 1. */
  sign(): -1 | 0 | 1 {
    return this.nano < 0n ? -1 : this.nano > 0n ? 1 : 0;
  }

  /** In thousandths, rounded up (away from zero). */
  milliValue(): bigint {
    return dividedUp(this.nano, 1_000_000n);
  }

  /** In units, rounded up (away from zero). */
  value(): bigint {
    return dividedUp(this.nano, NANO);
  }

  /** In units, as near as a double comes. */
  toNumber(): number {
    return Number(this.nano) / 1e9;
  }

  toString(): string {
    return (this.text ??= this.canonical());
  }

  toJSON(): string {
    return this.toString();
  }

  private canonical(): string {
    if (this.nano === 0n) return '0';
    const units = this.nano / NANO;
    const binary = this.format === 'BinarySI' && this.nano % NANO === 0n && (units <= -1024n || units >= 1024n);
    return binary ? binaryText(units) : decimalText(this.nano, this.format);
  }
}

/**
 * Upstream keeps a text that its quick look finds canonical, and so keeps some that are not ('1.500', '0100', '+1'):
 * what it answers is what clients compare, so the same look is taken here.
 */
function keepsText(whole: string, fraction: string, exponent: number, format: Format): boolean {
  const digits = `${whole || '0'}${fraction}`;
  if (format === 'BinarySI') {
    const precision = 15 - digits.length - Math.floor((exponent * 3) / 10) - 1;
    return fraction === '' && precision >= 0 && (BigInt(digits) & 7n) !== 0n;
  }
  const scale = exponent - fraction.length;
  if (digits.length > 18 || scale < -NANO_DIGITS || scale % 3 !== 0) return false;
  return !digits.endsWith('000') && !digits.startsWith('0');
}

function scaleOf(suffix: string): { base: 2 | 10; exponent: number; format: Format } {
  const decimal = DECIMAL_SUFFIXES.get(suffix);
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' };
  const binary = BINARY_SUFFIXES.get(suffix);
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' };
  if (!/^[eE][-+]?[0-9]+$/.test(suffix)) throw new RangeError(WRONG_SUFFIX);
  const exponent = Number(suffix.slice(1));
  if (exponent > EXPONENT_MAX) throw new RangeError(WRONG_NUMBER);
  return { base: 10, exponent: Math.max(exponent, -EXPONENT_MAX - TEXT_LENGTH_MAX), format: 'DecimalExponent' };
}

/** value × 10^digits; what falls below is rounded up, so that asking for a little never becomes asking for nothing. */
function scaled(value: bigint, digits: number): bigint {
  return digits >= 0 ? value * 10n ** BigInt(digits) : dividedUp(value, 10n ** BigInt(-digits));
}

function dividedUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

function binaryText(units: bigint): string {
  let [mantissa, exponent] = [units, 0];
  while (mantissa % 1024n === 0n && exponent < 60) {
    mantissa /= 1024n;
    exponent += 10;
  }
  return `${mantissa}${BINARY_SUFFIX_OF.get(exponent) ?? ''}`;
}

function decimalText(nano: bigint, format: Format): string {
  let [mantissa, exponent] = [nano, -NANO_DIGITS];
  while (mantissa % 1000n === 0n) {
    mantissa /= 1000n;
    exponent += 3;
  }
  if (exponent === 0) return `${mantissa}`;
  // Above E there is no suffix: Go prints none and so a wrong number; an exponent says the same thing rightly.
  const suffix = format === 'DecimalExponent' ? undefined : DECIMAL_SUFFIX_OF.get(exponent);
  return `${mantissa}${suffix ?? `e${exponent}`}`;
}

/** Quantities repeat ('100m', '64Mi') on every pod: remember the parsed ones, forget all when there are too many. */
const REMEMBERED_MAX = 4096;
const remembered = new Map<string, Quantity>();

/** Throws RangeError with upstream's text. A JSON number counts as its digits. */
export function parseQuantity(value: string | number): Quantity {
  const text = typeof value === 'number' ? String(value) : value;
  const known = remembered.get(text);
  if (known) return known;
  const parsed = Quantity.parse(text);
  if (remembered.size >= REMEMBERED_MAX) remembered.clear();
  remembered.set(text, parsed);
  return parsed;
}
