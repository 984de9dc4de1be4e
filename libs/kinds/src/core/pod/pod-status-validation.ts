import { dns1123Subdomain, type FieldError, fieldError, qualifiedName } from '#apimachinery';
import { checkIp, IMMUTABLE } from '../../field-rules.js';
import type { ContainerStatus, Pod, PodSpec, PodStatus } from '../../generated/types.js';
import { checkAnnotationsKept } from './annotation-validation.js';

const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized']);

/** What a kubelet or controller may not report. Models ValidatePodStatusUpdate (1.36). */
export function validatePodStatus(pod: Pod, old: Pod): FieldError[] {
  const errors: FieldError[] = [];
  const [status, before] = [pod.status ?? {}, old.status ?? {}];
  if (pod.metadata.annotations !== old.metadata.annotations) checkAnnotationsKept(errors, pod.metadata, old.metadata);
  for (const [i, { type }] of (status.conditions ?? []).entries()) {
    if (SYSTEM_CONDITIONS.has(type)) continue;
    for (const why of qualifiedName(type)) {
      // Upstream's path, of metadata.
      errors.push(fieldError.invalid(`metadata.conditions[${i}].Type`, type, why));
    }
  }
  const { nominatedNodeName } = status;
  if (nominatedNodeName && nominatedNodeName !== before.nominatedNodeName) {
    for (const why of dns1123Subdomain(nominatedNodeName)) {
      errors.push(fieldError.invalid('status.nominatedNodeName', nominatedNodeName, why));
    }
  }
  if ((status.qosClass ?? '') !== (before.qosClass ?? '')) {
    errors.push(fieldError.invalid('status.qosClass', status.qosClass ?? '', IMMUTABLE));
  }
  checkTransitions(errors, 'containerStatuses', status, before, old.spec);
  checkTransitions(errors, 'initContainerStatuses', status, before, old.spec);
  checkTransitions(errors, 'ephemeralContainerStatuses', status, before, old.spec);
  if (status.resourceClaimStatuses) checkClaimStatuses(errors, status, pod.spec);
  if (status.podIPs) checkIps(errors, 'status.podIPs', status.podIPs);
  if (status.hostIPs?.length) {
    if (status.hostIP !== status.hostIPs[0]!.ip) {
      errors.push(fieldError.invalid('status.hostIPs[0].ip', status.hostIPs[0]!.ip, 'must be equal to `hostIP`'));
    }
    checkIps(errors, 'status.hostIPs', status.hostIPs);
  }
  return errors;
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
