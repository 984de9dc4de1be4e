import type { Container, Pod } from '../../generated/types.js';
import { applyPodSpecDefaults } from './pod-spec-defaults.js';

/** Models SetDefaults_Pod (1.36): what a pod gets beyond the defaults of every pod template. */
export function applyPodDefaults(pod: Pod): void {
  const { spec } = pod;
  applyPodSpecDefaults(spec);
  spec.enableServiceLinks ??= true;
  for (const container of spec.containers ?? []) applyRequestDefaults(container, spec.hostNetwork === true);
  for (const container of spec.initContainers ?? []) applyRequestDefaults(container, spec.hostNetwork === true);
}

/** A limit without a request is the request; on the host's network a container's port is the host's. */
function applyRequestDefaults(container: Container, onHostNetwork: boolean): void {
  const limits = container.resources?.limits;
  if (limits) container.resources!.requests = { ...limits, ...container.resources!.requests };
  if (onHostNetwork) for (const port of container.ports ?? []) port.hostPort ||= port.containerPort;
}
