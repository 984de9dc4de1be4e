import { deepEqual, isReason } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import {
  type EndpointAddress,
  type Endpoints,
  endpointsKind,
  type EndpointSubset,
  type Pod,
  podKind,
  type Service,
  serviceKind,
} from '#kinds';
import { isNamespaceTerminating } from '../failures.js';
import { OwnWrites } from '../own-writes.js';
import { isPodReady } from '../pod-state.js';
import { Pacer } from './pacer.js';
import {
  backendPorts,
  hasBackends,
  HEADLESS,
  hostnameOf,
  isBackend,
  isHeadless,
  podIpOf,
  servicesOfPod,
} from './service-backends.js';

const ADDRESSES_MAX = 1000;
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';

export interface EndpointsDeps {
  service(key: ObjectKey): Service | undefined;
  endpoints(key: ObjectKey): Endpoints | undefined;
  pods(service: Service): readonly Pod[];
  cacheIsCurrent(key: ObjectKey): boolean;
  /** See Pacer. */
  restMs(key: ObjectKey): number;
  wrote(key: ObjectKey, addresses: number): void;
  create(key: ObjectKey, endpoints: Endpoints): Promise<void>;
  update(key: ObjectKey, endpoints: Endpoints): Promise<void>;
  delete(key: ObjectKey): Promise<void>;
}

/** The older view of a service's backends, in one object. Models kube-controller-manager endpoints (1.36). */
export const endpointsController = defineController<EndpointsDeps>({
  name: 'endpoints',
  eventSource: 'endpoint-controller',
  identity: controllerIdentity('endpoint-controller'),
  reconciles: serviceKind,
  watches: [
    { resource: podKind, keysOf: servicesOfPod },
    {
      resource: endpointsKind,
      keysOf: ({ metadata: { namespace = '', name = '' } }, _context, _old, change) =>
        change === 'deleted' ? [{ namespace, name }] : [],
    },
  ],
  workers: 5,
  deps({ env, api, informers }) {
    const all = informers.of(endpointsKind);
    const writes = new OwnWrites(all);
    const pacer = new Pacer(env.clock);
    const text = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
    return {
      service: ({ namespace, name }) => informers.of(serviceKind).get(namespace, name),
      endpoints: ({ namespace, name }) => all.get(namespace, name),
      pods: ({ metadata, spec }) => informers.of(podKind).select(metadata.namespace!, { matchLabels: spec!.selector! }),
      cacheIsCurrent: (key) => writes.seen(text(key)),
      restMs: (key) => pacer.restMs(text(key)),
      wrote: (key, addresses) => pacer.wrote(text(key), addresses),
      create: async (key, endpoints) => writes.note(text(key), await api.create(endpointsKind, endpoints)),
      update: async (key, endpoints) => writes.note(text(key), await api.update(endpointsKind, endpoints)),
      delete: ({ namespace, name }) => api.delete(endpointsKind, namespace, name),
    };
  },
  reconcile,
});

export async function reconcile(deps: EndpointsDeps, key: ObjectKey): Promise<void | { requeueAfterMs: number }> {
  if (!deps.cacheIsCurrent(key)) return { requeueAfterMs: 1000 };
  const service = deps.service(key);
  const current = deps.endpoints(key);
  if (!service) return current && removeManaged(deps, key, current);
  if (!hasBackends(service)) return;
  const restMs = deps.restMs(key);
  if (restMs > 0) return { requeueAfterMs: restMs };
  const wanted = wantedEndpoints(service, deps.pods(service), current);
  try {
    if (!current) await deps.create(key, wanted);
    else if (!sameEndpoints(current, wanted)) await deps.update(key, wanted);
    else return;
    deps.wrote(key, countOf(wanted));
  } catch (error) {
    if (!isNamespaceTerminating(error)) throw error;
  }
}

