import { type CelCompilation, MATCH_CONDITIONS_COST_BUDGET } from '#cel';
import { compilePolicyExpression, type MatchCondition, type PolicyScope } from '#kinds';
import { evaluate, type Inputs, OutOfBudget } from './expression.js';

export interface CompiledCondition {
  readonly source: string;
  readonly compilation: CelCompilation;
}

export function compiledConditions(
  conditions: readonly MatchCondition[] = [],
  scope: PolicyScope,
): CompiledCondition[] {
  return conditions.map(({ expression }) => ({
    source: expression,
    compilation: compilePolicyExpression(expression, 'condition', scope),
  }));
}

/** What conditions say; `error` where none says no and one could not be evaluated. */
export type ConditionsResult = { readonly matches: boolean } | { readonly error: string };

/** Models matchconditions.Matcher (1.36): one false decides, whatever else fails. */
export function evaluateConditions(conditions: readonly CompiledCondition[], inputs: Inputs): ConditionsResult {
  const budget = { remaining: MATCH_CONDITIONS_COST_BUDGET };
  const errors: string[] = [];
  try {
    for (const { source, compilation } of conditions) {
      const result = evaluate(source, compilation, inputs, budget);
      if (result.error !== undefined) errors.push(result.error);
      else if (result.value === false) return { matches: false };
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error;
    return { error: error.message };
  }
  if (errors.length === 0) return { matches: true };
  return { error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` };
}
