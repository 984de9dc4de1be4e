import type { Pod } from '#kinds';
import { type Amounts, containerRequests, nonZeroContainerRequests, podRequests } from './requests.js';

/** A port on the node that a pod wants for itself. `ip` '0.0.0.0' claims it on all addresses. */
export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** A pod as the scheduler thinks of it: everything that is costly to work out is worked out once, here. */
export interface PodInfo {
  /** As last seen. */
  pod: Pod;
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly priority: number;
  readonly requests: Amounts;
  /** With the small amounts that pods without requests count for when nodes are compared. */
  readonly nonZeroRequests: Amounts;
  readonly hostPorts: readonly HostPort[];
  /** When it entered the queue, for first come, first served. */
  queuedAtMs: number;
}

export function podInfoOf(pod: Pod, nowMs: number): PodInfo {
  const spec = pod.spec!;
  return {
    pod,
    uid: pod.metadata.uid ?? '',
    namespace: pod.metadata.namespace ?? '',
    name: pod.metadata.name ?? '',
    priority: spec.priority ?? 0,
    requests: podRequests(spec, containerRequests),
    nonZeroRequests: podRequests(spec, nonZeroContainerRequests),
    hostPorts: hostPortsOf(pod),
    queuedAtMs: nowMs,
  };
}

const NO_PORTS: readonly HostPort[] = [];

function hostPortsOf(pod: Pod): readonly HostPort[] {
  let found: HostPort[] | undefined;
  const sidecars = (pod.spec!.initContainers ?? []).filter((container) => container.restartPolicy === 'Always');
  for (const container of [...pod.spec!.containers, ...sidecars]) {
    for (const port of container.ports ?? []) {
      if (!port.hostPort) continue;
      (found ??= []).push({ ip: port.hostIP || '0.0.0.0', protocol: port.protocol ?? 'TCP', port: port.hostPort });
    }
  }
  return found ?? NO_PORTS;
}
