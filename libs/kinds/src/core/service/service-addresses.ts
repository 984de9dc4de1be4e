import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { checkIp, checkOneOf } from '../../field-rules.js';
import type { Service, ServiceSpec } from '../../generated/types.js';
import { isDualStack, isIp } from '../../ip-text.js';

const NONE = 'None';
const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];

export function isHeadless({ clusterIPs, clusterIP }: ServiceSpec): boolean {
  return clusterIPs?.length ? clusterIPs.length === 1 && clusterIPs[0] === NONE : clusterIP === NONE;
}

/** The two names of the first address say the same; who changes one changes both. Models NormalizeClusterIPs (1.36). */
export function normalizeAddresses({ spec = {} }: Service, before: ServiceSpec | undefined): void {
  if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
  if (!before || spec.clusterIP === before.clusterIP) return;
  if (!deepEqual(spec.clusterIPs, before.clusterIPs)) return;
  if (spec.clusterIP) spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)];
  else delete spec.clusterIPs;
}

/** Models ValidateServiceClusterIPsRelatedFields (1.36). */
export function checkAddresses(errors: FieldError[], spec: ServiceSpec): void {
  if (spec.type === 'ExternalName') return;
  const { clusterIP, clusterIPs = [], ipFamilies = [] } = spec;
  const at = 'spec.clusterIPs';
  if (clusterIP) {
    if (clusterIPs.length > 0 && clusterIPs[0] !== clusterIP) {
      errors.push(fieldError.invalid(at, clusterIPs, 'first value must match `clusterIP`'));
    }
  } else if (clusterIPs.length > 0) {
    errors.push(fieldError.invalid(at, clusterIPs, 'must be empty when `clusterIP` is not specified'));
  }
  for (const [i, family] of ipFamilies.entries()) {
    checkOneOf(errors, `spec.ipFamilies[${i}]`, family, FAMILIES);
    if (ipFamilies.indexOf(family) < i) errors.push(fieldError.duplicate(`spec.ipFamilies[${i}]`, family));
  }
  checkOneOf(errors, 'spec.ipFamilyPolicy', spec.ipFamilyPolicy, POLICIES);
  if (checkEach(errors, at, clusterIPs)) return;
  if (clusterIPs.length > 1 && !isDualStack(clusterIPs.slice(0, 2))) {
    errors.push(fieldError.invalid(at, clusterIPs, 'may specify no more than one IP for each IP family'));
  }
  if (isHeadless(spec)) return;
  for (const [i, ip] of clusterIPs.entries()) {
    const family = ipFamilies[i];
    if (family === undefined) break;
    if (FAMILIES.includes(family) && family !== (ip.includes(':') ? 'IPv6' : 'IPv4')) {
      const why = `expected an ${family} value as indicated by \`ipFamilies[${i}]\``;
      errors.push(fieldError.invalid(`${at}[${i}]`, ip, why));
    }
  }
}

/** Whether any is none, so that what they are together cannot be said. */
function checkEach(errors: FieldError[], at: string, ips: readonly string[]): boolean {
  let isAnyWrong = false;
  for (const [i, ip] of ips.entries()) {
    if (i === 0 && ip === NONE) {
      if (ips.length === 1) continue;
      isAnyWrong = true;
      errors.push(fieldError.invalid(at, ips, "'None' must be the first and only value"));
    } else {
      isAnyWrong ||= !isIp(ip);
      checkIp(errors, `${at}[${i}]`, ip);
    }
  }
  if (ips.length > 2) errors.push(fieldError.invalid(at, ips, 'may only hold up to 2 values'));
  return isAnyWrong;
}

/** Models ValidateServiceUpdate (1.36): the first address and family stay, the second may come and go. */
export function validateServiceUpdate({ spec = {} }: Service, { spec: before = {} }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const isNamed = spec.type === 'ExternalName' || before.type === 'ExternalName';
  const [isNow, wasBefore] = [isHeadless(spec), isHeadless(before)];
  if (!isNamed && !(isNow && wasBefore)) checkAddressesKept(errors, spec, before);
  if (!isNamed && !isNow && !wasBefore) checkFamiliesKept(errors, spec, before);
  if (before.type === 'LoadBalancer' && spec.type === 'LoadBalancer') {
    if (spec.loadBalancerClass !== before.loadBalancerClass) {
      const value = spec.loadBalancerClass ?? null;
      errors.push(fieldError.invalid('spec.loadBalancerClass', value, 'may not change once set'));
    }
  }
  if (needsHealthCheck(spec) && needsHealthCheck(before) && spec.healthCheckNodePort !== before.healthCheckNodePort) {
    errors.push(fieldError.forbidden('spec.healthCheckNodePort', 'field is immutable'));
  }
  return errors;
}

const needsHealthCheck = ({ type, externalTrafficPolicy }: ServiceSpec) =>
  type === 'LoadBalancer' && externalTrafficPolicy === 'Local';

function checkAddressesKept(errors: FieldError[], spec: ServiceSpec, before: ServiceSpec): void {
  const { clusterIPs: now = [] } = spec;
  const { clusterIPs: old = [] } = before;
  const refuse = (i: number, why: string) => errors.push(fieldError.invalid(`spec.clusterIPs[${i}]`, now, why));
  if (now.length === old.length) {
    for (const [i, ip] of old.entries()) if (ip !== now[i]) refuse(i, 'may not change once set');
    return;
  }
  if (old.length > 0 && now.length === 0) refuse(0, 'primary clusterIP can not be unset');
  else if (old.length > 0 && now[0] !== old[0]) refuse(0, 'may not change once set');
  if (old.length > now.length && now.length === 1) checkReleased(errors, spec, 'clusterIP');
}

function checkFamiliesKept(errors: FieldError[], spec: ServiceSpec, before: ServiceSpec): void {
  const { ipFamilies: now = [] } = spec;
  const { ipFamilies: old = [] } = before;
  const refuse = (value: unknown, why: string) => errors.push(fieldError.invalid('spec.ipFamilies[0]', value, why));
  if (now.length === old.length) {
    for (const [i, family] of old.entries()) if (family !== now[i]) refuse(now, 'may not change once set');
    return;
  }
  if (old.length > now.length && !spec.clusterIPs?.length) refuse(now, 'primary ipFamily can not be unset');
  if (old.length > 0 && now.length > 0 && now[0] !== old[0]) refuse(spec.clusterIPs ?? [], 'may not change once set');
  if (old.length > now.length && now.length === 1) checkReleased(errors, spec, 'ipFamily');
}

function checkReleased(errors: FieldError[], { ipFamilyPolicy }: ServiceSpec, what: string): void {
  if (ipFamilyPolicy === 'SingleStack') return;
  const why = `must be set to 'SingleStack' when releasing the secondary ${what}`;
  errors.push(fieldError.invalid('spec.ipFamilyPolicy', ipFamilyPolicy ?? null, why));
}
