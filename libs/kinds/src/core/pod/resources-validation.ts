import { type FieldError, fieldError, parseQuantity, type Quantity, qualifiedName } from '#apimachinery';
import type { ResourceRequirements } from '../../generated/types.js';

const CONTAINER_RESOURCES = ['cpu', 'memory', 'ephemeral-storage'];
const HUGEPAGES = 'hugepages-';

const isStandard = (name: string) => CONTAINER_RESOURCES.includes(name) || name.startsWith(HUGEPAGES);
/** More may be asked for in sum than there is: everything but huge pages and extended resources. */
const mayOvercommit = (name: string) => !name.includes('/') && !name.startsWith(HUGEPAGES);
/** Counted in whole pieces. */
const isExtended = (name: string) => name.includes('/') && !name.includes('kubernetes.io/');

function checkName(errors: FieldError[], field: string, name: string): void {
  const wrong = qualifiedName(name);
  for (const why of wrong) errors.push(fieldError.invalid(field, name, why));
  if (wrong.length > 0) return;
  if (!name.includes('/') && !isStandard(name)) {
    errors.push(fieldError.invalid(field, name, 'must be a standard resource type or fully qualified'));
    errors.push(fieldError.invalid(field, name, 'must be a standard resource for containers'));
  }
}

function checkList(errors: FieldError[], field: string, list: Readonly<Record<string, string>>): Map<string, Quantity> {
  const parsed = new Map<string, Quantity>();
  for (const [name, text] of Object.entries(list)) {
    const path = `${field}[${name}]`;
    checkName(errors, field, name);
    const quantity = parseQuantity(text);
    parsed.set(name, quantity);
    if (quantity.milliValue() < 0n) errors.push(fieldError.invalid(path, text, 'must be greater than or equal to 0'));
    if (isExtended(name) && quantity.milliValue() % 1000n !== 0n) {
      errors.push(fieldError.invalid(path, text, 'must be an integer'));
    }
  }
  return parsed;
}

/** Models ValidateContainerResourceRequirements (1.36). */
export function checkResources(errors: FieldError[], field: string, resources: ResourceRequirements | undefined): void {
  if (!resources?.limits && !resources?.requests) return;
  const limits = checkList(errors, `${field}.limits`, resources.limits ?? {});
  const requests = checkList(errors, `${field}.requests`, resources.requests ?? {});
  for (const [name, limit] of limits) {
    const request = requests.get(name);
    if (!request) continue;
    const order = request.cmp(limit);
    const text = resources.requests![name];
    if (order !== 0 && !mayOvercommit(name)) {
      errors.push(
        fieldError.invalid(`${field}.requests`, text, `must be equal to ${name} limit of ${limit.toString()}`),
      );
    } else if (order > 0) {
      const why = `must be less than or equal to ${name} limit of ${limit.toString()}`;
      errors.push(fieldError.invalid(`${field}.requests`, text, why));
    }
  }
  for (const name of requests.keys()) {
    if (!limits.has(name) && !mayOvercommit(name)) {
      errors.push(fieldError.required(`${field}.limits`, 'Limit must be set for non overcommitable resources'));
    }
  }
}
