import { type FieldError, fieldError } from '#apimachinery';
import { checkId, checkOneOf } from '../../field-rules.js';
import type { Container, ContainerStatus, PodSpec, PodStatus } from '../../generated/types.js';

type Allocated = NonNullable<ContainerStatus['allocatedResourcesStatus']>[number];

/**
 * Who a container runs as, and how its devices are. Models validateContainerStatusUsers and
 * validateContainerStatusAllocatedResourcesStatus (1.36).
 */
export function checkContainerStatuses(errors: FieldError[], status: PodStatus, spec: PodSpec): void {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = status;
  const os = spec.os?.name ?? 'linux';
  checkUsers(errors, 'status.containerStatuses', containerStatuses, os);
  checkUsers(errors, 'status.initContainerStatuses', initContainerStatuses, os);
  checkUsers(errors, 'status.ephemeralContainerStatuses', ephemeralContainerStatuses, os);
  checkAllocated(errors, 'status.containerStatuses', containerStatuses, spec.containers ?? []);
  checkAllocated(errors, 'status.initContainerStatuses', initContainerStatuses, spec.initContainers ?? []);
  for (const [i, { allocatedResourcesStatus }] of ephemeralContainerStatuses.entries()) {
    if (!allocatedResourcesStatus?.length) continue;
    const at = `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`;
    errors.push(fieldError.forbidden(at, 'must not be specified in container status'));
  }
}

function checkUsers(errors: FieldError[], list: string, statuses: readonly ContainerStatus[], os: string): void {
  for (const [i, { user }] of statuses.entries()) {
    if (!user?.linux) continue;
    const at = `${list}[${i}].user.linux`;
    if (os === 'windows') errors.push(fieldError.forbidden(at, 'cannot be set for a windows pod'));
    if (os !== 'linux') continue;
    const { uid, gid, supplementalGroups = [] } = user.linux;
    checkId(errors, `${at}.uid`, uid);
    checkId(errors, `${at}.gid`, gid);
    for (const [k, group] of supplementalGroups.entries()) checkId(errors, `${at}.supplementalGroups[${k}]`, group);
  }
}

function checkAllocated(
  errors: FieldError[],
  list: string,
  statuses: readonly ContainerStatus[],
  containers: readonly Container[],
): void {
  for (const [i, { name, allocatedResourcesStatus }] of statuses.entries()) {
    for (const [k, allocated] of (allocatedResourcesStatus ?? []).entries()) {
      const at = `${list}[${i}].allocatedResourcesStatus[${k}]`;
      // Statuses of containers that nobody knows are let through.
      const container = containers.find((one) => one.name === name);
      if (container) checkAllocatedName(errors, `${at}.name`, allocated.name, container);
      checkHealth(errors, `${at}.resources`, allocated);
    }
  }
}

function checkAllocatedName(errors: FieldError[], at: string, name: string, { resources = {} }: Container): void {
  if (!name.startsWith('claim:')) {
    if (Object.hasOwn(resources.requests ?? {}, name)) return;
    errors.push(fieldError.invalid(at, name, "must match one of the container's resource requests"));
    return;
  }
  const claims = (resources.claims ?? []).map(
    (claim) => `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`,
  );
  if (claims.includes(name)) return;
  const why =
    "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or " +
    "'claim:<claimName>' if request is empty";
  errors.push(fieldError.invalid(at, name, why));
}

const HEALTH = ['Healthy', 'Unhealthy', 'Unknown'];

function checkHealth(errors: FieldError[], list: string, { resources = [] }: Allocated): void {
  const ids = new Set<string>();
  for (const [i, { health, resourceID }] of resources.entries()) {
    checkOneOf(errors, `${list}[${i}].health`, health ?? '', HEALTH);
    if (ids.has(resourceID)) errors.push(fieldError.duplicate(`${list}[${i}].resourceID`, resourceID));
    ids.add(resourceID);
  }
}
