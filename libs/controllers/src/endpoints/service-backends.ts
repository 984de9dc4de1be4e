import { deepEqual, type KubeObject, labelMatcherOf } from '#apimachinery';
import type { Change, ControllerContext, ObjectKey } from '#controller-runtime';
import { type Pod, type Service, type ServicePort, serviceKind } from '#kinds';
import { isPodFinished, isPodReady } from '../pod-state.js';

/** What both views of a service's backends (Endpoints, EndpointSlices) share. Models k8s.io/endpointslice/util (1.36). */

export const HEADLESS = 'service.kubernetes.io/headless';

/** One port as the pod serves it: a named target port may be another number in each pod. */
export interface BackendPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly appProtocol: string | undefined;
}

/** Without selector someone else keeps the endpoints; of an external name there are none. */
export function hasBackends({ spec }: Service): boolean {
  return spec?.selector !== undefined && Object.keys(spec.selector).length > 0 && spec.type !== 'ExternalName';
}

export const isHeadless = ({ spec }: Service): boolean => spec?.clusterIP === 'None';

export function podIpOf(pod: Pod): string | undefined {
  return pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || undefined;
}

/** Whether the pod has an address to send to; terminating ones count only when asked for. */
export function isBackend(pod: Pod, withTerminating: boolean): boolean {
  if (isPodFinished(pod) || podIpOf(pod) === undefined) return false;
  return withTerminating || pod.metadata.deletionTimestamp === undefined;
}

/** Ports that this pod does not have (by name) are left out. */
export function backendPorts({ spec }: Service, pod: Pod): BackendPort[] {
  const ports: BackendPort[] = [];
  for (const port of spec?.ports ?? []) {
    const number = targetPort(port, pod);
    if (number === undefined) continue;
    const { name = '', protocol = 'TCP', appProtocol } = port;
    ports.push({ name, port: number, protocol, appProtocol });
  }
  return ports;
}

function targetPort({ targetPort: target, port, protocol = 'TCP' }: ServicePort, pod: Pod): number | undefined {
  if (target === undefined || target === 0 || target === '') return port;
  if (typeof target === 'number') return target;
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const named = container.ports?.find((other) => other.name === target && (other.protocol ?? 'TCP') === protocol);
    if (named) return named.containerPort;
  }
  return undefined;
}

/** A pod has a DNS name of its own when it asks to be in this service's subdomain. */
export function hostnameOf(pod: Pod, service: Service): string | undefined {
  const { hostname, subdomain } = pod.spec;
  return hostname && subdomain === service.metadata.name ? hostname : undefined;
}

/** Services that select the pod, before or after the change, when the change concerns endpoints at all. */
export function servicesOfPod(
  pod: KubeObject,
  { informers }: ControllerContext,
  old: KubeObject | undefined,
  _change: Change,
): readonly ObjectKey[] {
  if (old && !concernsEndpoints(old as Pod, pod as Pod)) return [];
  const namespace = pod.metadata.namespace ?? '';
  const relabelled = old && !deepEqual(old.metadata.labels, pod.metadata.labels);
  const keys: ObjectKey[] = [];
  for (const service of informers.of<Service>(serviceKind).list(namespace)) {
    const matchLabels = service.spec?.selector;
    if (!matchLabels || Object.keys(matchLabels).length === 0) continue;
    const matcher = labelMatcherOf({ matchLabels });
    if (!matcher.matches(pod.metadata.labels) && !(relabelled && matcher.matches(old.metadata.labels))) continue;
    keys.push({ namespace, name: service.metadata.name! });
  }
  return keys;
}

function concernsEndpoints(old: Pod, pod: Pod): boolean {
  return (
    isPodReady(old) !== isPodReady(pod) ||
    isPodFinished(old) !== isPodFinished(pod) ||
    podIpOf(old) !== podIpOf(pod) ||
    old.metadata.deletionTimestamp !== pod.metadata.deletionTimestamp ||
    old.spec.nodeName !== pod.spec.nodeName ||
    !deepEqual(old.metadata.labels, pod.metadata.labels)
  );
}
