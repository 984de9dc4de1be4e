import type { CelType } from '../typing/cel-type.js';
import type { CostRange, SizeOf } from '../program.js';
import type { Expression } from '../syntax/expression.js';

/** Placeholder until sizes are followed: nothing is known to be bounded. */
export function estimatedCost(
  _expression: Expression,
  _variables: Readonly<Record<string, CelType>>,
  _sizes?: SizeOf,
): CostRange {
  return { min: 0, max: Number.POSITIVE_INFINITY };
}
