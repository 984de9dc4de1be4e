import type { CostRange, SizeOf } from '../program.js';
import type {
  CallExpression,
  Expression,
  FoldExpression,
  ListExpression,
  MapExpression,
  SelectExpression,
} from '../syntax/expression.js';
import type { CelType } from '../typing/cel-type.js';
import { type CallEstimate, estimatedCall } from './call-estimate.js';
import { fixed, plus, times, union, UNKNOWN } from './range.js';
import { SizeTracker } from './size-tracker.js';

const ONE = fixed(1);
const NONE = fixed(0);
const LIST_COST = fixed(10);
const MAP_COST = fixed(30);
const STRUCT_COST = fixed(40);

/** What evaluating costs at least and at most, by the sizes that the variables' types allow. Models cel-go checker/cost.go. */
export function estimatedCost(
  expression: Expression,
  variables: Readonly<Record<string, CelType>>,
  sizes?: SizeOf,
): CostRange {
  return new Estimator(new SizeTracker(variables, sizes)).cost(expression);
}

class Estimator {
  constructor(private readonly sizes: SizeTracker) {}

  cost(part: Expression): CostRange {
    switch (part.kind) {
      case 'literal':
        return NONE;
      case 'ident':
        this.sizes.setPath(part, this.sizes.local(part.name)?.path ?? [part.resolved?.name ?? part.name]);
        return ONE;
      case 'select':
        return this.select(part);
      case 'call':
        return this.call(part);
      case 'list':
        return this.list(part);
      case 'map':
        return this.map(part);
      case 'struct':
        return plus(STRUCT_COST, ...part.fields.map(({ value }) => this.cost(value)));
      case 'fold':
        return isBinding(part) ? this.binding(part) : this.fold(part);
    }
  }

  private select(part: SelectExpression): CostRange {
    if (part.resolved) {
      this.sizes.setPath(part, [part.resolved.name]);
      return ONE;
    }
    const operand = this.cost(part.operand);
    if (part.isTest) return operand;
    this.sizes.setPath(part, [...this.sizes.pathOf(part.operand), part.field]);
    const kind = part.operand.type?.kind;
    return kind === 'map' || kind === 'object' ? plus(operand, ONE) : operand;
  }

  private call(part: CallExpression): CostRange {
    const { name, target, args, overloads = [] } = part;
    if (name === 'dyn') {
      const cost = this.cost(args[0]!);
      this.sizes.setSize(part, this.sizes.sizeOfPart(args[0]!));
      this.sizes.setEntries(part, this.sizes.entriesOf(args[0]!));
      return plus(ONE, cost);
    }
    const argCosts = args.map((arg) => this.cost(arg));
    const targetCost = target ? this.cost(target) : NONE;
    let cost: CostRange = { min: Number.POSITIVE_INFINITY, max: 0 };
    let size: CostRange | undefined;
    for (const overload of overloads) {
      const estimate: CallEstimate = estimatedCall(this.sizes, part, overload, argCosts);
      cost = union(cost, estimate.cost);
      if (estimate.size) size = size ? union(size, estimate.size) : estimate.size;
      if (overload === 'index_list' || overload === 'index_map') {
        const step = overload === 'index_list' ? '@items' : '@values';
        size = this.sizes.entriesOf(args[0]!)?.value;
        this.sizes.setPath(part, [...this.sizes.pathOf(args[0]!), step]);
      }
      size ??= this.sizes.sizeOfPart(part);
    }
    this.sizes.setSize(part, size);
    return plus(targetCost, cost);
  }

  private list(part: ListExpression): CostRange {
    const cost = plus(LIST_COST, ...part.items.map((item) => this.cost(item)));
    this.sizes.setEntries(part, { container: 'list', key: ONE, value: this.unionOf(part.items) });
    return cost;
  }

  private map(part: MapExpression): CostRange {
    const costs = part.entries.flatMap(({ key, value }) => [this.cost(key), this.cost(value)]);
    const key = this.unionOf(part.entries.map((entry) => entry.key));
    const value = this.unionOf(part.entries.map((entry) => entry.value));
    this.sizes.setEntries(part, { container: 'map', key, value });
    return plus(MAP_COST, ...costs);
  }

  private unionOf(parts: readonly Expression[]): CostRange {
    if (parts.length === 0) return NONE;
    return parts.map((part) => this.sizes.sizeOfPart(part) ?? UNKNOWN).reduce(union);
  }

  private fold(part: FoldExpression): CostRange {
    const { range, initial, accumulator, variable, secondVariable } = part;
    const before = plus(this.cost(range), this.cost(initial));
    this.sizes.bind(accumulator, initial);
    if (secondVariable === undefined) this.sizes.bindIterated(variable, range, 'single');
    else {
      this.sizes.bindIterated(variable, range, 'key');
      this.sizes.bindIterated(secondVariable, range, 'value');
    }
    const round = plus(this.cost(part.condition), this.cost(part.step));
    this.sizes.unbind(variable);
    if (secondVariable !== undefined) this.sizes.unbind(secondVariable);
    const after = this.cost(part.result);
    this.sizes.unbind(accumulator);
    const rounds = this.sizes.sizeOfPart(range) ?? UNKNOWN;
    if (initial.kind === 'literal') this.sizes.setSize(part, this.sizes.sizeOfPart(initial));
    if (initial.kind === 'list' || initial.kind === 'map') {
      this.sizes.setSize(part, rounds);
      this.sizes.setEntries(part, this.sizes.entriesOf(part.step));
    }
    return plus(before, after, times(rounds, round));
  }

  private binding(part: FoldExpression): CostRange {
    const before = plus(this.cost(part.range), this.cost(part.initial));
    this.sizes.bind(part.accumulator, part.initial);
    const result = this.cost(part.result);
    this.sizes.setSize(part, this.sizes.sizeOfPart(part.result));
    this.sizes.setEntries(part, this.sizes.entriesOf(part.result));
    this.sizes.unbind(part.accumulator);
    return plus(before, result);
  }
}

/** A fold over nothing that only names a value, as optMap's. */
function isBinding({ range, condition, accumulator }: FoldExpression): boolean {
  const isEmpty = range.kind === 'list' && range.items.length === 0;
  return isEmpty && condition.kind === 'literal' && condition.value === false && accumulator !== '@result';
}
