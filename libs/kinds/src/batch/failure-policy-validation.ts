import { type FieldError, fieldError, qualifiedName } from '#apimachinery';
import type { JobSpec, PodFailurePolicyOnExitCodesRequirement, PodFailurePolicyRule } from '../generated/types.js';

const RULES_MAX = 20;
const VALUES_MAX = 255;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** Models validatePodFailurePolicy (1.36). */
export function checkFailurePolicy(errors: FieldError[], at: string, spec: JobSpec): void {
  const rules = spec.podFailurePolicy?.rules ?? [];
  if (rules.length > RULES_MAX) errors.push(fieldError.tooMany(`${at}.rules`, rules.length, RULES_MAX));
  const pod = spec.template?.spec;
  const names = new Set([...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].map(({ name }) => name));
  for (const [i, rule] of rules.entries()) checkRule(errors, `${at}.rules[${i}]`, rule, names, spec);
}

function checkRule(
  errors: FieldError[],
  at: string,
  { action, onExitCodes, onPodConditions = [] }: PodFailurePolicyRule,
  names: ReadonlySet<string>,
  { backoffLimitPerIndex }: JobSpec,
): void {
  if (action === 'FailIndex' && backoffLimitPerIndex === undefined) {
    errors.push(fieldError.invalid(`${at}.action`, action, 'requires the backoffLimitPerIndex to be set'));
  }
  checkWord(errors, `${at}.action`, action, ACTIONS);
  if (onExitCodes) checkExitCodes(errors, `${at}.onExitCodes`, onExitCodes, names);
  if (onPodConditions.length > RULES_MAX) {
    errors.push(fieldError.tooMany(`${at}.onPodConditions`, onPodConditions.length, RULES_MAX));
  }
  for (const [i, { type, status }] of onPodConditions.entries()) {
    const path = `${at}.onPodConditions[${i}]`;
    for (const why of qualifiedName(type ?? '')) errors.push(fieldError.invalid(`${path}.type`, type ?? '', why));
    checkWord(errors, `${path}.status`, status, STATUSES);
  }
  const hasConditions = onPodConditions.length > 0;
  if (onExitCodes && hasConditions) {
    const why = 'specifying both OnExitCodes and OnPodConditions is not supported';
    errors.push(fieldError.invalidOmitted(at, why));
  } else if (!onExitCodes && !hasConditions) {
    errors.push(fieldError.invalidOmitted(at, 'specifying one of OnExitCodes and OnPodConditions is required'));
  }
}

function checkWord(errors: FieldError[], at: string, word: string | undefined, all: readonly string[]): void {
  if (!word) {
    const known = all.map((one) => JSON.stringify(one)).join(', ');
    errors.push(fieldError.required(at, `valid values: ${known}`));
  } else if (!all.includes(word)) errors.push(fieldError.notSupported(at, word, all));
}

function checkExitCodes(
  errors: FieldError[],
  at: string,
  { containerName, operator, values = [] }: PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
): void {
  checkWord(errors, `${at}.operator`, operator, OPERATORS);
  if (containerName !== undefined && !names.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template';
    errors.push(fieldError.invalid(`${at}.containerName`, containerName, why));
  }
  const list = `${at}.values`;
  if (values.length === 0) errors.push(fieldError.invalid(list, values, 'at least one value is required'));
  else if (values.length > VALUES_MAX) errors.push(fieldError.tooMany(list, values.length, VALUES_MAX));
  const seen = new Set<number>();
  let isOrdered = true;
  for (const [i, value] of values.entries()) {
    if (operator === 'In' && value === 0) {
      errors.push(fieldError.invalid(`${list}[${i}]`, value, 'must not be 0 for the In operator'));
    }
    if (seen.has(value)) errors.push(fieldError.duplicate(`${list}[${i}]`, value));
    seen.add(value);
    if (i > 0 && values[i - 1]! > value) isOrdered = false;
  }
  if (!isOrdered) errors.push(fieldError.invalid(list, values, 'must be ordered'));
}
