import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, validateLabels } from '#apimachinery';
import { checkForm, checkOneOf, checkPort, checkPortNumOrName, IMMUTABLE, PROTOCOLS } from '../../field-rules.js';
import type { Service, ServicePort, ServiceSpec } from '../../generated/types.js';
import { isIp } from '../../ip-text.js';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const IP_MESSAGE = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';

/** Models ValidateService of pkg/apis/core/validation (1.36). */
export function validateService({ spec = {} }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const isHeadless = spec.clusterIP === 'None';
  if (!spec.ports?.length && !isHeadless && spec.type !== 'ExternalName')
    errors.push(fieldError.required('spec.ports'));
  checkType(errors, spec, isHeadless);
  checkPorts(errors, spec.ports ?? []);
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  if (!spec.sessionAffinity) errors.push(fieldError.required('spec.sessionAffinity'));
  else checkOneOf(errors, 'spec.sessionAffinity', spec.sessionAffinity, ['ClientIP', 'None']);
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    if (!isIp(ip)) errors.push(fieldError.invalid(`spec.externalIPs[${i}]`, ip, IP_MESSAGE));
  }
  checkOneOf(errors, 'spec.internalTrafficPolicy', spec.internalTrafficPolicy, ['Cluster', 'Local']);
  checkOneOf(errors, 'spec.externalTrafficPolicy', spec.externalTrafficPolicy, ['Cluster', 'Local']);
  return errors;
}

function checkType(errors: FieldError[], spec: ServiceSpec, isHeadless: boolean): void {
  if (!spec.type) errors.push(fieldError.required('spec.type'));
  else checkOneOf(errors, 'spec.type', spec.type, TYPES);
  if (spec.type === 'ExternalName') {
    if (spec.clusterIP)
      errors.push(fieldError.forbidden('spec.clusterIPs', "may not be set when `type` is 'ExternalName'"));
    if (!spec.externalName) errors.push(fieldError.required('spec.externalName'));
    else checkForm(errors, 'spec.externalName', spec.externalName.replace(/\.$/, ''), dns1123Subdomain);
    return;
  }
  if (isHeadless && (spec.type === 'LoadBalancer' || spec.type === 'NodePort')) {
    errors.push(fieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.clusterIP && !isHeadless && !isIp(spec.clusterIP)) {
    errors.push(fieldError.invalid('spec.clusterIPs[0]', spec.clusterIP, IP_MESSAGE));
  }
  if (spec.clusterIPs?.length && spec.clusterIP !== spec.clusterIPs[0]) {
    errors.push(fieldError.invalid('spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`'));
  }
}

function checkPorts(errors: FieldError[], ports: readonly ServicePort[]): void {
  const names = new Set<string>();
  const pairs = new Set<string>();
  const nodePorts = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`;
    checkPortName(errors, `${at}.name`, port.name, ports.length > 1, names);
    checkPort(errors, `${at}.port`, port.port ?? 0);
    if (!port.protocol) errors.push(fieldError.required(`${at}.protocol`));
    else checkOneOf(errors, `${at}.protocol`, port.protocol, PROTOCOLS);
    if (port.targetPort !== undefined) checkPortNumOrName(errors, `${at}.targetPort`, port.targetPort);
    const pair = `${port.protocol}/${port.port}`;
    if (pairs.has(pair)) errors.push(fieldError.duplicate(at, { port: port.port, protocol: port.protocol }));
    pairs.add(pair);
    if (!port.nodePort) continue;
    const node = `${port.protocol}/${port.nodePort}`;
    if (nodePorts.has(node)) errors.push(fieldError.duplicate(`${at}.nodePort`, port.nodePort));
    nodePorts.add(node);
  }
}

function checkPortName(
  errors: FieldError[],
  at: string,
  name: string | undefined,
  isNeeded: boolean,
  names: Set<string>,
): void {
  if (!name) {
    if (isNeeded) errors.push(fieldError.required(at));
    return;
  }
  checkForm(errors, at, name, dns1123Label);
  if (names.has(name)) errors.push(fieldError.duplicate(at, name));
  names.add(name);
}

/** An address stays for the life of a service. Models ValidateServiceClusterIPsRelatedFields' update rules (1.36). */
export function validateServiceUpdate({ spec = {} }: Service, { spec: before = {} }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const isChange = before.clusterIP && before.type !== 'ExternalName' && spec.type !== 'ExternalName';
  if (isChange && spec.clusterIP !== before.clusterIP) {
    errors.push(
      fieldError.invalid('spec.clusterIPs[0]', spec.clusterIPs ?? [spec.clusterIP ?? ''], 'may not change once set'),
    );
  }
  if (before.type === 'LoadBalancer' && spec.type === 'LoadBalancer' && before.loadBalancerClass !== undefined) {
    if (spec.loadBalancerClass !== before.loadBalancerClass) {
      errors.push(fieldError.invalid('spec.loadBalancerClass', spec.loadBalancerClass ?? null, IMMUTABLE));
    }
  }
  return errors;
}
