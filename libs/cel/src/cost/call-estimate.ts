import type { CostRange } from '../program.js';
import type { CallExpression, Expression } from '../syntax/expression.js';
import { REGEX_LENGTH_COST, STRING_TRAVERSAL_COST } from './call-cost.js';
import { libraryEstimate } from './library-estimate.js';
import { fixed, plus, scaled, times, union, UNKNOWN } from './range.js';
import { joinedEntries, type SizeTracker } from './size-tracker.js';

export interface CallEstimate {
  readonly cost: CostRange;
  /** Of what the call gives. */
  readonly size?: CostRange | undefined;
}

/** What estimates look at: sizes of the receiver and the arguments, unknown where nothing is known. */
interface CallSizes {
  readonly call: CallExpression;
  readonly overload: string;
  readonly target: CostRange | undefined;
  readonly args: readonly CostRange[];
  /** Size of a list's items. */
  itemSize(list: Expression): CostRange;
}

const ONE = fixed(1);

/** What one overload of a call costs with its arguments, without its receiver. Models cel-go's functionCost, and first Kubernetes' EstimateCallCost (1.36). */
export function estimatedCall(
  tracker: SizeTracker,
  call: CallExpression,
  overload: string,
  argCosts: readonly CostRange[],
): CallEstimate {
  const sizeOf = (part: Expression): CostRange => tracker.sizeOfPart(part) ?? UNKNOWN;
  const sizes: CallSizes = {
    call,
    overload,
    target: call.target && sizeOf(call.target),
    args: call.args.map(sizeOf),
    itemSize: (list) => itemSizeOf(tracker, list),
  };
  const argCost = plus(fixed(0), ...argCosts);
  const library = libraryEstimate(sizes);
  if (library) return { cost: plus(library.cost, argCost), size: library.size };
  if (overload === 'logical_and' || overload === 'logical_or') {
    return { cost: { min: argCosts[0]!.min, max: argCost.max } };
  }
  if (overload === 'conditional') return conditional(tracker, sizes, argCosts);
  if (/^add_(string|bytes|list)$/.test(overload)) {
    const [left, right] = call.args as readonly [Expression, Expression];
    tracker.setEntries(call, joinedEntries(tracker.entriesOf(left), tracker.entriesOf(right)));
  }
  const { cost, size } = standardEstimate(sizes);
  return { cost: plus(cost, argCost), size };
}

function itemSizeOf(tracker: SizeTracker, list: Expression): CostRange {
  const path = tracker.pathOf(list);
  return (path.length > 0 ? tracker.sizeAt([...path, '@items']) : undefined) ?? UNKNOWN;
}

function conditional(tracker: SizeTracker, { call, args }: CallSizes, costs: readonly CostRange[]): CallEstimate {
  const [, truthy, falsy] = call.args as readonly [Expression, Expression, Expression];
  tracker.setEntries(call, joinedEntries(tracker.entriesOf(truthy), tracker.entriesOf(falsy)));
  return { cost: plus(costs[0]!, union(costs[1]!, costs[2]!)), size: union(args[1]!, args[2]!) };
}

function standardEstimate({ overload, target, args }: CallSizes): CallEstimate {
  const [first = UNKNOWN, second = UNKNOWN] = args;
  switch (overload) {
    case 'string_to_bytes':
      return { cost: scaled(first, STRING_TRAVERSAL_COST), size: { min: first.min, max: first.max * 4 } };
    case 'bytes_to_string':
      return { cost: scaled(first, STRING_TRAVERSAL_COST), size: { min: Math.floor(first.min / 4), max: first.max } };
    case 'strings_quote':
      return { cost: scaled(first, STRING_TRAVERSAL_COST), size: { min: first.min + 2, max: first.max * 2 + 2 } };
    case 'string_format':
      return { cost: scaled(target ?? UNKNOWN, STRING_TRAVERSAL_COST) };
    case 'starts_with_string':
    case 'ends_with_string':
      return { cost: scaled(first, STRING_TRAVERSAL_COST) };
    case 'in_list':
      return { cost: second };
    case 'matches_string':
      return { cost: regexEstimate(target ?? UNKNOWN, first) };
    case 'contains_string':
      return {
        cost: times(scaled(target ?? UNKNOWN, STRING_TRAVERSAL_COST), scaled(first, STRING_TRAVERSAL_COST)),
      };
    case 'add_list':
      return { cost: ONE, size: plus(first, second) };
    case 'add_string':
    case 'add_bytes':
      return { cost: scaled(plus(first, second), STRING_TRAVERSAL_COST), size: plus(first, second) };
    case 'list_sets_contains_list':
    case 'list_sets_intersects_list':
      return { cost: plus(times(first, second), ONE) };
    case 'list_sets_equivalent_list':
      return { cost: plus(scaled(times(first, second), 2), ONE) };
    default:
      return /^(equals|not_equals|(less|greater)(_equals)?_(string|bytes))$/.test(overload)
        ? { cost: comparison(first, second) }
        : { cost: ONE };
  }
}

/** As far as the shorter goes. */
function comparison(first: CostRange, second: CostRange): CostRange {
  const max = Math.min(first.max, second.max);
  return scaled({ min: max > 0 ? 1 : 0, max }, STRING_TRAVERSAL_COST);
}

function regexEstimate(text: CostRange, pattern: CostRange): CostRange {
  return times(scaled(plus(text, ONE), STRING_TRAVERSAL_COST), scaled(pattern, REGEX_LENGTH_COST));
}
