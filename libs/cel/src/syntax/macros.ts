import type { Expression, FoldExpression, LiteralValue } from './expression.js';

/** What folds gather in; no expression can name it. */
const ACCUMULATOR = '@result';
/** The variable of a fold over nothing, which only binds its accumulator. */
const UNUSED = '#unused';

export interface MacroCall {
  readonly at: number;
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
  readonly report: (at: number, message: string) => void;
  /** Whether cel.bind is one. */
  readonly bindings: boolean;
}

type Expand = (call: MacroCall, target: Expression) => Expression | undefined;

/** By name and count of arguments. Models the macros of cel-go's parser, its optionals and its two-variable comprehensions. */
const RECEIVER_MACROS: Readonly<Record<string, Expand>> = {
  'all/2': (call, target) => quantifier(call, target, 'all'),
  'exists/2': (call, target) => quantifier(call, target, 'exists'),
  'exists_one/2': (call, target) => quantifier(call, target, 'existsOne'),
  'existsOne/2': (call, target) => quantifier(call, target, 'existsOne'),
  'map/2': (call, target) => mapped(call, target, undefined, call.args[1]!),
  'map/3': (call, target) => mapped(call, target, call.args[1]!, call.args[2]!),
  'filter/2': (call, target) => mapped(call, target, call.args[1]!, call.args[0]!),
  'all/3': (call, target) => quantifier(call, target, 'all'),
  'exists/3': (call, target) => quantifier(call, target, 'exists'),
  'exists_one/3': (call, target) => quantifier(call, target, 'existsOne'),
  'existsOne/3': (call, target) => quantifier(call, target, 'existsOne'),
  'transformList/3': (call, target) => transformed(call, target, 'list'),
  'transformList/4': (call, target) => transformed(call, target, 'list'),
  'transformMap/3': (call, target) => transformed(call, target, 'map'),
  'transformMap/4': (call, target) => transformed(call, target, 'map'),
  'transformMapEntry/3': (call, target) => transformed(call, target, 'entry'),
  'transformMapEntry/4': (call, target) => transformed(call, target, 'entry'),
  'optMap/2': (call, target) => optionalMapped(call, target, (value) => calls(call.at, 'optional.of', value)),
  'optFlatMap/2': (call, target) => optionalMapped(call, target, (value) => value),
};

/** What the call stands for when it is a macro. A wrong macro is reported, and a literal stands for it. */
export function expandMacro(call: MacroCall): Expression | undefined {
  const { name, target, args } = call;
  if (target === undefined) return name === 'has' && args.length === 1 ? presence(call) : undefined;
  if (call.bindings && name === 'bind' && args.length === 3 && isNamespace(target)) {
    return bound(call) ?? literal(call.at, null);
  }
  const key = `${name}/${args.length}`;
  const expand = Object.hasOwn(RECEIVER_MACROS, key) ? RECEIVER_MACROS[key]! : undefined;
  if (!expand) return undefined;
  return expand(call, target) ?? literal(call.at, null);
}

function presence({ args, report, at }: MacroCall): Expression {
  const [argument] = args;
  if (argument?.kind === 'select') return { ...argument, isTest: true, at };
  report(argument!.at, 'invalid argument to has() macro');
  return literal(at, false);
}

function quantifier(call: MacroCall, range: Expression, kind: 'all' | 'exists' | 'existsOne'): Expression | undefined {
  const variables = variablesOf(call, call.args.length - 1, 'argument must be a simple name');
  if (!variables) return undefined;
  const { at } = call;
  const predicate = call.args.at(-1)!;
  const base = { kind: 'fold', at, range, ...variables, accumulator: ACCUMULATOR } as const;
  const result = (): Expression => ident(at, ACCUMULATOR);
  if (kind === 'existsOne') {
    const one = (): Expression => literal(at, 1n);
    return {
      ...base,
      initial: literal(at, 0n),
      condition: literal(at, true),
      step: calls(at, '_?_:_', predicate, calls(at, '_+_', result(), one()), result()),
      result: calls(at, '_==_', result(), one()),
    };
  }
  const goesOn = kind === 'all' ? result() : calls(at, '!_', result());
  return {
    ...base,
    initial: literal(at, kind === 'all'),
    condition: calls(at, '@not_strictly_false', goesOn),
    step: calls(at, kind === 'all' ? '_&&_' : '_||_', result(), predicate),
    result: result(),
  };
}

