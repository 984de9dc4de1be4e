import { type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import type { KindSource } from '../define-kind.js';
import { IMMUTABLE } from '../field-rules.js';
import { tableOf } from '../generic-columns.js';
import type { ServiceCIDR, ServiceCIDRSpec } from '../generated/types.js';
import { canonicalCidr, CIDR_MESSAGE, hostOf, isCidr, isDualStack } from '../ip-text.js';

const AT = 'spec.cidrs';

/** Models ValidateServiceCIDR (1.36); the versions differ in name only. */
export const serviceCidrRules: Omit<KindSource<ServiceCIDR>, 'apiVersion'> = {
  resource: 'servicecidrs',
  table: tableOf<ServiceCIDR>([column('CIDRs')], ({ spec }) => [(spec?.cidrs ?? []).join(',')]),
  prepareForCreate: (object) => void delete object.status,
  validateCreate: ({ spec = {} }) => checkSpec(spec),
  validateUpdate({ spec = {} }, old) {
    const { cidrs = [] } = spec;
    const before = old.spec?.cidrs ?? [];
    const changed = before.flatMap((cidr, i) =>
      cidr === cidrs[i] ? [] : [fieldError.invalid(`${AT}[${i}]`, cidrs[i] ?? '', IMMUTABLE)],
    );
    if (before.length === cidrs.length) return changed;
    // A second family may join the first, nothing else changes.
    if (before.length === 1 && cidrs.length === 2) return [...changed, ...checkSpec(spec)];
    return [fieldError.invalid(AT, cidrs, IMMUTABLE)];
  },
};

function checkSpec(spec: ServiceCIDRSpec): FieldError[] {
  const { cidrs = [] } = spec;
  if (cidrs.length === 0) return [fieldError.required(AT, 'at least one CIDR required')];
  if (cidrs.length > 2) return [fieldError.invalid(AT, spec, 'may only hold up to 2 values')];
  const errors = cidrs.flatMap((cidr, i) => {
    const why = cidrProblem(cidr);
    return why === undefined ? [] : [fieldError.invalid(`${AT}[${i}]`, cidr, why)];
  });
  if (cidrs.length === 2 && cidrs.every(isCidr) && !isDualStack(cidrs)) {
    const why = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(fieldError.invalid(AT, cidrs, why));
  }
  return errors;
}

/** Models validation.IsValidCIDR (1.36), the strict one. */
function cidrProblem(cidr: string): string | undefined {
  if (!isCidr(cidr)) return CIDR_MESSAGE;
  const canonical = canonicalCidr(cidr);
  if (hostOf(cidr, canonical) !== undefined) return 'must not have bits set beyond the prefix length';
  return canonical === cidr ? undefined : `must be in canonical form ("${canonical}")`;
}
