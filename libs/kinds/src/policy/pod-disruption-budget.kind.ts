import { type FieldError, fieldError, validateLabelSelector } from '#apimachinery';
import { checkAmount, checkNotMoreThanAll } from '../apps/rollout-rules.js';
import { column } from '../columns.js';
import { checkConditions } from '../condition-rules.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, checkOneOf } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { PodDisruptionBudget, PodDisruptionBudgetSpec } from '../generated/types.js';

const EVICTION_POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];
const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;

/** Go writes these numbers, however new the budget. */
const emptyStatus = () => ({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 });

/** Models pkg/registry/policy/poddisruptionbudget (1.36). */
export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>({
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  generation: true,
  table: tableOf<PodDisruptionBudget>(
    [column('Min Available'), column('Max Unavailable'), column('Allowed Disruptions', 'integer')],
    ({ spec, status }) => [
      String(spec?.minAvailable ?? 'N/A'),
      String(spec?.maxUnavailable ?? 'N/A'),
      status?.disruptionsAllowed ?? 0,
    ],
  ),
  prepareForCreate(budget) {
    budget.status = emptyStatus();
  },
  validate: ({ spec = {} }) => budgetErrors(spec),
  validateStatusUpdate({ status }) {
    const errors: FieldError[] = [];
    checkConditions(errors, 'status.conditions', status?.conditions);
    for (const name of COUNTS) checkNonNegative(errors, `status.${name}`, status?.[name]);
    return errors;
  },
});

/** Models ValidatePodDisruptionBudgetSpec (1.36). */
function budgetErrors(spec: PodDisruptionBudgetSpec): FieldError[] {
  const errors: FieldError[] = [];
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = spec;
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    errors.push(fieldError.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set'));
  }
  for (const name of ['minAvailable', 'maxUnavailable'] as const) {
    checkAmount(errors, `spec.${name}`, spec[name]);
    checkNotMoreThanAll(errors, `spec.${name}`, spec[name]);
  }
  errors.push(...validateLabelSelector(selector, 'spec.selector'));
  checkOneOf(errors, 'spec.unhealthyPodEvictionPolicy', unhealthyPodEvictionPolicy, EVICTION_POLICIES);
  return errors;
}
