import { dns1035Label, dns1123Subdomain, type FieldError, fieldError, wildcardDns1123Subdomain } from '#apimachinery';
import { checkForm, checkIp, checkName, checkPort, portName } from '../field-rules.js';
import type {
  HTTPIngressPath,
  Ingress,
  IngressBackend,
  IngressLoadBalancerStatus,
  IngressRule,
  IngressTLS,
} from '../generated/types.js';
import { isIp } from '../ip-text.js';
import { pathSegmentName } from '../path-rules.js';

const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const FORBIDDEN = ['//', '/./', '/../', '%2f', '%2F'];
const FORBIDDEN_ENDS = ['/..', '/.'];
const NOT_AN_IP = 'must be a DNS name, not an IP address';

/** Old objects may keep what was let in before a rule existed. Models IngressValidationOptions (1.36). */
interface Leniency {
  readonly secretNames: boolean;
  readonly wildcardRules: boolean;
}

const STRICT: Leniency = { secretNames: false, wildcardRules: false };

/** Models ValidateIngressSpec of pkg/apis/networking/validation (1.36). */
export function validateIngress({ spec = {} }: Ingress, old?: Ingress): FieldError[] {
  const errors: FieldError[] = [];
  const lenient = old ? leniencyFor(old) : STRICT;
  const { rules, defaultBackend, tls = [], ingressClassName } = spec;
  if (!rules?.length && !defaultBackend) {
    errors.push(fieldError.invalid('spec', rules ?? null, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend) checkBackend(errors, 'spec.defaultBackend', defaultBackend);
  for (const [i, rule] of (rules ?? []).entries()) checkRule(errors, `spec.rules[${i}]`, rule, lenient);
  for (const [i, one] of tls.entries()) checkTls(errors, `spec.tls[${i}]`, one, lenient);
  if (ingressClassName !== undefined) {
    for (const why of dns1123Subdomain(ingressClassName)) {
      errors.push(fieldError.invalid('spec.ingressClassName', ingressClassName, why));
    }
  }
  return errors;
}

function leniencyFor({ spec }: Ingress): Leniency {
  const rulesErrors = (rule: IngressRule) => {
    const errors: FieldError[] = [];
    checkHttp(errors, '', rule);
    return errors;
  };
  return {
    secretNames: (spec?.tls ?? []).some(({ secretName }) => secretName && dns1123Subdomain(secretName).length > 0),
    wildcardRules: (spec?.rules ?? []).some((rule) => rule.host?.includes('*') && rulesErrors(rule).length > 0),
  };
}

function checkTls(errors: FieldError[], at: string, { hosts = [], secretName }: IngressTLS, lenient: Leniency): void {
  for (const [i, host] of hosts.entries()) checkHost(errors, `${at}.hosts[${i}]`, host);
  if (!lenient.secretNames) checkForm(errors, `${at}.secretName`, secretName, dns1123Subdomain);
}

function checkRule(errors: FieldError[], at: string, rule: IngressRule, lenient: Leniency): void {
  const { host } = rule;
  if (host) {
    if (isIp(host)) errors.push(fieldError.invalid(`${at}.host`, host, NOT_AN_IP));
    checkHost(errors, `${at}.host`, host);
  }
  if (!host?.includes('*') || !lenient.wildcardRules) checkHttp(errors, at, rule);
}

function checkHost(errors: FieldError[], at: string, host: string): void {
  const messages = host.includes('*') ? wildcardDns1123Subdomain(host) : dns1123Subdomain(host);
  for (const why of messages) errors.push(fieldError.invalid(at, host, why));
}

function checkHttp(errors: FieldError[], at: string, { http }: IngressRule): void {
  if (!http) return;
  const paths = http.paths ?? [];
  if (paths.length === 0) errors.push(fieldError.required(`${at}.http.paths`));
  for (const [i, path] of paths.entries()) checkPath(errors, `${at}.http.paths[${i}]`, path);
}

function checkPath(errors: FieldError[], at: string, { path = '', pathType, backend }: HTTPIngressPath): void {
  const field = `${at}.path`;
  const notAbsolute = !path.startsWith('/');
  const wrong = (why: string) => errors.push(fieldError.invalid(field, path, why));
  if (pathType === undefined) {
    errors.push(fieldError.required(`${at}.pathType`, 'pathType must be specified'));
    return;
  }
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (notAbsolute) wrong('must be an absolute path');
    for (const part of FORBIDDEN) if (path.includes(part)) wrong(`must not contain '${part}'`);
    for (const end of FORBIDDEN_ENDS) if (path.endsWith(end)) wrong(`cannot end with '${end}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (path && notAbsolute) wrong('must be an absolute path');
  } else errors.push(fieldError.notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  checkBackend(errors, `${at}.backend`, backend ?? {});
}

/** Models validateIngressBackend (1.36). */
function checkBackend(errors: FieldError[], at: string, { service, resource }: IngressBackend): void {
  if (service && resource) {
    errors.push(fieldError.invalid(at, '', 'cannot set both resource and service backends'));
  } else if (resource) {
    checkForm(errors, `${at}.resource.apiGroup`, resource.apiGroup, dns1123Subdomain);
    checkName(errors, `${at}.resource.kind`, resource.kind, pathSegmentName);
    checkName(errors, `${at}.resource.name`, resource.name, pathSegmentName);
  } else if (service) {
    checkName(errors, `${at}.service.name`, service.name, dns1035Label);
    checkServicePort(errors, at, service.port ?? {});
  } else errors.push(fieldError.invalid(at, '', 'resource or service backend is required'));
}

function checkServicePort(
  errors: FieldError[],
  at: string,
  { name, number = 0 }: { name?: string; number?: number },
): void {
  if (name && number) errors.push(fieldError.invalid(at, '', 'cannot set both port name & port number'));
  else if (name) checkForm(errors, `${at}.service.port.name`, name, portName);
  else if (number) checkPort(errors, `${at}.service.port.number`, number);
  else errors.push(fieldError.required(at, 'port name or number is required'));
}

/** Models ValidateIngressLoadBalancerStatus (1.36). */
export function validateIngressStatus(status: IngressLoadBalancerStatus | undefined): FieldError[] {
  const errors: FieldError[] = [];
  for (const [i, { ip, hostname }] of (status?.ingress ?? []).entries()) {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) checkIp(errors, `${at}.ip`, ip);
    checkForm(errors, `${at}.hostname`, hostname, dns1123Subdomain);
    if (isIp(hostname)) errors.push(fieldError.invalid(`${at}.hostname`, hostname, NOT_AN_IP));
  }
  return errors;
}
