import { invariant } from '#base';
import { callCost } from '../cost/call-cost.js';
import type { CallExpression, Expression, FoldExpression } from '../syntax/expression.js';
import type { Overload } from '../typing/signature.js';
import { isEqual } from '../value/equality.js';
import { accepts, typeNameOf } from '../value/kind.js';
import {
  CelFault,
  CelList,
  CelMap,
  CelOptional,
  CelTypeValue,
  type Value,
  keyOf,
  noSuchOverload,
} from '../value/value.js';
import { spend } from '../value/work.js';
import type { Meter } from './meter.js';
import { indexed, qualified, tested } from './qualifier.js';

/** What a plan runs on. */
export interface Frame {
  readonly meter: Meter;
  readonly variable: (name: string) => Value;
  readonly locals: Value[];
}

export type Step = (frame: Frame) => Value;

/**
 * A part ready to run. Names and the paths that begin with them cost one more when they are evaluated for their own sake
 * (`run`) than as the base of a longer path or as a branch of a condition (`raw`), as in cel-go's attributes.
 */
export interface Plan {
  readonly run: Step;
  readonly raw?: Step;
  readonly constant?: { readonly value: Value };
}

const LIST_COST = 10;
const MAP_COST = 30;
const STRUCT_COST = 40;
/** cel-go works these out beforehand where their argument is written down. */
const CONVERSIONS = new Set([
  'bool',
  'bytes',
  'double',
  'duration',
  'dyn',
  'int',
  'string',
  'timestamp',
  'type',
  'uint',
]);
/** One implementation for all overloads: what it cannot take fails without naming the types. */
const SINGLETONS = new Set(['size', 'matches', 'type', 'dyn', '@in']);

/** What cannot be run as it stands, found while planning: 'program instantiation failed'. */
export class PlanError extends Error {}

export class Planner {
  private readonly scopes: { name: string; slot: number }[] = [];
  private slots = 0;

  constructor(private readonly functionNamed: (name: string) => readonly Overload[] | undefined) {}

  plan(expression: Expression): Plan {
    switch (expression.kind) {
      case 'literal':
        return constant(expression.value);
      case 'ident':
        return this.name(expression.resolved?.name ?? expression.name, expression.resolved?.constant?.name);
      case 'select':
        if (expression.resolved) return this.name(expression.resolved.name, expression.resolved.constant?.name);
        return this.select(this.plan(expression.operand), expression.field, expression.isTest);
      case 'call':
        return this.call(expression);
      case 'list':
        return this.list(expression.items, expression.optionals);
      case 'map':
      case 'struct':
        return this.entries(expression);
      case 'fold':
        return this.fold(expression);
    }
  }

  private name(name: string, typeName: string | undefined): Plan {
    if (typeName !== undefined) return constant(new CelTypeValue(typeName));
    const local = this.scopes.findLast((scope) => scope.name === name);
    const slot = local?.slot;
    const raw: Step = slot === undefined ? ({ variable }) => variable(name) : ({ locals }) => locals[slot]!;
    return attribute(raw);
  }

  private select(operand: Plan, field: string, isTest: boolean): Plan {
    const base = operand.raw ?? operand.run;
    const step = isTest ? tested : qualified;
    const raw: Step = (frame) => {
      const value = base(frame);
      if (value instanceof CelFault) return value;
      const selected = step(value, field);
      if (!(value instanceof CelOptional && selected === CelOptional.NONE)) frame.meter.charge(1);
      return selected;
    };
    return isTest ? { run: raw } : attribute(raw);
  }

  private call(expression: CallExpression): Plan {
    const operands = expression.target ? [expression.target, ...expression.args] : expression.args;
    const args = operands.map((operand) => this.plan(operand));
    switch (expression.name) {
      case '_&&_':
        return logical(args, false);
      case '_||_':
        return logical(args, true);
      case '_?_:_':
        return conditional(args[0]!, args[1]!, args[2]!);
      case '_[_]':
        return index(args[0]!, args[1]!, false);
      case '_?._':
      case '_[?_]':
        return index(args[0]!, args[1]!, true);
      case '@not_strictly_false':
        return notStrictlyFalse(args[0]!);
      default:
        return this.invocation(expression, args);
    }
  }

