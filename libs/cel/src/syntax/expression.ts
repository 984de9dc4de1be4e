import type { CelType } from '../typing/cel-type.js';
import type { CelUint } from '../value/uint.js';

/** What can be written down: ints are bigints, doubles numbers. */
export type LiteralValue = null | boolean | bigint | CelUint | number | string | Uint8Array;

interface Node {
  /** Where messages about it point. */
  readonly at: number;
  /** Filled in by the checker. */
  type?: CelType;
}

export interface LiteralExpression extends Node {
  readonly kind: 'literal';
  readonly value: LiteralValue;
}

export interface IdentExpression extends Node {
  readonly kind: 'ident';
  readonly name: string;
  /** The checker's finding: the declared name, and whether it names a type. */
  resolved?: { readonly name: string; readonly constant?: CelType };
}

export interface SelectExpression extends Node {
  readonly kind: 'select';
  readonly operand: Expression;
  readonly field: string;
  /** Whether it is has(operand.field). */
  readonly isTest: boolean;
  /** Set where the whole path is one declared name. */
  resolved?: { readonly name: string; readonly constant?: CelType };
}

export interface CallExpression extends Node {
  readonly kind: 'call';
  name: string;
  /** Left out by the checker where it turns out to be the function's namespace. */
  target: Expression | undefined;
  readonly args: readonly Expression[];
  /** Ids of the overloads that fit, by the checker. */
  overloads?: readonly string[];
}

export interface ListExpression extends Node {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly optionals: ReadonlySet<number>;
}

export interface MapEntry {
  readonly at: number;
  readonly key: Expression;
  readonly value: Expression;
  readonly isOptional: boolean;
}

export interface MapExpression extends Node {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
}

export interface StructField {
  readonly at: number;
  readonly name: string;
  readonly value: Expression;
  readonly isOptional: boolean;
}

export interface StructExpression extends Node {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly StructField[];
}

/** What comprehension macros become: for each of range, while condition holds, accumulator = step; then the result. */
export interface FoldExpression extends Node {
  readonly kind: 'fold';
  readonly range: Expression;
  readonly variable: string;
  readonly secondVariable?: string;
  readonly accumulator: string;
  readonly initial: Expression;
  readonly condition: Expression;
  readonly step: Expression;
  readonly result: Expression;
}

export type Expression =
  | LiteralExpression
  | IdentExpression
  | SelectExpression
  | CallExpression
  | ListExpression
  | MapExpression
  | StructExpression
  | FoldExpression;

/** 'a.b.c' of a path of names; undefined for all else. */
export function qualifiedName(expression: Expression): string | undefined {
  const parts: string[] = [];
  let at = expression;
  while (at.kind === 'select' && !at.isTest) {
    parts.push(at.field);
    at = at.operand;
  }
  return at.kind === 'ident' ? [at.name, ...parts.reverse()].join('.') : undefined;
}

/** Each part of the expression once, parents first. Without recursion: hostile expressions are deep. */
export function* partsOf(root: Expression): Generator<Expression> {
  const open: Expression[] = [root];
  for (let next = open.pop(); next; next = open.pop()) {
    yield next;
    open.push(...childrenOf(next));
  }
}

function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'select':
      return [expression.operand];
    case 'call':
      return expression.target ? [expression.target, ...expression.args] : expression.args;
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expression.fields.map(({ value }) => value);
    case 'fold':
      return [expression.range, expression.initial, expression.condition, expression.step, expression.result];
    case 'literal':
    case 'ident':
      return [];
  }
}
