import {
  dns1035Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  parseApiVersion,
  qualifiedName,
  validateLabelSelector,
} from '#apimachinery';
import { checkForm, checkOneOf } from '../field-rules.js';
import type {
  MatchCondition,
  MatchResources,
  NamedRuleWithOperations,
  ParamKind,
  ParamRef,
} from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { validateRule } from './rule-validation.js';

export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];
const CONDITIONS_MAX = 64;
const NOT_FOUND_ACTIONS = ['Deny', 'Allow'];
const MUTABLE_OPERATIONS = ['*', 'CONNECT', 'CREATE', 'UPDATE'];

/** Names and counts; what the expressions say is checked where their variables are known. Models validateMatchConditions (1.36). */
export function validateMatchConditions(conditions: readonly MatchCondition[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (conditions.length > CONDITIONS_MAX) errors.push(fieldError.tooMany(field, conditions.length, CONDITIONS_MAX));
  const names = new Set<string>();
  for (const [i, { name, expression }] of conditions.entries()) {
    if (!expression?.trim()) errors.push(fieldError.required(`${field}[${i}].expression`));
    if (!name) errors.push(fieldError.required(`${field}[${i}].name`));
    else if (names.has(name)) errors.push(fieldError.duplicate(`${field}[${i}].name`, name));
    checkForm(errors, `${field}[${i}].name`, name, qualifiedName);
    names.add(name);
  }
  return errors;
}

/** Models validateMatchResources (1.36). */
export function validateMatchResources(match: MatchResources | undefined, field: string): FieldError[] {
  if (!match) return [];
  const errors: FieldError[] = [];
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  if (matchPolicy === undefined) errors.push(fieldError.required(`${field}.matchPolicy`));
  checkOneOf(errors, `${field}.matchPolicy`, matchPolicy, MATCH_POLICIES);
  for (const [name, selector] of Object.entries({ namespaceSelector, objectSelector })) {
    if (!selector) errors.push(fieldError.required(`${field}.${name}`));
    errors.push(...validateLabelSelector(selector, `${field}.${name}`));
  }
  errors.push(...validateNamedRules(resourceRules, `${field}.resourceRules`));
  errors.push(...validateNamedRules(excludeResourceRules, `${field}.excludeResourceRules`));
  return errors;
}

/** What is deleted cannot be changed. */
export function validateMutable(match: MatchResources | undefined, field: string): FieldError[] {
  const operations = (match?.resourceRules ?? []).flatMap((rule) => rule.operations ?? []);
  return operations
    .filter((operation) => !MUTABLE_OPERATIONS.includes(operation))
    .map((operation) => fieldError.notSupported(`${field}.resourceRules.operations`, operation, MUTABLE_OPERATIONS));
}

function validateNamedRules(rules: readonly NamedRuleWithOperations[], field: string): FieldError[] {
  return rules.flatMap((rule, i) => {
    const errors: FieldError[] = [];
    const names = new Set<string>();
    for (const [j, name] of (rule.resourceNames ?? []).entries()) {
      const at = `${field}[${i}].resourceNames[${j}]`;
      for (const why of pathSegmentName(name)) errors.push(fieldError.invalid(at, name, why));
      if (names.has(name)) errors.push(fieldError.duplicate(at, name));
      names.add(name);
    }
    return [...errors, ...validateRule(rule, `${field}[${i}]`)];
  });
}

/** Models validateParamKind (1.36). */
export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (apiVersion === '') errors.push(fieldError.required(`${field}.apiVersion`));
  else if (apiVersion.split('/').length > 2) {
    errors.push(fieldError.invalid(`${field}.apiVersion`, apiVersion, `unexpected GroupVersion string: ${apiVersion}`));
  } else {
    const { group, version } = parseApiVersion(apiVersion) ?? { group: apiVersion.split('/', 1)[0]!, version: '' };
    const joined = (value: string, wrong: readonly string[]) =>
      wrong.length > 0 && errors.push(fieldError.invalid(`${field}.apiVersion`, value, wrong.join(',')));
    if (group !== '') joined(group, dns1123Subdomain(group));
    if (version === '') errors.push(fieldError.invalid(`${field}.apiVersion`, apiVersion, 'version must be specified'));
    else joined(version, dns1035Label(version));
  }
  if (kind === '') errors.push(fieldError.required(`${field}.kind`));
  else {
    const wrong = dns1035Label(kind.toLowerCase());
    if (wrong.length > 0) {
      const why = `may have mixed case, but should otherwise match: ${wrong.join(',')}`;
      errors.push(fieldError.invalid(`${field}.kind`, kind, why));
    }
  }
  return errors;
}

/** Models validateParamRef (1.36). */
export function validateParamRef(ref: ParamRef | undefined, field: string): FieldError[] {
  if (!ref) return [];
  const { name = '', selector, parameterNotFoundAction: action } = ref;
  const errors: FieldError[] = [];
  for (const why of name === '' ? [] : pathSegmentName(name))
    errors.push(fieldError.invalid(`${field}.name`, name, why));
  const both = name !== '' && selector !== undefined;
  if (both) errors.push(fieldError.forbidden(`${field}.name`, 'name and selector are mutually exclusive'));
  errors.push(...validateLabelSelector(selector, `${field}.selector`));
  if (both) errors.push(fieldError.forbidden(`${field}.selector`, 'name and selector are mutually exclusive'));
  if (name === '' && !selector) errors.push(fieldError.required(field, 'one of name or selector must be specified'));
  if (!action) errors.push(fieldError.required(`${field}.parameterNotFoundAction`));
  else checkOneOf(errors, `${field}.parameterNotFoundAction`, action, NOT_FOUND_ACTIONS);
  return errors;
}
