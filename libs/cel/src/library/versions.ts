import { CelType } from '../typing/cel-type.js';
import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelOpaque, type Value } from '../value/value.js';

const SEMVER = CelType.opaque('kubernetes.Semver');
/** Versions are short; a longer text is none. */
const LENGTH_MAX = 1024;
const FORM = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

class VersionValue extends CelOpaque {
  readonly celType = SEMVER;

  constructor(
    readonly numbers: readonly [bigint, bigint, bigint],
    readonly prerelease: readonly string[],
  ) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof VersionValue && compare(this, other) === 0;
  }
}

type V = VersionValue;
const V = SEMVER.name;

/** Models apiserver's cel/library/semverlib.go (1.36), version 1. */
export const VERSIONS: readonly OverloadRow[] = [
  ['string_to_semver', `semver(string) -> ${V}`, parsed],
  ['string_bool_to_semver', `semver(string, bool) -> ${V}`, normalized],
  ['is_semver_string', 'isSemver(string) -> bool', (text: string) => parsed(text) instanceof VersionValue],
  [
    'is_semver_string_bool',
    'isSemver(string, bool) -> bool',
    (text: string, normalize: boolean) => normalized(text, normalize) instanceof VersionValue,
  ],
  ['semver_is_greater_than', `<${V}>.isGreaterThan(${V}) -> bool`, (a: V, b: V) => compare(a, b) > 0],
  ['semver_is_less_than', `<${V}>.isLessThan(${V}) -> bool`, (a: V, b: V) => compare(a, b) < 0],
  ['semver_compare_to', `<${V}>.compareTo(${V}) -> int`, (a: V, b: V) => BigInt(compare(a, b))],
  ['semver_major', `<${V}>.major() -> int`, ({ numbers }: V) => numbers[0]],
  ['semver_minor', `<${V}>.minor() -> int`, ({ numbers }: V) => numbers[1]],
  ['semver_patch', `<${V}>.patch() -> int`, ({ numbers }: V) => numbers[2]],
];

function parsed(text: string): Value {
  if (text === '') return new CelFault('Version string empty');
  const match = text.length > LENGTH_MAX ? null : FORM.exec(text);
  if (!match) return new CelFault(problemOf(text));
  const prerelease = match[4]?.split('.') ?? [];
  const parts = [...prerelease, ...(match[5]?.split('.') ?? [])];
  if (parts.includes(''))
    return new CelFault(match[4]?.split('.').includes('') ? 'Prerelease is empty' : 'Build meta data is empty');
  const zero = prerelease.find((part) => /^0\d+$/.test(part));
  if (zero !== undefined) return new CelFault(`Numeric PreRelease version must not contain leading zeroes "${zero}"`);
  const numbers = match.slice(1, 4).map(BigInt) as [bigint, bigint, bigint];
  const tooLarge = match.slice(1, 4).find((_, index) => numbers[index]! >= 2n ** 63n);
  if (tooLarge !== undefined) return new CelFault(`strconv.ParseUint: parsing "${tooLarge}": value out of range`);
  return new VersionValue(numbers, prerelease);
}

/** What upstream's parser complains of first. */
function problemOf(text: string): string {
  const parts = text.split('.');
  if (parts.length < 3) return 'No Major.Minor.Patch elements found';
  for (const [index, name] of ['major', 'minor', 'patch'].entries()) {
    const part =
      index < 2
        ? parts[index]!
        : parts
            .slice(2)
            .join('.')
            .replace(/[-+].*$/s, '');
    const title = name[0]!.toUpperCase() + name.slice(1);
    if (!/^\d+$/.test(part)) return `Invalid character(s) found in ${name} number "${part}"`;
    if (part.length > 1 && part.startsWith('0')) return `${title} number must not contain leading zeroes "${part}"`;
  }
  return `Invalid character(s) found in prerelease "${text.replace(/^[^-+]*[-+]/, '')}"`;
}

function normalized(text: string, normalize: boolean): Value {
  if (!normalize) return parsed(text);
  const [major, minor, ...rest] = text.replace(/^v/, '').split('.');
  const parts = [major!, ...(minor === undefined ? [] : [minor]), ...(rest.length > 0 ? [rest.join('.')] : [])];
  const plain = parts.map((part) => (part.length > 1 ? part.replace(/^0+(?=\d)/, '') : part));
  if (plain.length < 3 && /[+-]/.test(plain.at(-1)!)) {
    return new CelFault('short version cannot contain PreRelease/Build meta data');
  }
  while (plain.length < 3) plain.push('0');
  return parsed(plain.join('.'));
}

function compare(left: VersionValue, right: VersionValue): -1 | 0 | 1 {
  for (const [index, number] of left.numbers.entries()) {
    if (number !== right.numbers[index]) return number < right.numbers[index]! ? -1 : 1;
  }
  const [a, b] = [left.prerelease, right.prerelease];
  // A version before its release is less than the release.
  if (a.length === 0 || b.length === 0) return a.length === b.length ? 0 : a.length === 0 ? 1 : -1;
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = compareParts(a[index], b[index]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareParts(left: string | undefined, right: string | undefined): -1 | 0 | 1 {
  if (left === right) return 0;
  if (left === undefined) return -1;
  if (right === undefined) return 1;
  const [isLeftNumber, isRightNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)];
  if (isLeftNumber && isRightNumber) {
    const [a, b] = [BigInt(left), BigInt(right)];
    return a < b ? -1 : a > b ? 1 : 0;
  }
  if (isLeftNumber !== isRightNumber) return isLeftNumber ? -1 : 1;
  return left < right ? -1 : 1;
}
