import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkName, checkOneOf } from '../field-rules.js';
import type {
  MutatingAdmissionPolicySpec,
  ParamKind,
  ValidatingAdmissionPolicySpec,
  Variable,
} from '../generated/types.js';
import {
  FAILURE_POLICIES,
  validateMatchConditions,
  validateMatchResources,
  validateParamKind,
} from './match-validation.js';

const IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
/** Words that CEL keeps for itself. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

/** What policies of both kinds have in common, apart from their expressions. */
export function validatePolicySpec(
  spec: ValidatingAdmissionPolicySpec | MutatingAdmissionPolicySpec,
  field: string,
): FieldError[] {
  const { failurePolicy, paramKind, matchConstraints, matchConditions = [], variables = [] } = spec;
  const errors: FieldError[] = [];
  if (failurePolicy === undefined) errors.push(fieldError.required(`${field}.failurePolicy`));
  checkOneOf(errors, `${field}.failurePolicy`, failurePolicy, FAILURE_POLICIES);
  if (paramKind) errors.push(...validateParamKind(paramKind as ParamKind, `${field}.paramKind`));
  if (!matchConstraints) errors.push(fieldError.required(`${field}.matchConstraints`));
  else {
    errors.push(...validateMatchResources(matchConstraints, `${field}.matchConstraints`));
    if (!matchConstraints.resourceRules?.length) {
      errors.push(fieldError.required(`${field}.matchConstraints.resourceRules`));
    }
  }
  errors.push(...validateMatchConditions(matchConditions, `${field}.matchConditions`));
  for (const [i, variable] of variables.entries())
    errors.push(...validateVariable(variable, `${field}.variables[${i}]`));
  return errors;
}

function validateVariable({ name, expression }: Variable, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!name?.trim()) errors.push(fieldError.required(`${field}.name`, 'name is not specified'));
  else if (!IDENTIFIER.test(name) || RESERVED.has(name)) {
    errors.push(fieldError.invalid(`${field}.name`, name, 'name is not a valid CEL identifier'));
  }
  if (!expression?.trim()) errors.push(fieldError.required(`${field}.expression`, 'expression is not specified'));
  return errors;
}

export function validatePolicyName(name: string | undefined, field: string): FieldError[] {
  const errors: FieldError[] = [];
  checkName(errors, field, name, dns1123Subdomain);
  return errors;
}