function mapped(
  call: MacroCall,
  range: Expression,
  filter: Expression | undefined,
  item: Expression,
): Expression | undefined {
  const variables = variablesOf(call, 1, 'argument is not an identifier');
  return (
    variables &&
    gathered(call, range, variables, filter, (sofar) => calls(call.at, '_+_', sofar, listOf(call.at, item)))
  );
}

function transformed(call: MacroCall, range: Expression, into: 'list' | 'map' | 'entry'): Expression | undefined {
  const variables = variablesOf(call, 2, 'argument must be a simple name');
  if (!variables) return undefined;
  const { at, args } = call;
  const value = args.at(-1)!;
  const filter = args.length === 4 ? args[2] : undefined;
  if (into === 'list') {
    return gathered(call, range, variables, filter, (sofar) => calls(at, '_+_', sofar, listOf(at, value)));
  }
  const entry = into === 'map' ? [ident(at, variables.variable), value] : [value];
  return gathered(call, range, variables, filter, (sofar) => calls(at, 'cel.@mapInsert', sofar, ...entry), {
    kind: 'map',
    at,
    entries: [],
  });
}

function gathered(
  { at }: MacroCall,
  range: Expression,
  variables: Variables,
  filter: Expression | undefined,
  grow: (sofar: Expression) => Expression,
  initial: Expression = listOf(at),
): FoldExpression {
  const result = (): Expression => ident(at, ACCUMULATOR);
  const grown = grow(result());
  return {
    kind: 'fold',
    at,
    range,
    ...variables,
    accumulator: ACCUMULATOR,
    initial,
    condition: literal(at, true),
    step: filter ? calls(at, '_?_:_', filter, grown, result()) : grown,
    result: result(),
  };
}

const isNamespace = (target: Expression): boolean => target.kind === 'ident' && target.name === 'cel';

/** cel.bind(name, value, result): a name for a value. Models the bindings of cel-go's extensions. */
function bound(call: MacroCall): Expression | undefined {
  const variables = variablesOf(call, 1, 'cel.bind() variable names must be simple identifiers');
  return variables && named(call.at, variables.variable, call.args[1]!, call.args[2]!);
}

/** A fold over nothing, which only gives its accumulator a value. */
function named(at: number, variable: string, value: Expression, result: Expression): FoldExpression {
  return {
    kind: 'fold',
    at,
    range: listOf(at),
    variable: UNUSED,
    accumulator: variable,
    initial: value,
    condition: literal(at, false),
    step: ident(at, variable),
    result,
  };
}

/** target.hasValue() ? wrap(with target.value() as the variable: the second argument) : optional.none() */
function optionalMapped(
  call: MacroCall,
  target: Expression,
  wrap: (value: Expression) => Expression,
): Expression | undefined {
  const { at } = call;
  const variables = variablesOf(call, 1, 'optMap() variable name must be a simple identifier');
  if (!variables) return undefined;
  const given = named(at, variables.variable, member(at, 'value', target), call.args[1]!);
  return calls(at, '_?_:_', member(at, 'hasValue', target), wrap(given), calls(at, 'optional.none'));
}

interface Variables {
  readonly variable: string;
  readonly secondVariable?: string;
}

function variablesOf({ args, name, report }: MacroCall, count: number, notSimple: string): Variables | undefined {
  const names: string[] = [];
  for (const argument of args.slice(0, count)) {
    if (argument.kind !== 'ident') {
      report(argument.at, name === 'optFlatMap' ? notSimple.replace('optMap', name) : notSimple);
      return undefined;
    }
    if (names.includes(argument.name)) {
      report(argument.at, `duplicate variable name: ${argument.name}`);
      return undefined;
    }
    names.push(argument.name);
  }
  const [variable, secondVariable] = names as [string, string | undefined];
  return secondVariable === undefined ? { variable } : { variable, secondVariable };
}

function literal(at: number, value: LiteralValue): Expression {
  return { kind: 'literal', at, value };
}

function ident(at: number, name: string): Expression {
  return { kind: 'ident', at, name };
}

function listOf(at: number, ...items: Expression[]): Expression {
  return { kind: 'list', at, items, optionals: new Set() };
}

function calls(at: number, name: string, ...args: Expression[]): Expression {
  return { kind: 'call', at, name, target: undefined, args };
}

function member(at: number, name: string, target: Expression): Expression {
  return { kind: 'call', at, name, target, args: [] };
}
