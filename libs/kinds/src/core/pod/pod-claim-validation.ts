import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import type { PodResourceClaim, PodSpec } from '../../generated/types.js';

const NONE: ReadonlySet<string> = new Set();

/** What containers may refer to. */
export function claimNamesOf({ resourceClaims }: PodSpec): ReadonlySet<string> {
  return resourceClaims?.length ? new Set(resourceClaims.map(({ name }) => name).filter(Boolean)) : NONE;
}

/** Models validatePodResourceClaims (1.36). */
export function checkPodClaims(errors: FieldError[], field: string, claims: readonly PodResourceClaim[]): void {
  const names = new Set<string>();
  for (const [i, claim] of claims.entries()) {
    const at = `${field}[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    if (!name) errors.push(fieldError.required(`${at}.name`));
    else if (names.has(name)) errors.push(fieldError.duplicate(`${at}.name`, name));
    else {
      for (const why of dns1123Label(name)) errors.push(fieldError.invalid(`${at}.name`, name, why));
      names.add(name);
    }
    if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
      const why = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified';
      errors.push(fieldError.invalid(at, claim, why));
    }
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
      const why = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`';
      errors.push(fieldError.invalid(at, claim, why));
    }
    for (const [key, value] of Object.entries({ resourceClaimName, resourceClaimTemplateName })) {
      if (value === undefined) continue;
      for (const why of dns1123Subdomain(value)) errors.push(fieldError.invalid(`${at}.${key}`, value, why));
    }
  }
}
