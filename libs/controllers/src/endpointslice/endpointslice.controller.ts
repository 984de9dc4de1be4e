import { deepEqual, isReason, type ObjectMeta } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import {
  type Endpoint,
  type EndpointSlice,
  endpointSliceKind,
  type Node,
  nodeKind,
  type Pod,
  podKind,
  type Service,
  serviceKind,
} from '#kinds';
import { newControllerRef } from '../controller-ref.js';
import { Pacer } from '../endpoints/pacer.js';
import {
  backendPorts,
  hasBackends,
  HEADLESS,
  hostnameOf,
  isBackend,
  isHeadless,
  podIpOf,
  servicesOfPod,
} from '../endpoints/service-backends.js';
import { asError, isNamespaceTerminating } from '../failures.js';
import { OwnWrites } from '../own-writes.js';
import { isPodReady } from '../pod-state.js';
import { type EndpointGroup, planSlices } from './slice-plan.js';

const SERVICE_NAME = 'kubernetes.io/service-name';
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const ZONE = 'topology.kubernetes.io/zone';
/** The arrival of own writes brings the key back; this is for when it was lost in a relist. */
const UNSEEN_RETRY_MS = 1000;

export interface EndpointSliceDeps {
  service(key: ObjectKey): Service | undefined;
  node(name: string): Node | undefined;
  pods(service: Service): readonly Pod[];
  slices(key: ObjectKey): readonly EndpointSlice[];
  cacheIsCurrent(key: ObjectKey): boolean;
  /** See Pacer. */
  restMs(key: ObjectKey): number;
  wrote(key: ObjectKey, addresses: number): void;
  create(key: ObjectKey, slice: EndpointSlice): Promise<void>;
  update(key: ObjectKey, slice: EndpointSlice): Promise<void>;
  delete(slice: EndpointSlice): Promise<void>;
  failed(service: Service, message: string): void;
}

/** A service's backends in slices of a hundred. Models kube-controller-manager endpointslice (1.36). */
export const endpointSliceController = defineController<EndpointSliceDeps>({
  name: 'endpointslice',
  eventSource: 'endpoint-slice-controller',
  identity: controllerIdentity('endpointslice-controller'),
  reconciles: serviceKind,
  watches: [
    { resource: podKind, keysOf: servicesOfPod },
    {
      resource: endpointSliceKind,
      keysOf: ({ metadata: { namespace = '', labels } }, _context, old, change) => {
        const name = labels?.[SERVICE_NAME] ?? old?.metadata.labels?.[SERVICE_NAME];
        return name === undefined || change === 'added' ? [] : [{ namespace, name }];
      },
    },
  ],
  workers: 5,
  deps({ env, api, informers, events }) {
    const slices = informers.of(endpointSliceKind);
    const nodes = informers.of(nodeKind);
    const pods = informers.of(podKind);
    const writes = new OwnWrites(slices);
    const pacer = new Pacer(env.clock);
    const text = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
    return {
      service: ({ namespace, name }) => informers.of(serviceKind).get(namespace, name),
      node: (name) => nodes.get('', name),
      pods: ({ metadata, spec }) => pods.select(metadata.namespace!, { matchLabels: spec!.selector! }),
      slices: ({ namespace, name }) =>
        slices.select(namespace, { matchLabels: { [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER } }),
      cacheIsCurrent: (key) => writes.seen(text(key)),
      restMs: (key) => pacer.restMs(text(key)),
      wrote: (key, addresses) => pacer.wrote(text(key), addresses),
      create: async (key, slice) => writes.note(text(key), await api.create(endpointSliceKind, slice)),
      update: async (key, slice) => writes.note(text(key), await api.update(endpointSliceKind, slice)),
      delete: ({ metadata }) => api.delete(endpointSliceKind, metadata.namespace!, metadata.name!),
      failed: (service, message) => events.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message),
    };
  },
  reconcile,
});

