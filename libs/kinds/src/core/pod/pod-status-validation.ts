import { dns1123Label, dns1123Subdomain, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { checkIp, checkName, IMMUTABLE } from '../../field-rules.js';
import type {
  ContainerStatus,
  Pod,
  PodExtendedResourceClaimStatus,
  PodSpec,
  PodStatus,
} from '../../generated/types.js';
import { checkAnnotationsKept } from './annotation-validation.js';
import { checkContainerStatuses } from './container-status-validation.js';

const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized']);

/** What a kubelet or controller may not report. Models ValidatePodStatusUpdate (1.36). */
export function validatePodStatus(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const [status, before] = [pod.status ?? {}, old.status ?? {}];
  if (pod.metadata.annotations !== old.metadata.annotations) checkAnnotationsKept(errors, pod.metadata, old.metadata);
  for (const [i, { type, observedGeneration }] of (status.conditions ?? []).entries()) {
    const at = `status.conditions[${i}]`;
    checkObserved(errors, `${at}.observedGeneration`, observedGeneration);
    if (SYSTEM_CONDITIONS.has(type)) continue;
    for (const why of qualifiedName(type)) errors.push(fieldError.invalid(`${at}.Type`, type, why));
  }
  const { nominatedNodeName } = status;
  if (nominatedNodeName && nominatedNodeName !== before.nominatedNodeName) {
    const at = 'status.nominatedNodeName';
    for (const why of dns1123Subdomain(nominatedNodeName)) errors.push(fieldError.invalid(at, nominatedNodeName, why));
    if (old.spec.nodeName) {
      errors.push(fieldError.forbidden(at, 'may not be set on pods that are already bound to a node'));
    }
  }
  checkObserved(errors, 'status.observedGeneration', status.observedGeneration);
  if ((status.qosClass ?? '') !== (before.qosClass ?? '')) {
    errors.push(fieldError.invalid('status.qosClass', status.qosClass ?? '', IMMUTABLE));
  }
  checkTransitions(errors, 'containerStatuses', status, before, old.spec);
  checkTransitions(errors, 'initContainerStatuses', status, before, old.spec);
  checkTransitions(errors, 'ephemeralContainerStatuses', status, before, old.spec);
  if (status.resourceClaimStatuses) checkClaimStatuses(errors, status, pod.spec);
  if (status.extendedResourceClaimStatus) checkExtendedClaim(errors, status.extendedResourceClaimStatus, pod.spec);
  if (status.podIPs) checkIps(errors, 'status.podIPs', status.podIPs);
  if (status.hostIPs?.length) {
    if (status.hostIP !== status.hostIPs[0]!.ip) {
      errors.push(fieldError.invalid('status.hostIPs[0].ip', status.hostIPs[0]!.ip, 'must be equal to `hostIP`'));
    }
    checkIps(errors, 'status.hostIPs', status.hostIPs);
  }
  checkContainerStatuses(errors, status, pod.spec);
  return errors;
}

function checkObserved(errors: FieldError[], at: string, generation: number | undefined): void {
  if (generation !== undefined && generation < 0) {
    errors.push(fieldError.invalid(at, generation, 'must be a non-negative integer'));
  }
}

type StatusList = 'containerStatuses' | 'initContainerStatuses' | 'ephemeralContainerStatuses';

/** What has ended for good may not run again. Models ValidateContainerStateTransition and its twin for init containers. */
function checkTransitions(
  errors: FieldError[],
  list: StatusList,
  status: PodStatus,
  before: PodStatus,
  spec: PodSpec,
): void {
  if (list !== 'ephemeralContainerStatuses' && spec.restartPolicy === 'Always') return;
  for (const [i, old] of (before[list] ?? []).entries()) {
    const terminated = old.state?.terminated;
    if (!terminated || mayRestart(list, old, spec)) continue;
    const now = status[list]?.find(({ name }) => name === old.name);
    if (now && !now.state?.terminated) {
      const why = 'may not be transitioned to non-terminated state';
      errors.push(fieldError.forbidden(`status.${list}[${i}].state`, why));
    }
  }
}

function mayRestart(list: StatusList, { name, state }: ContainerStatus, spec: PodSpec): boolean {
  if (list === 'ephemeralContainerStatuses') return false;
  const isInit = list === 'initContainerStatuses';
  const container = (isInit ? spec.initContainers : spec.containers)?.find((one) => one.name === name);
  // A container's own policy goes before the pod's; one with rules may be restarted in spite of it.
  if (container?.restartPolicyRules?.length) return true;
  const policy = container?.restartPolicy ?? spec.restartPolicy;
  return policy === 'Always' || (policy === 'OnFailure' && state!.terminated!.exitCode !== 0);
}

function checkClaimStatuses(errors: FieldError[], { resourceClaimStatuses = [] }: PodStatus, spec: PodSpec): void {
  const names = new Set<string>();
  for (const [i, { name, resourceClaimName }] of resourceClaimStatuses.entries()) {
    const field = `status.resourceClaimStatuses[${i}].name`;
    if (!spec.resourceClaims?.some((claim) => claim.name === name)) {
      errors.push(fieldError.invalid(field, name, 'must match the name of an entry in `spec.resourceClaims`'));
    }
    if (names.has(name)) errors.push(fieldError.duplicate(field, name));
    names.add(name);
    if (resourceClaimName === undefined) continue;
    for (const why of dns1123Subdomain(resourceClaimName)) {
      errors.push(fieldError.invalid(field, resourceClaimName, why));
    }
  }
}

/** What the scheduler claimed for requests of extended resources. Models validatePodExtendedResourceClaimStatus (1.36). */
function checkExtendedClaim(
  errors: FieldError[],
  { requestMappings, resourceClaimName }: PodExtendedResourceClaimStatus,
  { containers = [], initContainers = [] }: PodSpec,
): void {
  const field = 'status.extendedResourceClaimStatus';
  const list = `${field}.requestMappings`;
  if (!requestMappings?.length) errors.push(fieldError.required(list, 'at least one request mapping is required'));
  const seen = new Set<string>();
  for (const [i, { containerName, resourceName, requestName }] of (requestMappings ?? []).entries()) {
    const at = `${list}[${i}]`;
    const container = [...containers, ...initContainers].find(({ name }) => name === containerName);
    if (!container) {
      const why = 'must match the name of an entry in spec.initContainers.name or spec.containers.name';
      errors.push(fieldError.invalid(`${at}.containerName`, containerName, why));
    } else if (!Object.hasOwn(container.resources?.requests ?? {}, resourceName)) {
      const why =
        'must match the extended resource name of an entry in spec.initContainers.resources.requests or ' +
        'spec.containers.resources.requests';
      errors.push(fieldError.invalid(`${at}.resourceName`, resourceName, why));
    }
    // Upstream's path, without the item.
    for (const why of dns1123Label(requestName)) {
      errors.push(fieldError.invalid(`${field}.requestName`, requestName, why));
    }
    const key = JSON.stringify([containerName, resourceName]);
    if (seen.has(key)) {
      errors.push(fieldError.duplicate(`${at}.containerName`, containerName));
      errors.push(fieldError.duplicate(`${at}.resourceName`, resourceName));
    }
    seen.add(key);
  }
  checkName(errors, `${field}.resourceClaimName`, resourceClaimName, dns1123Subdomain);
}

/** At most one of each family. */
function checkIps(errors: FieldError[], field: string, ips: readonly { ip?: string }[]): void {
  const seen = new Set<string>();
  for (const [i, { ip = '' }] of ips.entries()) checkIp(errors, `${field}[${i}]`, ip);
  if (ips.length < 2) return;
  const isDual = ips.length === 2 && ips[0]!.ip?.includes(':') !== ips[1]!.ip?.includes(':');
  if (!isDual) errors.push(fieldError.invalid(field, ips, 'may specify no more than one IP for each IP family'));
  for (const [i, { ip = '' }] of ips.entries()) {
    if (seen.has(ip)) errors.push(fieldError.duplicate(`${field}[${i}]`, { ip }));
    seen.add(ip);
  }
}
