import {
  dns1123Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  qualifiedName,
  validateLabels,
} from '#apimachinery';
import {
  checkForm,
  checkIp,
  checkOneOf,
  checkPort,
  checkPortNumOrName,
  checkRequiredOneOf,
  PROTOCOLS,
} from '../../field-rules.js';
import type { Service, ServicePort, ServiceSpec } from '../../generated/types.js';
import { CIDR_MESSAGE, isCidr, isIp, specialIpErrors } from '../../ip-text.js';
import { checkAddresses, isHeadless } from './service-addresses.js';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameNode', 'PreferSameZone'];
const OLD_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';
const SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';
const LOAD_BALANCER_ONLY = "may only be used when `type` is 'LoadBalancer'";

/** Models ValidateService (1.36), in its order. Addresses and ports are given out after it. */
export function validateService({ metadata, spec = {} }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const { annotations } = metadata;
  if (annotations) checkTopology(errors, annotations);
  if (!spec.ports?.length && !isHeadless(spec) && spec.type !== 'ExternalName') {
    errors.push(fieldError.required('spec.ports'));
  }
  checkType(errors, spec);
  checkPorts(errors, spec.ports ?? []);
  if (spec.selector) errors.push(...validateLabels(spec.selector, 'spec.selector'));
  checkAffinity(errors, spec);
  checkAddresses(errors, spec);
  for (const [i, ip] of (spec.externalIPs ?? []).entries()) {
    checkIp(errors, `spec.externalIPs[${i}]`, ip);
    if (!isIp(ip)) continue;
    for (const why of specialIpErrors(ip)) errors.push(fieldError.invalid(`spec.externalIPs[${i}]`, ip, why));
  }
  checkRequiredOneOf(errors, 'spec.type', spec.type, TYPES);
  checkUnique(errors, spec);
  checkSourceRanges(errors, spec, annotations);
  checkLoadBalancer(errors, spec);
  checkTraffic(errors, spec);
  return errors;
}

function checkTopology(errors: FieldError[], annotations: Readonly<Record<string, string>>): void {
  const [hints, mode] = [annotations[OLD_HINTS], annotations[TOPOLOGY_MODE]];
  if (hints === undefined || mode === undefined || hints === mode) return;
  const why = `must match annotations[${OLD_HINTS}] when both are specified`;
  errors.push(fieldError.invalid(`metadata.annotations[${TOPOLOGY_MODE}]`, mode, why));
}