/** Endpoints that someone made by hand outlive the service, as upstream's do only when no service of the name ever was. */
async function removeManaged(deps: EndpointsDeps, key: ObjectKey, current: Endpoints): Promise<void> {
  if (current.metadata.labels?.[MANAGED_BY] !== MANAGER) return;
  try {
    await deps.delete(key);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

function countOf({ subsets = [] }: Endpoints): number {
  return subsets.reduce((sum, s) => sum + (s.addresses?.length ?? 0) + (s.notReadyAddresses?.length ?? 0), 0);
}

function sameEndpoints(a: Endpoints, b: Endpoints): boolean {
  return (
    deepEqual(a.subsets ?? [], b.subsets ?? []) &&
    deepEqual(a.metadata.labels, b.metadata.labels) &&
    deepEqual(a.metadata.annotations, b.metadata.annotations)
  );
}

function wantedEndpoints(service: Service, pods: readonly Pod[], current: Endpoints | undefined): Endpoints {
  const { subsets, truncated } = capped(subsetsOf(service, pods));
  const { [OVER_CAPACITY]: _, ...annotations } = current?.metadata.annotations ?? {};
  if (truncated) annotations[OVER_CAPACITY] = 'truncated';
  const labels = {
    ...service.metadata.labels,
    [MANAGED_BY]: MANAGER,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
  };
  const { name, namespace } = service.metadata;
  const { annotations: _old, ...metadata } = current?.metadata ?? { name: name!, namespace: namespace! };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...metadata, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) },
    ...(subsets.length > 0 ? { subsets } : {}),
  };
}

/** Addresses with the same ports share a subset; all in a fixed order, so that nothing is written for a reshuffle. */
function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const tolerant = service.spec?.publishNotReadyAddresses === true;
  const groups = new Map<string, EndpointSubset>();
  for (const pod of pods) {
    if (!isBackend(pod, tolerant)) continue;
    const ports = backendPorts(service, pod).map(({ name, port, protocol, appProtocol }) => ({
      ...(name === '' ? {} : { name }),
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    if (ports.length === 0 && !isHeadless(service)) continue;
    const key = JSON.stringify(ports);
    let subset = groups.get(key);
    if (!subset) groups.set(key, (subset = ports.length > 0 ? { ports } : {}));
    const list = tolerant || isPodReady(pod) ? 'addresses' : 'notReadyAddresses';
    (subset[list] ??= []).push(addressOf(pod, service));
  }
  for (const subset of groups.values()) {
    subset.addresses?.sort(byIp);
    subset.notReadyAddresses?.sort(byIp);
  }
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, subset]) => subset);
}

function addressOf(pod: Pod, service: Service): EndpointAddress {
  const hostname = hostnameOf(pod, service);
  const { name, namespace, uid } = pod.metadata;
  return {
    ip: podIpOf(pod)!,
    ...(hostname === undefined ? {} : { hostname }),
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    targetRef: { kind: 'Pod', namespace: namespace!, name: name!, uid: uid! },
  };
}

function byIp(a: EndpointAddress, b: EndpointAddress): number {
  return a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0;
}

/** One object holds a thousand addresses; ready ones first. EndpointSlices hold the rest. */
function capped(subsets: EndpointSubset[]): { subsets: EndpointSubset[]; truncated: boolean } {
  const count = (list: 'addresses' | 'notReadyAddresses') =>
    subsets.reduce((sum, subset) => sum + (subset[list]?.length ?? 0), 0);
  if (count('addresses') + count('notReadyAddresses') <= ADDRESSES_MAX) return { subsets, truncated: false };
  let left = ADDRESSES_MAX;
  for (const list of ['addresses', 'notReadyAddresses'] as const) {
    for (const subset of subsets) {
      const kept = subset[list]?.slice(0, left) ?? [];
      left -= kept.length;
      if (kept.length > 0) subset[list] = kept;
      else delete subset[list];
    }
  }
  return { subsets: subsets.filter((s) => s.addresses || s.notReadyAddresses), truncated: true };
}
