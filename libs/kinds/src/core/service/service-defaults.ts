import { deepEqual } from '#apimachinery';
import type { Service } from '../../generated/types.js';

/** How long a client stays with its endpoint: three hours. */
const AFFINITY_SECONDS = 10_800;

/** Whether something outside of the cluster may reach it. Models service.ExternallyAccessible. */
function isReachable({ spec }: Service): boolean {
  const hasExternalIps = spec?.type === 'ClusterIP' && (spec.externalIPs?.length ?? 0) > 0;
  return spec?.type === 'LoadBalancer' || spec?.type === 'NodePort' || hasExternalIps;
}

/** Models SetDefaults_Service of pkg/apis/core/v1 (1.36). Addresses and node ports are the registry's allocators'. */
export function applyServiceDefaults(service: Service): void {
  const spec = (service.spec ??= {});
  spec.sessionAffinity ||= 'None';
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig;
  if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_SECONDS } };
  }
  spec.type ||= 'ClusterIP';
  for (const port of spec.ports ?? []) {
    port.protocol ||= 'TCP';
    port.targetPort ||= port.port;
  }
  if (isReachable(service)) spec.externalTrafficPolicy ||= 'Cluster';
  if (spec.type !== 'ExternalName') spec.internalTrafficPolicy ??= 'Cluster';
  if (spec.type === 'LoadBalancer') {
    spec.allocateLoadBalancerNodePorts ??= true;
    for (const ingress of service.status?.loadBalancer?.ingress ?? []) if (ingress.ip) ingress.ipMode ??= 'VIP';
  }
}

/** An update that does not mention what was allocated keeps it. Models patchAllocatedValues (1.36). */
export function keepAllocated(service: Service, old: Service): void {
  const spec = (service.spec ??= {});
  const before = old.spec ?? {};
  const hadAddress = before.type !== 'ExternalName' && before.clusterIP !== undefined;
  if (spec.type !== 'ExternalName' && hadAddress) {
    if (!spec.clusterIP) spec.clusterIP = before.clusterIP!;
    if (!spec.clusterIPs?.length && spec.clusterIP === before.clusterIP && before.clusterIPs)
      spec.clusterIPs = before.clusterIPs;
    if (!spec.ipFamilies?.length && before.ipFamilies) spec.ipFamilies = before.ipFamilies;
    if (!spec.ipFamilyPolicy && before.ipFamilyPolicy) spec.ipFamilyPolicy = before.ipFamilyPolicy;
  }
  if (spec.type !== 'NodePort' && spec.type !== 'LoadBalancer') return;
  const used = new Set((spec.ports ?? []).map(({ nodePort }) => nodePort));
  for (const port of spec.ports ?? []) {
    if (port.nodePort) continue;
    const same = before.ports?.find((one) => one.port === port.port && one.protocol === port.protocol);
    if (same?.nodePort && !used.has(same.nodePort)) port.nodePort = same.nodePort;
  }
  if (!spec.healthCheckNodePort && before.healthCheckNodePort) spec.healthCheckNodePort = before.healthCheckNodePort;
}

const needsClusterIp = ({ spec }: Service) => spec?.type !== 'ExternalName';
const needsNodePort = ({ spec }: Service) =>
  spec?.type === 'NodePort' || (spec?.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
const needsHealthCheck = ({ spec }: Service) => spec?.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local';
const isLoadBalancer = ({ spec }: Service) => spec?.type === 'LoadBalancer';

type SpecField = keyof NonNullable<Service['spec']>;

/** Fields that only some types have, and which types those are. */
const DEPENDENT: readonly [has: (service: Service) => boolean, fields: readonly SpecField[]][] = [
  [needsClusterIp, ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy', 'internalTrafficPolicy']],
  [needsHealthCheck, ['healthCheckNodePort']],
  [isLoadBalancer, ['allocateLoadBalancerNodePorts', 'loadBalancerClass']],
  [isReachable, ['externalTrafficPolicy']],
];

/**
 * A change of type gives up what the new type has no use for, unless the update says otherwise itself.
 * Models dropTypeDependentFields (1.36).
 */
export function dropTypeDependent(service: Service, old: Service): void {
  const spec = (service.spec ??= {});
  const before = old.spec ?? {};
  for (const [has, fields] of DEPENDENT) {
    if (!has(old) || has(service)) continue;
    for (const field of fields) if (deepEqual(spec[field], before[field])) delete spec[field];
  }
  if (!needsNodePort(old) || needsNodePort(service)) return;
  const oldPorts = new Set((before.ports ?? []).map(({ nodePort }) => nodePort));
  if ((spec.ports ?? []).some(({ nodePort }) => nodePort && !oldPorts.has(nodePort))) return;
  for (const port of spec.ports ?? []) delete port.nodePort;
}
