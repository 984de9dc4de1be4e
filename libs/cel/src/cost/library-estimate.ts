import type { CostRange } from '../program.js';
import { CHECK_COST, REGEX_LENGTH_COST, STRING_TRAVERSAL_COST } from './call-cost.js';
import { fixed, plus, scaled, times } from './range.js';
import type { Expression } from '../syntax/expression.js';

interface Sizes {
  readonly call: {
    readonly name: string;
    readonly target: Expression | undefined;
    readonly args: readonly Expression[];
  };
  readonly overload: string;
  readonly target: CostRange | undefined;
  readonly args: readonly CostRange[];
  itemSize(list: Expression): CostRange;
}

interface Estimate {
  readonly cost: CostRange;
  readonly size?: CostRange | undefined;
}

type Rule = (sizes: Sizes) => Estimate | undefined;

const ONE = fixed(1);
/** Bytes of an address of either family. */
const ADDRESS_SIZE: CostRange = { min: 4, max: 16 };
/** The longest pattern of a named format, and the longest name. */
const FORMAT_REGEX_MAX = 128;
const FORMAT_SIZE_MAX = 64;
/** A requirement of a selector: a struct and a list, for two characters at least. */
const REQUIREMENT_COST = 50;

const traversed = (size: CostRange, factor = 1): CostRange => scaled(size, factor * STRING_TRAVERSAL_COST);
const nominal: Rule = () => ({ cost: ONE });
/** Functions without a receiver fall back to the common cost, as upstream looks for one that is not there. */
const parsing: Rule = ({ target, args }) => target && args[0] && { cost: traversed(args[0]) };

/** Models apiserver's cel/library/cost.go (1.36), EstimateCallCost. */
const RULES: Readonly<Record<string, Rule>> = {
  check: () => ({ cost: fixed(CHECK_COST) }),
  ...all('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...all('fieldSelector labelSelector', ({ args: [text] }) => text && { cost: selector(text) }),
  ...all('isSorted sum max min indexOf lastIndexOf', scan),
  ...all('url jsonpatch.escapeKey', ({ args: [text] }) => text && { cost: traversed(text), size: text }),
  ...all('lowerAscii upperAscii substring trim', ({ target }) => target && { cost: traversed(target), size: target }),
  replace: ({ target, args: [old, by] }) =>
    target && old && by && { cost: traversed(target, 2), size: replaced(target, old, by) },
  split: ({ target, call }) =>
    target && { cost: traversed(target, 2), size: { min: 0, max: piecesMax(target, call.args[1]) } },
  join,
  ...all(
    'find findAll',
    ({ target, args: [pattern] }) =>
      target &&
      pattern && {
        cost: times(traversed(plus(target, ONE)), scaled(pattern, REGEX_LENGTH_COST)),
        size: { min: 0, max: target.max },
      },
  ),
  ...all('cidr isIP isCIDR quantity isQuantity semver isSemver', parsing),
  ip: ({ target, args }) => target && (args[0] ? { cost: traversed(args[0]) } : { cost: ONE }),
  'ip.isCanonical': ({ target, args: [text] }) => target && text && { cost: traversed(text, 2) },
  ...all(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
    nominal,
  ),
  containsIP: ({ target, overload, args: [text] }) =>
    target && { cost: plus(addressCost(), overload === 'cidr_contains_ip_string' ? traversed(text!) : fixed(0)) },
  containsCIDR: ({ target, overload, args: [text] }) =>
    target && {
      cost: plus(
        addressCost(),
        traversed(ADDRESS_SIZE),
        ONE,
        overload === 'cidr_contains_cidr_string' ? traversed(text!) : fixed(0),
      ),
    },
  validate: ({ target, args: [text] }) =>
    target && text && { cost: scaled(traversed(text), FORMAT_REGEX_MAX * REGEX_LENGTH_COST) },
  'format.named': nominal,
  ...all('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub', nominal),
  ...all('major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery', nominal),
  '_==_': equality,
};

export function libraryEstimate(sizes: Sizes): Estimate | undefined {
  const { name } = sizes.call;
  return Object.hasOwn(RULES, name) ? RULES[name]!(sizes) : undefined;
}

function all(names: string, rule: Rule): Record<string, Rule> {
  return Object.fromEntries(names.split(' ').map((name) => [name, rule]));
}

function addressCost(): CostRange {
  return traversed(plus(ADDRESS_SIZE, ADDRESS_SIZE));
}

function selector(text: CostRange): CostRange {
  return plus(fixed(10), traversed(text), scaled(scaled(text, 0.5), REQUIREMENT_COST));
}

/** One for each item, and the length of those that have one; a text costs its traversal. */
function scan({ target, call, itemSize }: Sizes): Estimate | undefined {
  if (!target || !call.target) return undefined;
  const item = call.target.type?.params[0];
  if (!item) return { cost: traversed(target) };
  const isText = item.kind === 'string' || item.kind === 'bytes';
  return { cost: times(target, isText ? plus(ONE, traversed(itemSize(call.target))) : ONE) };
}

function join({ target, call, args: [separator], itemSize }: Sizes): Estimate | undefined {
  if (!target || !call.target) return undefined;
  let size = call.target.type?.params.length ? times(target, itemSize(call.target)) : fixed(0);
  if (separator) {
    const count = { min: Math.max(target.min - 1, 0), max: Math.max(target.max - 1, 0) };
    size = plus(size, times(separator, count));
  }
  return { cost: traversed(size), size };
}

function piecesMax(text: CostRange, limit: Expression | undefined): number {
  if (limit?.kind !== 'literal' || typeof limit.value !== 'bigint') return text.max;
  return limit.value < 0n ? Number.POSITIVE_INFINITY : Number(limit.value);
}

/** The longest result: as many replacements as fit where they lengthen the text, none where they shorten it; and the reverse. */
function replaced(text: CostRange, old: CostRange, by: CostRange): CostRange {
  const most = extreme(text.max, old.min, by.max <= old.min);
  const least = extreme(text.min, old.max, old.max <= by.min);
  return plus(times({ min: least.count, max: most.count }, by), { min: least.kept, max: most.kept });
}

function extreme(text: number, old: number, isKept: boolean): { count: number; kept: number } {
  if (old === 0) return { count: text + 1, kept: text };
  return isKept ? { count: 0, kept: text } : { count: Math.ceil(text / old) || 0, kept: 0 };
}

/** Types of Kubernetes' libraries are compared at once. */
function equality({ call: { args } }: Sizes): Estimate | undefined {
  const [left, right] = args.map(({ type }) => type);
  if (left?.kind !== 'opaque' || left.name !== right?.name || left.isOptional) return undefined;
  if (left.name === 'kubernetes.NamedFormat') return { cost: traversed({ min: 1, max: FORMAT_SIZE_MAX }) };
  return { cost: left.name === 'kubernetes.URL' ? traversed(ONE) : ONE };
}
