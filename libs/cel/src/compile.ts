import { CelError } from './cel-error.js';
import { checkExpression, type Declarations } from './check/checker.js';
import { validateLiterals } from './check/literal-validation.js';
import { estimatedCost } from './cost/estimator.js';
import { PER_CALL_COST_MAX } from './cost/limits.js';
import { FUNCTIONS } from './library/functions.js';
import { mutationTypeNamed } from './mutation/mutation-types.js';
import { mutationOf } from './mutation/mutation-value.js';
import type { CelBudget, CelCompilation, CelEnvironment, CelProgram, CostRange, SizeOf } from './program.js';
import { Meter } from './run/meter.js';
import { type Frame, type Plan, PlanError, Planner } from './run/planner.js';
import { type Expression, partsOf } from './syntax/expression.js';
import { parseExpression } from './syntax/parser.js';
import { CelSource } from './syntax/source.js';
import { isSameType } from './typing/assignability.js';
import { BOOL, BYTES, CelType, DOUBLE, DURATION, INT, NULL, STRING, TIMESTAMP, UINT } from './typing/cel-type.js';
import { jsonOf } from './value/json.js';
import { valueOf } from './value/reading.js';
import { CelFault, type Value } from './value/value.js';
import { withinWork } from './value/work.js';

const TYPES: ReadonlyMap<string, CelType> = new Map(
  [
    BOOL,
    BYTES,
    DOUBLE,
    DURATION,
    INT,
    NULL,
    STRING,
    TIMESTAMP,
    UINT,
    CelType.type(),
    CelType.list(CelType.param('A')),
    CelType.map(CelType.param('A'), CelType.param('B')),
    CelType.optional(CelType.param('V')),
  ].map((type) => [type.name, type]),
);

/** Parses and checks an expression. Bounded in time and memory by the limits on the text; nothing is thrown. */
export function compileCel(text: string, environment: CelEnvironment): CelCompilation {
  const source = new CelSource(text);
  const expression = parseExpression(source, environment);
  if (!expression) return refused(source);
  const type = checkExpression(source, expression, declarationsOf(environment));
  if (!source.hasIssues) validateLiterals(source, expression);
  if (source.hasIssues) return refused(source);
  const { returns } = environment;
  if (returns && !returns.some((one) => isReturned(one, type))) {
    const error =
      returns.length === 1 ? `must evaluate to ${returns[0]!}` : `must evaluate to one of [${returns.join(' ')}]`;
    return { error, detail: error };
  }
  try {
    const plan = new Planner((name) => FUNCTIONS.get(name)).plan(expression);
    return { program: new Program(text, type, expression, plan, environment) };
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    return { error: error.message, detail: `program instantiation failed: ${error.message}` };
  }
}

function refused(source: CelSource): CelCompilation {
  const error = source.describe();
  return { error, detail: `compilation failed: ${error}` };
}

/** An expression of an unknown type may be any. */
function isReturned(expected: CelType, actual: CelType): boolean {
  return actual.kind === 'dyn' || expected.kind === 'dyn' || isSameType(expected, actual);
}

function declarationsOf({ variables, mutation = false }: CelEnvironment): Declarations {
  return {
    variable: (name) => (Object.hasOwn(variables, name) ? variables[name] : undefined),
    typeNamed: (name) => TYPES.get(name) ?? (mutation ? mutationTypeNamed(name) : undefined),
    functionNamed: (name) => (name === 'jsonpatch.escapeKey' && !mutation ? undefined : FUNCTIONS.get(name)),
  };
}

class Program implements CelProgram {
  private readonly names: ReadonlySet<string>;

  constructor(
    readonly source: string,
    readonly type: CelType,
    private readonly expression: Expression,
    private readonly plan: Plan,
    private readonly environment: CelEnvironment,
  ) {
    const names = [...partsOf(expression)].flatMap((part) =>
      part.kind === 'ident' || part.kind === 'select' ? (part.resolved?.name ?? []) : [],
    );
    this.names = new Set(names);
  }

  evaluate(variables: Readonly<Record<string, unknown>>, budget: CelBudget): unknown {
    const isBudgetLess = budget.remaining < PER_CALL_COST_MAX;
    const limit = Math.max(isBudgetLess ? budget.remaining : PER_CALL_COST_MAX, 0);
    const meter = new Meter(limit, isBudgetLess ? 'budget' : 'call-limit');
    try {
      return withinWork(() => {
        const value = this.plan.run(this.frameOf(variables, meter));
        if (value instanceof CelFault) throw new CelError(value.message);
        return this.environment.mutation ? mutationOf(value) : jsonOf(value);
      });
    } finally {
      budget.remaining -= meter.cost;
    }
  }

  uses(variable: string): boolean {
    return this.names.has(variable);
  }

  estimateCost(sizes?: SizeOf): CostRange {
    return estimatedCost(this.expression, this.environment.variables, sizes);
  }

  private frameOf(variables: Readonly<Record<string, unknown>>, meter: Meter): Frame {
    const read = new Map<string, Value>();
    const variable = (name: string): Value => {
      const known = read.get(name);
      if (known !== undefined) return known;
      const value = Object.hasOwn(variables, name)
        ? readVariable(variables[name], this.environment.variables[name]!)
        : new CelFault(`no such attribute(s): ${name}`);
      read.set(name, value);
      return value;
    };
    return { meter, variable, locals: [] };
  }
}

/** A variable that cannot be had fails where it is used, so that && and || may still decide; limits end all. */
function readVariable(json: unknown, type: CelType): Value {
  try {
    return valueOf(json, type);
  } catch (error) {
    if (error instanceof CelError && error.failure === 'evaluation') return new CelFault(error.message);
    throw error;
  }
}