function checkType(errors: FieldError[], spec: ServiceSpec): void {
  const { type } = spec;
  if (isHeadless(spec) && (type === 'LoadBalancer' || type === 'NodePort')) {
    errors.push(fieldError.invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type !== 'ExternalName') return;
  const why = 'may not be set for ExternalName services';
  if (spec.clusterIPs?.length || spec.clusterIP) errors.push(fieldError.forbidden('spec.clusterIPs', why));
  if (spec.ipFamilies?.length) errors.push(fieldError.forbidden('spec.ipFamilies', why));
  if (spec.ipFamilyPolicy !== undefined) errors.push(fieldError.forbidden('spec.ipFamilyPolicy', why));
  // A dot at its end makes it fully qualified.
  const name = (spec.externalName ?? '').replace(/\.$/, '');
  if (name === '') errors.push(fieldError.required('spec.externalName'));
  else checkForm(errors, 'spec.externalName', name, dns1123Subdomain);
}

function checkPorts(errors: FieldError[], ports: readonly ServicePort[]): void {
  const names = new Set<string>();
  for (const [i, port] of ports.entries()) {
    const at = `spec.ports[${i}]`;
    if (!port.name) {
      if (ports.length > 1) errors.push(fieldError.required(`${at}.name`));
    } else {
      checkForm(errors, `${at}.name`, port.name, dns1123Label);
      if (names.has(port.name)) errors.push(fieldError.duplicate(`${at}.name`, port.name));
      names.add(port.name);
    }
    checkPort(errors, `${at}.port`, port.port ?? 0);
    checkRequiredOneOf(errors, `${at}.protocol`, port.protocol, PROTOCOLS);
    if (port.targetPort !== undefined) checkPortNumOrName(errors, `${at}.targetPort`, port.targetPort);
    if (port.appProtocol !== undefined) {
      for (const why of qualifiedName(port.appProtocol)) {
        errors.push(fieldError.invalid(`${at}.appProtocol`, port.appProtocol, why));
      }
    }
  }
}

const AFFINITY_SECONDS_MAX = 86_400;

function checkAffinity(errors: FieldError[], { sessionAffinity, sessionAffinityConfig: config }: ServiceSpec): void {
  checkRequiredOneOf(errors, 'spec.sessionAffinity', sessionAffinity, ['ClientIP', 'None']);
  const at = 'spec.sessionAffinityConfig';
  if (sessionAffinity === 'None') {
    if (config) errors.push(fieldError.forbidden(at, 'must not be set when session affinity is None'));
    return;
  }
  if (sessionAffinity !== 'ClientIP') return;
  const why = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(fieldError.required(at, why));
  else if (!config.clientIP) errors.push(fieldError.required(`${at}.clientIP`, why));
  else if (seconds === undefined) errors.push(fieldError.required(`${at}.clientIP.timeoutSeconds`, why));
  else if (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX) {
    const range = `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`;
    errors.push(fieldError.invalid(`${at}.clientIP.timeoutSeconds`, seconds, range));
  }
}

/** Node ports and ports, each once per protocol. */
function checkUnique(errors: FieldError[], { type, ports = [] }: ServiceSpec): void {
  if (type === 'ClusterIP') {
    for (const [i, { nodePort }] of ports.entries()) {
      if (!nodePort) continue;
      const why = "may not be used when `type` is 'ClusterIP'";
      errors.push(fieldError.forbidden(`spec.ports[${i}].nodePort`, why));
    }
  }
  if (ports.length < 2) return;
  const nodePorts = new Set<string>();
  for (const [i, { nodePort, protocol }] of ports.entries()) {
    if (!nodePort) continue;
    const key = `${protocol}/${nodePort}`;
    if (nodePorts.has(key)) errors.push(fieldError.duplicate(`spec.ports[${i}].nodePort`, nodePort));
    nodePorts.add(key);
  }
  const pairs = new Set<string>();
  for (const [i, { port, protocol }] of ports.entries()) {
    const key = `${protocol}/${port}`;
    if (pairs.has(key)) errors.push(fieldError.duplicate(`spec.ports[${i}]`, { port, protocol }));
    pairs.add(key);
  }
}

function checkSourceRanges(
  errors: FieldError[],
  { type, loadBalancerSourceRanges: ranges = [] }: ServiceSpec,
  annotations: Readonly<Record<string, string>> | undefined,
): void {
  const annotated = annotations?.[SOURCE_RANGES];
  if (ranges.length > 0) {
    // Upstream's spelling.
    const at = 'spec.LoadBalancerSourceRanges';
    if (type !== 'LoadBalancer') errors.push(fieldError.forbidden(at, LOAD_BALANCER_ONLY));
    for (const [i, range] of ranges.entries()) checkCidr(errors, `${at}[${i}]`, range.trim());
  } else if (annotated !== undefined) {
    const at = `metadata.annotations[${SOURCE_RANGES}]`;
    if (type !== 'LoadBalancer') errors.push(fieldError.forbidden(at, LOAD_BALANCER_ONLY));
    if (annotated.trim() === '') return;
    for (const range of annotated.split(',')) checkCidr(errors, at, range.trim());
  }
}

function checkCidr(errors: FieldError[], at: string, range: string): void {
  if (!isCidr(range)) errors.push(fieldError.invalid(at, range, CIDR_MESSAGE));
}

function checkLoadBalancer(errors: FieldError[], spec: ServiceSpec): void {
  const isLoadBalancer = spec.type === 'LoadBalancer';
  const { allocateLoadBalancerNodePorts: allocates, loadBalancerClass } = spec;
  if (allocates !== undefined && !isLoadBalancer) {
    errors.push(fieldError.forbidden('spec.allocateLoadBalancerNodePorts', LOAD_BALANCER_ONLY));
  }
  if (allocates === undefined && isLoadBalancer) {
    errors.push(fieldError.required('allocateLoadBalancerNodePorts'));
  }
  if (loadBalancerClass === undefined) return;
  if (!isLoadBalancer) errors.push(fieldError.forbidden('spec.loadBalancerClass', LOAD_BALANCER_ONLY));
  else {
    for (const why of qualifiedName(loadBalancerClass)) {
      errors.push(fieldError.invalid('spec.loadBalancerClass', loadBalancerClass, why));
    }
  }
}

function checkTraffic(errors: FieldError[], spec: ServiceSpec): void {
  const { type, externalTrafficPolicy: external, internalTrafficPolicy: internal, healthCheckNodePort } = spec;
  const isReachable =
    type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && Boolean(spec.externalIPs?.length));
  if (isReachable) checkRequiredOneOf(errors, 'spec.externalTrafficPolicy', external, POLICIES);
  else if (external) {
    const why = 'may only be set for externally-accessible services';
    errors.push(fieldError.invalid('spec.externalTrafficPolicy', external, why));
  }
  if (healthCheckNodePort) {
    if (type === 'LoadBalancer' && external === 'Local') {
      checkPort(errors, 'spec.healthCheckNodePort', healthCheckNodePort);
    } else {
      const why = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
      errors.push(fieldError.invalid('spec.healthCheckNodePort', healthCheckNodePort, why));
    }
  }
  if (internal === undefined) {
    if (type && type !== 'ExternalName' && TYPES.includes(type)) {
      errors.push(fieldError.required('spec.internalTrafficPolicy'));
    }
  } else checkOneOf(errors, 'spec.internalTrafficPolicy', internal, POLICIES);
  checkOneOf(errors, 'spec.trafficDistribution', spec.trafficDistribution, DISTRIBUTIONS);
}

/** Models ValidateServiceStatusUpdate (1.36). */
export function validateServiceStatus({ spec, status }: Service): FieldError[] {
  const errors: FieldError[] = [];
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0 && spec?.type !== 'LoadBalancer') {
    const why = "may only be used when `spec.type` is 'LoadBalancer'";
    return [fieldError.forbidden('status.loadBalancer.ingress', why)];
  }
  for (const [i, { ip, ipMode, hostname }] of ingress.entries()) {
    const at = `status.loadBalancer.ingress[${i}]`;
    if (ip) checkIp(errors, `${at}.ip`, ip);
    if (ipMode === undefined) {
      if (ip) errors.push(fieldError.required(`${at}.ipMode`, 'must be specified when `ip` is set'));
    } else if (!ip) {
      errors.push(fieldError.forbidden(`${at}.ipMode`, 'may not be specified when `ip` is not set'));
    } else checkOneOf(errors, `${at}.ipMode`, ipMode, ['Proxy', 'VIP']);
    if (!hostname) continue;
    checkForm(errors, `${at}.hostname`, hostname, dns1123Subdomain);
    if (isIp(hostname)) {
      errors.push(fieldError.invalid(`${at}.hostname`, hostname, 'must be a DNS name, not an IP address'));
    }
  }
  return errors;
}
