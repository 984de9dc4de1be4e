import { type FieldError, fieldError, parseQuantity } from '#apimachinery';
import type { ResourceQuotaSpec } from '../generated/types.js';
import { checkQuantity } from './quantity-rules.js';
import { checkResourceName, isStandardQuotaResource } from './resource-names.js';

/** Models ValidateResourceQuotaResourceName and the quantities beside it (1.36). */
export function checkQuotaList(
  errors: FieldError[],
  field: string,
  list: Readonly<Record<string, string>> | undefined,
): void {
  for (const name in list) {
    const at = `${field}[${name}]`;
    checkResourceName(errors, at, name);
    if (!name.includes('/') && !isStandardQuotaResource(name)) {
      errors.push(fieldError.invalid(at, name, 'must be a standard resource for quota'));
    }
    checkQuantity(errors, at, name, parseQuantity(list[name]!));
  }
}

const POD_COMPUTE = new Set([
  ...['cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory', 'pods'],
  ...['limits.ephemeral-storage', 'requests.ephemeral-storage', 'ephemeral-storage'],
]);
const SCOPES = new Set([
  ...['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass'],
  ...['CrossNamespacePodAffinity', 'VolumeAttributesClass'],
]);

/** Models IsResourceQuotaScopeValidForResource (1.36). */
function isScopeOf(scope: string, resource: string): boolean {
  switch (scope) {
    case 'BestEffort':
      return resource === 'pods';
    case 'VolumeAttributesClass':
      return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
    case 'Terminating':
    case 'NotTerminating':
    case 'NotBestEffort':
    case 'PriorityClass':
    case 'CrossNamespacePodAffinity':
      return POD_COMPUTE.has(resource);
    default:
      return true;
  }
}

function checkScope(errors: FieldError[], field: string, scope: string, value: unknown, spec: ResourceQuotaSpec): void {
  for (const resource of Object.keys(spec.hard ?? {}).toSorted()) {
    if (isStandardQuotaResource(resource) && !isScopeOf(scope, resource)) {
      errors.push(fieldError.invalid(field, value, 'unsupported scope applied to resource'));
    }
  }
}

const CONFLICTS = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
] as const;

function checkConflicts(errors: FieldError[], field: string, scopes: readonly string[], value: unknown): void {
  for (const [one, other] of CONFLICTS) {
    if (scopes.includes(one) && scopes.includes(other)) {
      errors.push(fieldError.invalid(field, value, 'conflicting scopes'));
    }
  }
}

/** Models validateResourceQuotaScopes (1.36). */
export function checkScopes(errors: FieldError[], spec: ResourceQuotaSpec): void {
  const { scopes = [] } = spec;
  const field = 'spec.scopes';
  for (const scope of scopes) {
    if (!SCOPES.has(scope)) errors.push(fieldError.invalid(field, scopes, 'unsupported scope'));
    checkScope(errors, field, scope, scopes, spec);
  }
  checkConflicts(errors, field, scopes, scopes);
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

/** Models validateScopedResourceSelectorRequirement (1.36), which leaves the index out of its paths. */
export function checkScopeSelector(errors: FieldError[], spec: ResourceQuotaSpec): void {
  const at = 'spec.scopeSelector.matchExpressions';
  const terms = spec.scopeSelector?.matchExpressions ?? [];
  for (const { scopeName, operator, values = [] } of terms) {
    if (!SCOPES.has(scopeName)) errors.push(fieldError.invalid(`${at}.scopeName`, scopeName, 'unsupported scope'));
    checkScope(errors, at, scopeName, spec.scopeSelector, spec);
    const takesValues = scopeName === 'PriorityClass' || scopeName === 'VolumeAttributesClass';
    if (SCOPES.has(scopeName) && !takesValues && operator !== 'Exists') {
      errors.push(fieldError.invalid(`${at}.operator`, operator, EXISTS_ONLY));
    }
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
        errors.push(fieldError.required(`${at}.values`, why));
      }
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
        errors.push(fieldError.invalid(`${at}.values`, values, why));
      }
    } else errors.push(fieldError.invalid(`${at}.operator`, operator, 'not a valid selector operator'));
  }
  checkConflicts(
    errors,
    at,
    terms.map(({ scopeName }) => scopeName),
    spec.scopes ?? null,
  );
}
