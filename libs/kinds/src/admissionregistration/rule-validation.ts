import { type FieldError, fieldError } from '#apimachinery';
import { checkOneOf } from '../field-rules.js';
import type { NamedRuleWithOperations } from '../generated/types.js';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

/** Models validateRuleWithOperations of admissionregistration's validation (1.36). */
export function validateRule(rule: NamedRuleWithOperations, field: string): FieldError[] {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule;
  const errors: FieldError[] = [];
  checkAlone(errors, `${field}.operations`, operations, 'operations');
  for (const [i, operation] of operations.entries()) {
    checkOneOf(errors, `${field}.operations[${i}]`, operation, OPERATIONS);
  }
  checkAlone(errors, `${field}.apiGroups`, apiGroups, 'API groups');
  checkAlone(errors, `${field}.apiVersions`, apiVersions, 'API versions');
  for (const [i, version] of apiVersions.entries()) {
    if (version === '') errors.push(fieldError.required(`${field}.apiVersions[${i}]`));
  }
  errors.push(...validateResources(resources, `${field}.resources`));
  checkOneOf(errors, `${field}.scope`, scope, SCOPES);
  return errors;
}

/** At least one, and '*' only by itself. */
function checkAlone(errors: FieldError[], field: string, items: readonly string[], what: string): void {
  if (items.length === 0) errors.push(fieldError.required(field));
  if (items.length > 1 && items.includes('*')) {
    errors.push(fieldError.invalid(field, items, `if '*' is present, must not specify other ${what}`));
  }
}

function validateResources(resources: readonly string[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (resources.length === 0) errors.push(fieldError.required(field));
  const allPartsOf = new Set<string>();
  const partOfAll = new Set<string>();
  // As upstream has it: only the last resource without a part counts.
  let plain = false;
  for (const [i, pattern] of resources.entries()) {
    if (pattern === '') {
      errors.push(fieldError.required(`${field}[${i}]`));
      continue;
    }
    const slash = pattern.indexOf('/');
    if (slash === -1) {
      plain = pattern !== '*';
      continue;
    }
    const [resource, part] = [pattern.slice(0, slash), pattern.slice(slash + 1)];
    const covered = (by: string) =>
      errors.push(fieldError.invalid(`${field}[${i}]`, pattern, `if '${by}' is present, must not specify ${pattern}`));
    if (allPartsOf.has(resource)) covered(`${resource}/*`);
    if (partOfAll.has(part)) covered(`*/${part}`);
    if (part === '*') allPartsOf.add(resource);
    if (resource === '*') partOfAll.add(part);
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(fieldError.invalid(field, resources, "if '*/*' is present, must not specify other resources"));
  }
  if (resources.includes('*') && plain) {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.push(fieldError.invalid(field, resources, why));
  }
  return errors;
}
