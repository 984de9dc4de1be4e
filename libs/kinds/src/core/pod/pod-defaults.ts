import type { Container, Pod, PodSpec } from '../../generated/types.js';
import { isHugePages } from '../resource-names.js';
import { aggregate, isPodResource } from './pod-resources.js';
import { applyPodSpecDefaults } from './pod-spec-defaults.js';

/** Models SetDefaults_Pod (1.36): what a pod gets beyond the defaults of every pod template. */
export function applyPodDefaults(pod: Pod): void {
  const { spec } = pod;
  applyPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of spec.containers ?? []) applyRequestDefaults(container, spec.hostNetwork === true);
  for (const container of spec.initContainers ?? []) applyRequestDefaults(container, spec.hostNetwork === true);
  if (spec.resources) applyPodResourceDefaults(spec, spec.resources);
}

/** A limit without a request is the request; on the host's network a container's port is the host's. */
function applyRequestDefaults(container: Container, onHostNetwork: boolean): void {
  const limits = container.resources?.limits;
  if (limits) container.resources!.requests = { ...limits, ...container.resources!.requests };
  if (onHostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}

/**
 * Of the pod as a whole: huge pages are limited to what its containers may use; what it asks for is what its containers
 * ask for, else what it may use. Models defaultHugePagePodLimits and defaultPodRequests (1.36).
 */
function applyPodResourceDefaults(spec: PodSpec, resources: NonNullable<PodSpec['resources']>): void {
  const isEmpty = (list: object | undefined) => !list || Object.keys(list).length === 0;
  if (isEmpty(resources.limits) && isEmpty(resources.requests)) return;
  const limits = { ...resources.limits };
  for (const [name, sum] of aggregate(spec, 'limits')) if (isHugePages(name)) limits[name] ??= sum.toString();
  if (isEmpty(limits)) return;
  resources.limits = limits;
  const requests = { ...resources.requests };
  for (const [name, sum] of aggregate(spec, 'requests')) if (isPodResource(name)) requests[name] ??= sum.toString();
  for (const [name, limit] of Object.entries(limits)) if (isPodResource(name)) requests[name] ??= limit;
  if (!isEmpty(requests)) resources.requests = requests;
}
