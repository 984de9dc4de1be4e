import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkOneOf } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { ValidatingAdmissionPolicyBinding } from '../generated/types.js';
import { defaultMatchResources } from './defaults.js';
import { validateMatchResources, validateParamRef } from './match-validation.js';
import { paramRefText } from './param-text.js';
import { validatePolicyName } from './policy-validation.js';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const BOTH =
  'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';

/** Models ValidateValidatingAdmissionPolicyBinding (1.36), a slip in a field's name included. */
export const validatingAdmissionPolicyBindingKind = defineKind<ValidatingAdmissionPolicyBinding>({
  apiVersion: 'admissionregistration.k8s.io/v1',
  resource: 'validatingadmissionpolicybindings',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
  validate: ({ spec }) => [
    ...validatePolicyName(spec?.policyName, 'spec.policyName'),
    ...validateParamRef(spec?.paramRef, 'spec.paramRef'),
    ...validateMatchResources(spec?.matchResources, 'spec.matchResouces'),
    ...validateActions(spec?.validationActions ?? [], 'spec.validationActions'),
  ],
  table: tableOf<ValidatingAdmissionPolicyBinding>([column('PolicyName'), column('ParamRef')], ({ spec }) => [
    spec?.policyName ?? '',
    paramRefText(spec?.paramRef),
  ]),
});

function validateActions(actions: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, action] of actions.entries()) {
    checkOneOf(errors, `${field}[${i}]`, action, ACTIONS);
    if (actions.indexOf(action) < i) errors.push(fieldError.duplicate(`${field}[${i}]`, action));
  }
  if (actions.includes('Deny') && actions.includes('Warn')) errors.push(fieldError.invalid(field, actions, BOTH));
  if (actions.length === 0) errors.push(fieldError.required(field, 'at least one validation action is required'));
  return errors;
}
