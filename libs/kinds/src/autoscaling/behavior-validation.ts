import { type FieldError, fieldError, parseQuantity } from '#apimachinery';
import { checkOneOf } from '../field-rules.js';
import type { V2HorizontalPodAutoscalerBehavior, V2HPAScalingPolicy, V2HPAScalingRules } from '../generated/types.js';

const WINDOW_SECONDS_MAX = 3600;
const PERIOD_SECONDS_MAX = 1800;
const SELECT_POLICIES = ['Disabled', 'Max', 'Min'];
const POLICY_TYPES = ['Percent', 'Pods'];

/** Models validateBehavior (1.36). */
export function checkBehavior(
  errors: FieldError[],
  at: string,
  behavior: V2HorizontalPodAutoscalerBehavior | undefined,
): void {
  if (behavior?.scaleUp) checkRules(errors, `${at}.scaleUp`, behavior.scaleUp);
  if (behavior?.scaleDown) checkRules(errors, `${at}.scaleDown`, behavior.scaleDown);
}

function checkRules(errors: FieldError[], at: string, rules: V2HPAScalingRules): void {
  const { stabilizationWindowSeconds: seconds = 0, selectPolicy, policies = [], tolerance } = rules;
  const field = `${at}.stabilizationWindowSeconds`;
  if (seconds < 0) errors.push(fieldError.invalid(field, seconds, 'must be greater than or equal to zero'));
  if (seconds > WINDOW_SECONDS_MAX) {
    errors.push(fieldError.invalid(field, seconds, `must be less than or equal to ${WINDOW_SECONDS_MAX}`));
  }
  checkOneOf(errors, `${at}.selectPolicy`, selectPolicy, SELECT_POLICIES);
  if (policies.length === 0) errors.push(fieldError.required(`${at}.policies`, 'must specify at least one Policy'));
  for (const [i, policy] of policies.entries()) checkPolicy(errors, `${at}.policies[${i}]`, policy);
  if (tolerance !== undefined && parseQuantity(tolerance).sign() < 0) {
    const why = 'must be greater than or equal to 0';
    errors.push(fieldError.invalid(`${at}.tolerance`, parseQuantity(tolerance).toString(), why));
  }
}

function checkPolicy(errors: FieldError[], at: string, policy: Partial<V2HPAScalingPolicy>): void {
  const { type = '', value = 0, periodSeconds = 0 } = policy;
  checkOneOf(errors, `${at}.type`, type, POLICY_TYPES);
  if (value <= 0) errors.push(fieldError.invalid(`${at}.value`, value, 'must be greater than zero'));
  const field = `${at}.periodSeconds`;
  if (periodSeconds <= 0) errors.push(fieldError.invalid(field, periodSeconds, 'must be greater than zero'));
  if (periodSeconds > PERIOD_SECONDS_MAX) {
    errors.push(fieldError.invalid(field, periodSeconds, `must be less than or equal to ${PERIOD_SECONDS_MAX}`));
  }
}
