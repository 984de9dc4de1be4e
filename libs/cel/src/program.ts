import type { CelType } from './typing/cel-type.js';

/** Shared by the expressions that draw on it; falls with each evaluation, and below zero by the one that emptied it. */
export interface CelBudget {
  remaining: number;
}

export interface CostRange {
  readonly min: number;
  readonly max: number;
}

/**
 * How many elements (characters, bytes, items, entries) stand at a path: a variable, then field names, '@items', '@keys',
 * '@values'. undefined: what the type's schema says.
 */
export type SizeOf = (path: readonly string[]) => CostRange | undefined;

export interface CelEnvironment {
  readonly variables: Readonly<Record<string, CelType>>;
  /** What the expression may evaluate to; any type when left out. */
  readonly returns?: readonly CelType[];
  /** Lets expressions build `Object{…}`, its inner types and `JSONPatch{…}`, as mutations do. */
  readonly mutation?: boolean;
  /** Lets expressions name a value: cel.bind(name, value, result). */
  readonly bindings?: boolean;
}

/** A checked expression. Immutable: one program serves any number of evaluations. */
export interface CelProgram {
  readonly source: string;
  /** What it evaluates to, as the checker found. */
  readonly type: CelType;
  /**
   * Takes plain JSON and gives plain JSON. Values are read as their variables' types say; what has type dyn, as its own
   * kind (whole numbers are ints). A variable may be a function: it is called on first use, once, and may throw CelError.
   * A variable left out is an error when used. Throws CelError and nothing else; the cost is taken from the budget even then.
   */
  evaluate(variables: Readonly<Record<string, unknown>>, budget: CelBudget): unknown;
  /** Whether the expression refers to the variable. */
  uses(variable: string): boolean;
  /** What an evaluation costs at least and at most; Infinity where nothing bounds it. */
  estimateCost(sizes?: SizeOf): CostRange;
}

/**
 * `error` is cel-go's text of all that is wrong ('ERROR: <input>:1:1: …'), or 'must evaluate to bool' where the
 * expression is sound but its type is none of `returns`. `detail` is what field errors say: the first kind after 'compilation failed: '.
 */
export type CelCompilation =
  | { readonly program: CelProgram; readonly error?: undefined }
  | { readonly program?: undefined; readonly error: string; readonly detail: string };
