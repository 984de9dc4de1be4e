import { type FieldError, fieldError, qualifiedName } from '#apimachinery';

/** What names of resources (cpu, hugepages-2Mi, example.com/gpu) may be. Models pkg/apis/core/helper (1.36). */

const HUGEPAGES = 'hugepages-';
const CONTAINER = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Counted objects in quotas. */
const COUNTED = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'services.nodeports',
  'services.loadbalancers',
];
const QUOTA = new Set([
  ...CONTAINER,
  ...['requests.cpu', 'requests.memory', 'requests.ephemeral-storage', 'requests.storage'],
  ...['limits.cpu', 'limits.memory', 'limits.ephemeral-storage'],
  ...COUNTED,
]);
const STANDARD = new Set([...QUOTA, 'storage']);
const INTEGER = new Set(COUNTED);

export const isHugePages = (name: string) => name.startsWith(HUGEPAGES);
export const isStandardResource = (name: string) => STANDARD.has(name) || isHugePages(name);
export const isContainerResource = (name: string) => CONTAINER.has(name) || isHugePages(name);
export const isStandardQuotaResource = (name: string) =>
  QUOTA.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
const isNative = (name: string) => !name.includes('/') || name.includes('kubernetes.io/');

/** 'example.com/gpu': counted in whole pieces, never more promised than there is. */
export function isExtended(name: string): boolean {
  if (isNative(name) || name.startsWith('requests.')) return false;
  return qualifiedName(`requests.${name}`).length === 0;
}

/** More may be asked for in sum than there is. */
export const mayOvercommit = (name: string) => isNative(name) && !isHugePages(name);
export const isIntegerResource = (name: string) => INTEGER.has(name) || isExtended(name);

/** Models ValidateResourceName; answers whether the name is right. */
export function checkResourceName(errors: FieldError[], field: string, name: string): boolean {
  if (isContainerResource(name)) return true;
  const wrong = qualifiedName(name);
  for (const why of wrong) errors.push(fieldError.invalid(field, name, why));
  if (wrong.length > 0) return false;
  if (name.includes('/') || isStandardResource(name)) return true;
  errors.push(fieldError.invalid(field, name, 'must be a standard resource type or fully qualified'));
  return false;
}

/** Models validateContainerResourceName (1.36). */
export function checkContainerResourceName(errors: FieldError[], field: string, name: string): void {
  if (isContainerResource(name)) return;
  checkResourceName(errors, field, name);
  if (!name.includes('/')) {
    errors.push(fieldError.invalid(field, name, 'must be a standard resource for containers'));
  } else if (!isNative(name) && !isExtended(name)) {
    errors.push(fieldError.invalid(field, name, "doesn't follow extended resource name standard"));
  }
}

/** '2Mi' of 'hugepages-2Mi'. */
export const pageSizeOf = (name: string) => name.slice(HUGEPAGES.length);
