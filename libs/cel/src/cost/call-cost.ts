import { CelFault, CelList, CelMap, CelOpaque, type Value } from '../value/value.js';
import { costSizeOf } from '../value/kind.js';
import { FormatValue } from '../library/format-value.js';

export const STRING_TRAVERSAL_COST = 0.1;
export const REGEX_LENGTH_COST = 0.25;
/** An authorization check: two fit into an expression. */
export const CHECK_COST = 350_000;

const traversal = (value: Value, factor = 1): number => Math.ceil(costSizeOf(value) * factor * STRING_TRAVERSAL_COST);

type Cost = (args: readonly Value[], result: Value, overloadId: string) => number | undefined;

const nominal: Cost = () => 1;
const traversesFirst: Cost = ([first]) => (first === undefined ? undefined : traversal(first));

/** By the function's name: what Kubernetes' libraries cost. Models apiserver's cel/library/cost.go (1.36), CallCost. */
const LIBRARY_COSTS: Readonly<Record<string, Cost>> = {
  check: () => CHECK_COST,
  ...all('serviceAccount path group resource subresource namespace name allowed reason error errored', nominal),
  ...all('fieldSelector labelSelector', ([, text]) =>
    text === undefined ? undefined : selectorCost(costSizeOf(text)),
  ),
  ...all('isSorted sum max min indexOf lastIndexOf', ([first]) => (first === undefined ? 0 : wholeTraversal(first))),
  ...all(
    'url lowerAscii upperAscii substring trim cidr isIP isCIDR quantity isQuantity semver isSemver',
    traversesFirst,
  ),
  ...all('replace split ip.isCanonical', ([first]) => traversal(first!, 2)),
  'jsonpatch.escapeKey': traversesFirst,
  join: (_args, result) => traversal(result, 2),
  ...all('find findAll', ([text, pattern]) => regexCost(costSizeOf(text!), costSizeOf(pattern!))),
  ip: ([first], _result, id) => (id === 'cidr_ip' ? 1 : traversal(first!)),
  ...all(
    'masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
    nominal,
  ),
  containsIP: ([cidr, other], _result, id) =>
    traversal(cidr!, 2) + (id === 'cidr_contains_ip_string' ? traversal(other!) : 0),
  containsCIDR: ([cidr, other], _result, id) =>
    traversal(cidr!, 2) + traversal(cidr!) + 1 + (id === 'cidr_contains_cidr_string' ? traversal(other!) : 0),
  ...all('sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub', nominal),
  ...all('major minor patch', nominal),
  validate: ([format, text]) =>
    format instanceof FormatValue && text !== undefined ? regexCost(costSizeOf(text), format.regexSize) : undefined,
  'format.named': nominal,
  ...all('getScheme getHostname getHost getPort getEscapedPath getQuery', nominal),
  ...all('sets.contains sets.intersects', ([first, second]) => 1 + costSizeOf(first!) * costSizeOf(second!)),
  'sets.equivalent': ([first, second]) => 1 + 2 * costSizeOf(first!) * costSizeOf(second!),
  '_==_': ([left]) => (left instanceof CelOpaque ? 1 : undefined),
};

/** By the overload's id, where the checker found one alone: cel-go's own. Models interpreter/runtimecost.go. */
const STANDARD_COSTS: Readonly<Record<string, Cost>> = {
  ...all('starts_with_string ends_with_string', traversesFirst),
  ...all('string_to_bytes bytes_to_string strings_quote string_format', traversesFirst),
  in_list: ([, list]) => costSizeOf(list!),
  ...all(
    'less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes ' +
      'greater_equals_bytes equals not_equals',
    ([left, right]) => Math.ceil(Math.min(costSizeOf(left!), costSizeOf(right!)) * STRING_TRAVERSAL_COST),
  ),
  ...all('add_string add_bytes', ([left, right]) =>
    Math.ceil((costSizeOf(left!) + costSizeOf(right!)) * STRING_TRAVERSAL_COST),
  ),
  matches_string: ([text, pattern]) => regexCost(costSizeOf(text!), costSizeOf(pattern!)),
  contains_string: ([text, part]) => traversal(text!) * traversal(part!),
};

/** One more than the text's length, so that an expensive pattern costs something on nothing too. */
function regexCost(textSize: number, patternSize: number): number {
  return Math.ceil((1 + textSize) * STRING_TRAVERSAL_COST) * Math.ceil(patternSize * REGEX_LENGTH_COST);
}

/** A list, the parsing, and for every other character a requirement: a struct and a list. */
export function selectorCost(size: number): number {
  return 10 + Math.ceil(size * STRING_TRAVERSAL_COST) + Math.ceil(size / 2) * 50;
}

/** What a call cost at run time. */
export function callCost(name: string, overloadId: string, args: readonly Value[], result: Value): number {
  const library = own(LIBRARY_COSTS, name)?.(args, result, overloadId);
  return library ?? own(STANDARD_COSTS, overloadId)?.(args, result, overloadId) ?? 1;
}

function own(costs: Readonly<Record<string, Cost>>, key: string): Cost | undefined {
  return Object.hasOwn(costs, key) ? costs[key] : undefined;
}

function all(names: string, cost: Cost): Record<string, Cost> {
  return Object.fromEntries(names.split(' ').map((name) => [name, cost]));
}

/** What walking over a value and all in it costs. */
function wholeTraversal(value: Value): number {
  if (typeof value === 'string') return Math.trunc(Buffer.byteLength(value) * STRING_TRAVERSAL_COST);
  if (value instanceof Uint8Array) return Math.trunc(value.length * STRING_TRAVERSAL_COST);
  let cost = 0;
  if (value instanceof CelList) {
    for (const item of value) cost += wholeTraversal(item);
    return cost;
  }
  if (value instanceof CelMap) {
    for (const key of value.keys()) cost += wholeTraversal(key) + wholeTraversal(value.get(key) ?? new CelFault(''));
    return cost;
  }
  return 1;
}