export async function reconcile(deps: EndpointSliceDeps, key: ObjectKey): Promise<Outcome> {
  if (!deps.cacheIsCurrent(key)) return { requeueAfterMs: UNSEEN_RETRY_MS };
  const service = deps.service(key);
  // The slices of a deleted service are garbage of the service, and collected.
  if (!service || service.metadata.deletionTimestamp !== undefined || !hasBackends(service)) return;
  const restMs = deps.restMs(key);
  if (restMs > 0) return { requeueAfterMs: restMs };
  const slices = deps.slices(key).filter((slice) => slice.metadata.deletionTimestamp === undefined);
  try {
    await apply(deps, key, service, slices);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    const about = `${key.namespace}/${key.name}`;
    const message = `Error updating Endpoint Slices for Service ${about}: ${asError(error).message}`;
    if (!isReason(error, 'Conflict')) deps.failed(service, message);
    throw error;
  }
}

const HEAD = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } as const;

async function apply(
  deps: EndpointSliceDeps,
  key: ObjectKey,
  service: Service,
  slices: readonly EndpointSlice[],
): Promise<void> {
  const groups = groupsOf(deps, service);
  const plan = planSlices(groups, slices);
  const metadata = metadataFor(service);
  const addressType = addressTypeOf(service);
  const changed = new Set([...plan.delete, ...plan.update].map((slice) => slice.metadata));
  // What the plan leaves alone still follows the service's labels.
  const relabelled = slices.filter((s) => !changed.has(s.metadata) && !deepEqual(s.metadata.labels, metadata.labels));
  for (const slice of plan.delete) await deleted(deps, slice);
  for (const slice of [...plan.update, ...relabelled]) {
    await deps.update(key, { ...slice, metadata: { ...slice.metadata, labels: metadata.labels! } });
  }
  for (const { ports, endpoints } of plan.create) {
    await deps.create(key, { ...HEAD, metadata, addressType, ports: [...ports], endpoints: [...endpoints] });
  }
  const writes = plan.create.length + plan.update.length;
  if (writes > 0)
    deps.wrote(
      key,
      groups.reduce((sum, group) => sum + group.endpoints.size, 0),
    );
}

async function deleted(deps: EndpointSliceDeps, slice: EndpointSlice): Promise<void> {
  try {
    await deps.delete(slice);
  } catch (error) {
    if (!isReason(error, 'NotFound')) throw error;
  }
}

function groupsOf(deps: EndpointSliceDeps, service: Service): EndpointGroup[] {
  const groups = new Map<string, { ports: EndpointGroup['ports']; endpoints: Map<string, Endpoint> }>();
  for (const pod of deps.pods(service)) {
    if (!isBackend(pod, true)) continue;
    const ports = backendPorts(service, pod).map(({ name, port, protocol, appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    const key = JSON.stringify(ports);
    let group = groups.get(key);
    if (!group) groups.set(key, (group = { ports, endpoints: new Map() }));
    group.endpoints.set(pod.metadata.uid!, endpointOf(deps, service, pod));
  }
  return [...groups.values()];
}

function endpointOf(deps: EndpointSliceDeps, service: Service, pod: Pod): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec?.publishNotReadyAddresses === true || (serving && !terminating);
  const { nodeName } = pod.spec;
  const zone = nodeName ? deps.node(nodeName)?.metadata.labels?.[ZONE] : undefined;
  const hostname = hostnameOf(pod, service);
  const { name, namespace, uid } = pod.metadata;
  return {
    addresses: [podIpOf(pod)!],
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: { kind: 'Pod', namespace: namespace!, name: name!, uid: uid! },
    ...(nodeName ? { nodeName } : {}),
    ...(zone === undefined ? {} : { zone }),
  };
}

function metadataFor(service: Service): ObjectMeta {
  const { name, namespace, labels } = service.metadata;
  return {
    generateName: `${name}-`,
    namespace: namespace!,
    labels: {
      ...labels,
      [SERVICE_NAME]: name!,
      [MANAGED_BY]: MANAGER,
      ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
    },
    ownerReferences: [newControllerRef(service, serviceKind)],
  };
}

function addressTypeOf({ spec }: Service): string {
  return spec?.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4';
}
