import { type CelBudget, type CelCompilation, CelError } from '#cel';

/** What an evaluation gives: a value, or why there is none, as upstream words it. */
export type Evaluated = { readonly value: unknown; readonly error?: undefined } | { readonly error: string };

/** The budget of a whole set of expressions is spent: none of its results counts. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

export type Inputs = Readonly<Record<string, unknown>>;

/** Throws OutOfBudget and nothing else. Models condition.ForInput of apiserver's plugin/cel (1.36). */
export function evaluate(source: string, compilation: CelCompilation, inputs: Inputs, budget: CelBudget): Evaluated {
  if (!compilation.program) return { error: `compilation error: ${compilation.detail}` };
  try {
    return { value: compilation.program.evaluate(inputs, budget) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (error.failure === 'budget') throw new OutOfBudget();
    return { error: `expression '${source}' resulted in error: ${error.message}` };
  }
}
