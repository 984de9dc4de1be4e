import { type KubeObject, Quantity } from '#apimachinery';
import type { ResourceQuota } from '#kinds';
import { addInto, type Amounts, amountsOf, masked } from './amounts.js';
import { isInScope, type QuotaEvaluator } from './evaluator.js';

/**
 * What is used of a quota's spec.hard by the objects that there are. `list` gives those of one resource in the quota's
 * namespace. Models quota.CalculateUsage (1.36).
 */
export function usageOf(
  quota: ResourceQuota,
  evaluators: Iterable<QuotaEvaluator>,
  list: (evaluator: QuotaEvaluator) => readonly KubeObject[],
  nowMs: number,
): Amounts {
  const hard = new Set(amountsOf(quota.spec?.hard).keys());
  const used = new Map<string, Quantity>([...hard].map((name) => [name, Quantity.ZERO]));
  for (const evaluator of evaluators) {
    const names = new Set(evaluator.matching([...hard]));
    if (names.size === 0) continue;
    for (const object of list(evaluator)) {
      if (isInScope(evaluator, quota, object)) addInto(used, masked(evaluator.usage(object, nowMs), names));
    }
  }
  return used;
}