  private invocation({ name, target, overloads = [] }: CallExpression, args: readonly Plan[]): Plan {
    const overloadId = overloads.length === 1 ? overloads[0]! : '';
    if (name === '@in' && overloadId === 'in_list' && args[1]!.constant) {
      const membership = constantMembership(args[0]!, args[1]!.constant.value as CelList);
      if (membership) return membership;
    }
    const candidates = (this.functionNamed(name) ?? []).filter(
      ({ isMember, params }) => isMember === (target !== undefined) && params.length === args.length,
    );
    const invoke = (values: readonly Value[]): Value => dispatch(name, candidates, values);
    if (CONVERSIONS.has(name) && args.length === 1 && args[0]!.constant) {
      const value = invoke([args[0]!.constant.value]);
      if (value instanceof CelFault) throw new PlanError(value.message);
      return constant(value);
    }
    const runs = args.map(({ run }) => run);
    return {
      run: (frame) => {
        const values = runs.map((run) => run(frame));
        const fault = values.find((value) => value instanceof CelFault);
        const result = fault ?? invoke(values);
        frame.meter.charge(callCost(name, overloadId, values, result));
        return result;
      },
    };
  }

  private list(items: readonly Expression[], optionals: ReadonlySet<number>): Plan {
    const plans = items.map((item) => this.plan(item));
    const build: Step = (frame) => {
      const values: Value[] = [];
      for (const [place, { run }] of plans.entries()) {
        const value = run(frame);
        if (value instanceof CelFault) return value;
        if (!optionals.has(place)) values.push(value);
        else if (!(value instanceof CelOptional)) return optionalExpected(value);
        else if (value.value !== undefined) values.push(value.value);
      }
      return CelList.of(values);
    };
    return foldedOr(plans, build, LIST_COST);
  }

  private entries(expression: Extract<Expression, { kind: 'map' | 'struct' }>): Plan {
    const typeName = expression.kind === 'struct' ? expression.type?.name : undefined;
    const entries =
      expression.kind === 'map'
        ? expression.entries.map(({ key, value, isOptional }) => ({
            key: this.plan(key),
            value: this.plan(value),
            isOptional,
          }))
        : expression.fields.map(({ name, value, isOptional }) => ({
            key: constant(name),
            value: this.plan(value),
            isOptional,
          }));
    const build: Step = (frame) => {
      const built: [Value, Value][] = [];
      for (const { key, value, isOptional } of entries) {
        const name = key.run(frame);
        if (name instanceof CelFault) return name;
        const content = value.run(frame);
        if (content instanceof CelFault) return content;
        if (keyOf(name) === undefined) return new CelFault(`unsupported key type: ${typeNameOf(name)}`);
        if (!isOptional) built.push([name, content]);
        else if (!(content instanceof CelOptional)) return optionalExpected(content);
        else if (content.value !== undefined) built.push([name, content.value]);
      }
      return CelMap.of(built, typeName);
    };
    if (typeName !== undefined) return charged(build, STRUCT_COST);
    return foldedOr(
      entries.flatMap(({ key, value }) => [key, value]),
      build,
      MAP_COST,
    );
  }

  private fold(expression: FoldExpression): Plan {
    const range = this.plan(expression.range).run;
    const initial = this.plan(expression.initial).run;
    const accumulator = this.declare(expression.accumulator);
    const first = this.declare(expression.variable);
    const second = expression.secondVariable === undefined ? undefined : this.declare(expression.secondVariable);
    const condition = this.plan(expression.condition).run;
    const step = this.plan(expression.step).run;
    this.scopes.length -= second === undefined ? 1 : 2;
    const result = this.plan(expression.result).run;
    this.scopes.length -= 1;
    const run: Step = (frame) => {
      const over = range(frame);
      if (over instanceof CelFault) return over;
      if (!(over instanceof CelList || over instanceof CelMap)) {
        return new CelFault(`got '${typeNameOf(over)}', expected iterable type`);
      }
      let gathered = initial(frame);
      let position = 0;
      for (const item of over instanceof CelList ? over : over.keys()) {
        spend(1);
        frame.locals[accumulator] = gathered;
        frame.locals[first] = over instanceof CelList && second !== undefined ? BigInt(position++) : item;
        if (second !== undefined) frame.locals[second] = over instanceof CelList ? item : over.get(item)!;
        if (condition(frame) === false) break;
        // Folds within may have used the same slots for their own names only.
        gathered = step(frame);
      }
      frame.locals[accumulator] = gathered;
      return result(frame);
    };
    return { run };
  }

