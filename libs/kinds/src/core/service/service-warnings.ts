import type { Service } from '../../generated/types.js';

const OLD_HINTS = 'service.kubernetes.io/topology-aware-hints';
const TOPOLOGY_MODE = 'service.kubernetes.io/topology-mode';

/** Models pkg/api/service/warnings.go (1.36). */
export function serviceWarnings({ metadata, spec = {} }: Service): string[] {
  const warnings: string[] = [];
  if (metadata.annotations && Object.hasOwn(metadata.annotations, OLD_HINTS)) {
    warnings.push(`annotation ${OLD_HINTS} is deprecated, please use ${TOPOLOGY_MODE} instead`);
  }
  const hasExternal = Boolean(spec.externalIPs?.length);
  const isHeadless = spec.type === 'ClusterIP' && spec.clusterIP === 'None';
  if (isHeadless) {
    if (spec.loadBalancerIP) warnings.push('spec.loadBalancerIP is ignored for headless services');
    if (hasExternal) warnings.push('spec.externalIPs is ignored for headless services');
    if (spec.sessionAffinity !== 'None') warnings.push('spec.SessionAffinity is ignored for headless services');
  }
  const isNamed = spec.type === 'ExternalName';
  if (hasExternal && !isHeadless && !isNamed) {
    warnings.push('spec.externalIPs is deprecated and may no longer be implemented in some clusters');
  }
  if (isNamed && hasExternal) warnings.push('spec.externalIPs is ignored when spec.type is "ExternalName"');
  if (!isNamed && spec.externalName) warnings.push('spec.externalName is ignored when spec.type is not "ExternalName"');
  if (spec.trafficDistribution === 'PreferClose') {
    warnings.push('spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone"');
  }
  return warnings;
}
