import { dns1123Label, type FieldError, fieldError, parseQuantity, type Quantity } from '#apimachinery';
import { checkForm } from '../../field-rules.js';
import type { CoreV1ResourceClaim, PodSpec, ResourceRequirements } from '../../generated/types.js';
import { checkHugePages, checkQuantity } from '../quantity-rules.js';
import { checkContainerResourceName, isHugePages, mayOvercommit } from '../resource-names.js';
import { aggregate, isPodResource } from './pod-resources.js';

type NameRule = (errors: FieldError[], field: string, name: string) => void;
type List = Readonly<Record<string, string>>;

function checkList(errors: FieldError[], field: string, list: List, checkName: NameRule): Map<string, Quantity> {
  const parsed = new Map<string, Quantity>();
  for (const name of Object.keys(list)) {
    const path = `${field}[${name}]`;
    checkName(errors, path, name);
    const quantity = parseQuantity(list[name]!);
    parsed.set(name, quantity);
    checkQuantity(errors, path, name, quantity);
    checkHugePages(errors, path, name, quantity);
  }
  return parsed;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Models ValidateContainerResourceRequirements (1.36). */
export function checkResources(
  errors: FieldError[],
  field: string,
  resources: ResourceRequirements | undefined,
  claimNames: ReadonlySet<string> = NO_NAMES,
  checkName: NameRule = checkContainerResourceName,
): void {
  if (resources?.claims) checkClaims(errors, `${field}.claims`, resources.claims, claimNames);
  if (!resources?.limits && !resources?.requests) return;
  const limits = checkList(errors, `${field}.limits`, resources.limits ?? {}, checkName);
  const requests = checkList(errors, `${field}.requests`, resources.requests ?? {}, checkName);
  for (const [name, request] of requests) {
    const limit = limits.get(name);
    if (!limit) {
      if (!mayOvercommit(name)) {
        errors.push(fieldError.required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
      }
      continue;
    }
    const order = request.cmp(limit);
    if (order !== 0 && !mayOvercommit(name)) {
      const why = `must be equal to ${name} limit of ${limit.toString()}`;
      errors.push(fieldError.invalid(`${field}.requests`, request.toString(), why));
    } else if (order > 0) {
      const why = `must be less than or equal to ${name} limit of ${limit.toString()}`;
      errors.push(fieldError.invalid(`${field}.requests`, request.toString(), why));
    }
  }
  const names = [...limits.keys(), ...requests.keys()];
  if (names.some(isHugePages) && !names.includes('cpu') && !names.includes('memory')) {
    errors.push(fieldError.forbidden(field, 'HugePages require cpu or memory'));
  }
}

/** Models validateResourceClaimNames (1.36): a claim as a whole, or some of its requests, each once. */
function checkClaims(
  errors: FieldError[],
  field: string,
  claims: readonly CoreV1ResourceClaim[],
  claimNames: ReadonlySet<string>,
): void {
  const seen = new Set<string>();
  for (const [i, { name, request }] of claims.entries()) {
    const at = `${field}[${i}]`;
    if (!name) {
      errors.push(fieldError.required(at));
      continue;
    }
    if (seen.has(name)) errors.push(fieldError.duplicate(at, name));
    else {
      checkForm(errors, `${at}.request`, request, dns1123Label);
      const key = request ? `${name}/${request}` : name;
      const overlaps = !request && [...seen].some((one) => one.startsWith(`${name}/`));
      if (seen.has(key) || overlaps) errors.push(fieldError.duplicate(at, key));
      seen.add(key);
    }
    if (!claimNames.has(name)) {
      const known = claimNames.size === 0 ? ' which is empty' : `: ${[...claimNames].toSorted().join(', ')}`;
      const missing = fieldError.notFound(at, name);
      errors.push({
        ...missing,
        detail: `${missing.detail}: must be one of the names in pod.spec.resourceClaims${known}`,
      });
    }
  }
}

const POD_LEVEL = ['cpu', 'hugepages-', 'memory'];

function checkPodResourceName(errors: FieldError[], field: string, name: string): void {
  if (!isPodResource(name)) errors.push(fieldError.notSupported(field, name, POD_LEVEL));
}

/** What the pod as a whole may use. Models validatePodResources (1.36). */
export function checkPodResources(errors: FieldError[], field: string, spec: PodSpec): void {
  const { resources } = spec;
  if (!resources) return;
  if (spec.os?.name === 'windows') {
    errors.push(fieldError.forbidden(field, 'may not be set for a windows pod'));
    return;
  }
  if (resources.claims) {
    errors.push(fieldError.forbidden(`${field}.claims`, 'claims may not be set for Resources at pod-level'));
  }
  const { claims: _claims, ...own } = resources;
  checkResources(errors, field, own, NO_NAMES, checkPodResourceName);
  checkPodCovers(errors, field, spec, own);
}

/** A pod's own amounts hold what its containers are given. Models validatePodResourceConsistency (1.36). */
function checkPodCovers(
  errors: FieldError[],
  field: string,
  spec: PodSpec,
  { requests = {}, limits = {} }: ResourceRequirements,
): void {
  for (const [list, amounts] of [
    ['requests', requests],
    ['limits', limits],
  ] as const) {
    for (const [name, sum] of aggregate(spec, list)) {
      if (!Object.hasOwn(amounts, name) || (list === 'limits' && !isHugePages(name))) continue;
      const amount = parseQuantity(amounts[name]!);
      if (sum.cmp(amount) <= 0) continue;
      const why = `must be greater than or equal to aggregate container ${list} of ${sum.toString()}`;
      errors.push(fieldError.invalid(`${field}.${list}[${name}]`, amount.toString(), why));
    }
  }
  for (const [i, container] of (spec.containers ?? []).entries()) {
    for (const [name, text] of Object.entries(container.resources?.limits ?? {})) {
      if (!Object.hasOwn(limits, name)) continue;
      const [limit, podLimit] = [parseQuantity(text), parseQuantity(limits[name]!)];
      if (limit.cmp(podLimit) <= 0) continue;
      const why = `must be less than or equal to pod limits of ${podLimit.toString()}`;
      errors.push(fieldError.invalid(`${field}.containers[${i}][${name}].limits`, limit.toString(), why));
    }
  }
}