  private declare(name: string): number {
    const slot = this.slots++;
    this.scopes.push({ name, slot });
    return slot;
  }
}

export function constant(value: Value): Plan {
  return { run: () => value, constant: { value } };
}

function attribute(raw: Step): Plan {
  return {
    raw,
    run: (frame) => {
      const value = raw(frame);
      frame.meter.charge(1);
      return value;
    },
  };
}

function charged(build: Step, cost: number): Plan {
  return {
    run: (frame) => {
      const value = build(frame);
      frame.meter.charge(cost);
      return value;
    },
  };
}

/** What consists of constants is built once and costs nothing. */
function foldedOr(parts: readonly Plan[], build: Step, cost: number): Plan {
  if (!parts.every((part) => part.constant)) return charged(build, cost);
  const nothing = undefined as unknown as Frame;
  const value = build(nothing);
  return value instanceof CelFault ? { run: () => value } : constant(value);
}

/** The first decisive side decides, whichever fails; else the first failure stands. */
function logical(terms: readonly Plan[], decisive: boolean): Plan {
  return {
    run: (frame) => {
      let fault: CelFault | undefined;
      for (const { run } of terms) {
        const value = run(frame);
        if (value === decisive) return decisive;
        if (value instanceof CelFault) fault ??= value;
        else if (typeof value !== 'boolean') fault ??= noSuchOverload();
      }
      return fault ?? !decisive;
    },
  };
}

function conditional(condition: Plan, truthy: Plan, falsy: Plan): Plan {
  const [whenTrue, whenFalse] = [truthy.raw ?? truthy.run, falsy.raw ?? falsy.run];
  const raw: Step = (frame) => {
    const value = condition.run(frame);
    if (value instanceof CelFault) return value;
    if (typeof value !== 'boolean') return noSuchOverload();
    return value ? whenTrue(frame) : whenFalse(frame);
  };
  return { raw, run: raw };
}

function index(operand: Plan, key: Plan, isOptional: boolean): Plan {
  const base = operand.raw ?? operand.run;
  // A constant key is a step of the path; any other is evaluated, and costs a step unless it is a path itself.
  const isStep = key.constant !== undefined || key.raw === undefined;
  return attribute((frame) => {
    const value = base(frame);
    if (value instanceof CelFault) return value;
    const at = key.run(frame);
    if (at instanceof CelFault) return at;
    const found = indexed(value, at, isOptional);
    if (isStep && found !== CelOptional.NONE) frame.meter.charge(1);
    return found;
  });
}

function notStrictlyFalse({ run }: Plan): Plan {
  return {
    run: (frame) => {
      const value = run(frame);
      frame.meter.charge(1);
      return typeof value === 'boolean' ? value : true;
    },
  };
}

/** `x in [1, 2]` looks into a set made beforehand, and costs only what x costs. */
function constantMembership(item: Plan, list: CelList): Plan | undefined {
  if (list.size === 0) return constant(false);
  const members = [...list];
  if (!members.every((member) => keyOf(member) !== undefined)) return undefined;
  const set = new Set(members.map(keyOf));
  return {
    run: (frame) => {
      const value = item.run(frame);
      if (value instanceof CelFault) return value;
      const key = keyOf(value);
      return key !== undefined && set.has(key) ? members.some((member) => isEqual(member, value)) : false;
    },
  };
}

function dispatch(name: string, candidates: readonly Overload[], values: readonly Value[]): Value {
  for (const { params, call } of candidates) {
    if (!params.every((param, place) => accepts(param, values[place]!))) continue;
    const result: Value = (call as (...args: readonly Value[]) => Value)(...values);
    invariant(result !== undefined, `${name} gives a value`);
    return result;
  }
  if (!/^\w/.test(name) || name.startsWith('_') || SINGLETONS.has(name)) return noSuchOverload();
  return new CelFault(`no such overload: ${name}(${values.map(typeNameOf).join(', ')})`);
}

function optionalExpected(value: Value): CelFault {
  return new CelFault(`cannot initialize optional list element from non-optional value ${typeNameOf(value)}`);
}
