import { type FieldError, fieldError } from '#apimachinery';
import type { Container } from '../../generated/types.js';

const POLICIES = ['Always', 'Never', 'OnFailure'];
const ACTIONS = ['Restart', 'RestartAllContainers'];
const OPERATORS = ['In', 'NotIn'];
const RULES_MAX = 20;
const VALUES_MAX = 255;

/** A container's own rule for restarts. Models validateContainerRestartPolicy (1.36). */
export function checkRestartRules(
  errors: FieldError[],
  at: string,
  { restartPolicy, restartPolicyRules: rules = [] }: Container,
): void {
  if (restartPolicy === undefined) {
    if (rules.length > 0) {
      const why = 'must specify restartPolicy when restart rules are used';
      errors.push(fieldError.required(`${at}.restartPolicy`, why));
    }
    return;
  }
  if (!POLICIES.includes(restartPolicy)) {
    errors.push(fieldError.notSupported(`${at}.restartPolicy`, restartPolicy, POLICIES));
  }
  const list = `${at}.restartPolicyRules`;
  if (rules.length > RULES_MAX) errors.push(fieldError.tooMany(list, rules.length, RULES_MAX));
  for (const [i, { action, exitCodes }] of rules.entries()) {
    const rule = `${list}[${i}]`;
    if (!ACTIONS.includes(action)) errors.push(fieldError.notSupported(`${rule}.action`, action ?? '', ACTIONS));
    if (!exitCodes) {
      errors.push(fieldError.required(`${rule}.exitCodes`, 'must be specified'));
      continue;
    }
    const { operator, values = [] } = exitCodes;
    if (!OPERATORS.includes(operator)) {
      errors.push(fieldError.notSupported(`${rule}.exitCodes.operator`, operator ?? '', OPERATORS));
    }
    if (values.length > VALUES_MAX) {
      errors.push(fieldError.tooMany(`${rule}.exitCodes.values`, values.length, VALUES_MAX));
    }
  }
}
