import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { checkOneOf } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { MutatingAdmissionPolicy, Mutation } from '../generated/types.js';
import { defaultMatchResources } from './defaults.js';
import { validateMutationExpressions } from './expression-validation.js';
import { validateMutable } from './match-validation.js';
import { paramKindText } from './param-text.js';
import { validatePolicySpec } from './policy-validation.js';

const PATCH_TYPES = ['ApplyConfiguration', 'JSONPatch'];
const REINVOCATION_POLICIES = ['Never', 'IfNeeded'];

/** Models ValidateMutatingAdmissionPolicy (1.36); the versions differ in name only. */
export const mutatingAdmissionPolicyRules: Omit<KindSource<MutatingAdmissionPolicy>, 'apiVersion'> = {
  resource: 'mutatingadmissionpolicies',
  generation: true,
  unconditionalUpdate: false,
  applyDefaults({ spec }) {
    if (!spec) return;
    spec.failurePolicy ??= 'Fail';
    defaultMatchResources(spec.matchConstraints);
  },
  validate({ spec = {} }) {
    const errors = validatePolicySpec(spec, 'spec');
    errors.push(...validateMutable(spec.matchConstraints, 'spec.matchConstraints'));
    const { mutations = [], reinvocationPolicy } = spec;
    if (mutations.length === 0) {
      errors.push(fieldError.required('spec.mutations', 'mutations must contain at least one item'));
    }
    for (const [i, mutation] of mutations.entries()) errors.push(...validateMutation(mutation, `spec.mutations[${i}]`));
    if (!reinvocationPolicy) errors.push(fieldError.required('spec.reinvocationPolicy'));
    else checkOneOf(errors, 'spec.reinvocationPolicy', reinvocationPolicy, REINVOCATION_POLICIES);
    errors.push(...validateMutationExpressions(spec, 'spec'));
    return errors;
  },
  table: tableOf<MutatingAdmissionPolicy>([column('Mutations', 'integer'), column('ParamKind')], ({ spec }) => [
    spec?.mutations?.length ?? 0,
    paramKindText(spec?.paramKind),
  ]),
};

function validateMutation({ patchType, applyConfiguration, jsonPatch }: Mutation, field: string): FieldError[] {
  if (!patchType) return [fieldError.required(`${field}.patchType`)];
  const errors: FieldError[] = [];
  checkOneOf(errors, `${field}.patchType`, patchType, PATCH_TYPES);
  if (errors.length > 0) return errors;
  const members = { applyConfiguration, jsonPatch };
  const wanted = patchType === 'JSONPatch' ? 'jsonPatch' : 'applyConfiguration';
  for (const [name, member] of Object.entries(members)) {
    const at = `${field}.${name}`;
    if (name !== wanted) {
      const why = `must not be specified when patchType is ${patchType}`;
      if (member) errors.push(fieldError.invalid(at, `{${name}}`, why));
    } else if (!member) errors.push(fieldError.required(at, `must be specified when patchType is ${patchType}`));
    else if (!member.expression?.trim())
      errors.push(fieldError.required(`${at}.expression`, 'expression is not specified'));
  }
  return errors;
}
