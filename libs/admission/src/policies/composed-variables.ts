import { type CelBudget, CelError } from '#cel';
import type { ComposedVariable } from '#kinds';
import type { Inputs } from './expression.js';

/**
 * The inputs with the policy's variables, each evaluated when first used and then kept for all expressions that share
 * these inputs; what it costs counts where it is used. Models composition.go of apiserver's plugin/cel (1.36).
 */
export function withVariables(variables: readonly ComposedVariable[], inputs: Inputs, budget: CelBudget): Inputs {
  if (variables.length === 0) return inputs;
  const values = new Map<string, { readonly value: unknown } | { readonly error: CelError }>();
  const all: Record<string, unknown> = { ...inputs };
  const valueOf = ({ name, compilation }: ComposedVariable): unknown => {
    let kept = values.get(name);
    if (!kept) values.set(name, (kept = evaluated(name, compilation, all, budget)));
    if ('error' in kept) throw kept.error;
    return kept.value;
  };
  for (const variable of variables) all[`variables.${variable.name}`] = () => valueOf(variable);
  all['variables'] = () => Object.fromEntries(variables.map((variable) => [variable.name, valueOf(variable)]));
  return all;
}

function evaluated(
  name: string,
  compilation: ComposedVariable['compilation'],
  inputs: Inputs,
  budget: CelBudget,
): { readonly value: unknown } | { readonly error: CelError } {
  if (!compilation.program) {
    return { error: new CelError(`composited variable "${name}" fails to compile: ${compilation.detail}`) };
  }
  try {
    return { value: compilation.program.evaluate(inputs, budget) };
  } catch (error) {
    if (!(error instanceof CelError)) throw error;
    if (error.failure !== 'evaluation') return { error };
    return { error: new CelError(`composited variable "${name}" fails to evaluate: ${error.message}`) };
  }
}
