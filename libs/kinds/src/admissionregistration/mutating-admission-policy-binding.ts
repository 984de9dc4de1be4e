import { column } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { tableOf } from '../generic-columns.js';
import type { MutatingAdmissionPolicyBinding } from '../generated/types.js';
import { defaultMatchResources } from './defaults.js';
import { validateMatchResources, validateMutable, validateParamRef } from './match-validation.js';
import { paramRefText } from './param-text.js';
import { validatePolicyName } from './policy-validation.js';

/** Models ValidateMutatingAdmissionPolicyBinding (1.36); the versions differ in name only. */
export const mutatingAdmissionPolicyBindingRules: Omit<KindSource<MutatingAdmissionPolicyBinding>, 'apiVersion'> = {
  resource: 'mutatingadmissionpolicybindings',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults: ({ spec }) => defaultMatchResources(spec?.matchResources),
  validate: ({ spec }) => [
    ...validatePolicyName(spec?.policyName, 'spec.policyName'),
    ...validateParamRef(spec?.paramRef, 'spec.paramRef'),
    ...validateMatchResources(spec?.matchResources, 'spec.matchResources'),
    ...validateMutable(spec?.matchResources, 'spec.matchResources'),
  ],
  table: tableOf<MutatingAdmissionPolicyBinding>([column('PolicyName'), column('ParamRef')], ({ spec }) => [
    spec?.policyName ?? '',
    paramRefText(spec?.paramRef),
  ]),
};
