import { type FieldError, fieldError } from '#apimachinery';
import type { MatchCondition, MutatingAdmissionPolicySpec, ValidatingAdmissionPolicySpec } from '../generated/types.js';
import {
  compilePolicyExpression,
  composeVariables,
  type PolicyExpressionUse,
  type PolicyScope,
} from './policy-environment.js';

/** What does not compile, where there is something to compile: what is missing is said elsewhere. */
export function validateExpression(
  expression: string | undefined,
  use: PolicyExpressionUse,
  scope: PolicyScope,
  field: string,
): FieldError[] {
  if (!expression?.trim()) return [];
  const compilation = compilePolicyExpression(expression, use, scope);
  return compilation.program ? [] : [fieldError.invalid(field, expression, compilation.detail)];
}

export function validateConditionExpressions(
  conditions: readonly MatchCondition[] = [],
  scope: PolicyScope,
  field: string,
): FieldError[] {
  return conditions.flatMap(({ expression }, i) =>
    validateExpression(expression?.trim(), 'condition', scope, `${field}[${i}].expression`),
  );
}

/** Conditions and variables, which policies of both kinds have; with the scope of what comes after them. */
export function validateSharedExpressions(
  spec: ValidatingAdmissionPolicySpec | MutatingAdmissionPolicySpec,
  field: string,
): { readonly errors: FieldError[]; readonly scope: PolicyScope } {
  const scope: PolicyScope = { params: spec.paramKind !== undefined, authorizer: true };
  const errors = validateConditionExpressions(spec.matchConditions, scope, `${field}.matchConditions`);
  const { variables = [] } = spec;
  const { composed, compiled } = composeVariables(variables, scope);
  for (const [i, { compilation }] of compiled.entries()) {
    const expression = variables[i]?.expression;
    if (compilation.program || !expression?.trim()) continue;
    errors.push(fieldError.invalid(`${field}.variables[${i}].expression`, expression, compilation.detail));
  }
  return { errors, scope: { ...scope, composed } };
}

/** Models the compiler's part of validateValidatingAdmissionPolicySpec (1.36). */
export function validateValidationExpressions(spec: ValidatingAdmissionPolicySpec, field: string): FieldError[] {
  const { errors, scope } = validateSharedExpressions(spec, field);
  for (const [i, { expression, messageExpression }] of (spec.validations ?? []).entries()) {
    const at = `${field}.validations[${i}]`;
    errors.push(
      ...validateExpression(expression, 'condition', scope, `${at}.expression`),
      ...validateExpression(messageExpression, 'message', { ...scope, authorizer: false }, `${at}.messageExpression`),
    );
  }
  for (const [i, { valueExpression }] of (spec.auditAnnotations ?? []).entries()) {
    const at = `${field}.auditAnnotations[${i}].valueExpression`;
    errors.push(...validateExpression(valueExpression?.trim(), 'annotation', scope, at));
  }
  return errors;
}

/** Models the compiler's part of validateMutatingAdmissionPolicySpec (1.36). */
export function validateMutationExpressions(spec: MutatingAdmissionPolicySpec, field: string): FieldError[] {
  const { errors, scope: readOnly } = validateSharedExpressions(spec, field);
  const scope = { ...readOnly, mutation: true };
  for (const [i, { patchType, jsonPatch, applyConfiguration }] of (spec.mutations ?? []).entries()) {
    const at = `${field}.mutations[${i}]`;
    if (patchType === 'JSONPatch') {
      errors.push(...validateExpression(jsonPatch?.expression, 'patch', scope, `${at}.jsonPatch.expression`));
    } else if (patchType === 'ApplyConfiguration') {
      const { expression } = applyConfiguration ?? {};
      errors.push(...validateExpression(expression, 'configuration', scope, `${at}.applyConfiguration.expression`));
    }
  }
  return errors;
}
