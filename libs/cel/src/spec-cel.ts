import { invariant } from '#base';
import { compileCel } from './compile.js';
import { CelError } from './cel-error.js';
import type { CelEnvironment } from './program.js';
import { PER_CALL_COST_MAX } from './cost/limits.js';

export interface Outcome {
  readonly value?: unknown;
  readonly error?: string;
  readonly cost?: number;
}

/** Compiles and evaluates: what came out and what it cost, or the error of whichever step failed. */
export function outcomeOf(
  source: string,
  values: Readonly<Record<string, unknown>> = {},
  environment: CelEnvironment = { variables: {} },
): Outcome {
  const { program, error } = compileCel(source, environment);
  if (!program) return { error };
  const budget = { remaining: PER_CALL_COST_MAX };
  try {
    const value = program.evaluate(values, budget);
    return { value, cost: PER_CALL_COST_MAX - budget.remaining };
  } catch (thrown) {
    invariant(thrown instanceof CelError, `only CelError is thrown: ${String(thrown)}`);
    return { error: thrown.message, cost: PER_CALL_COST_MAX - budget.remaining };
  }
}
