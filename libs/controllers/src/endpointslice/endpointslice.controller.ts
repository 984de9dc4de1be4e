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
import { isNamespaceTerminating } from '../failures.js';
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
  deps({ api, informers, events }) {
    const slices = informers.of(endpointSliceKind);
    const nodes = informers.of(nodeKind);
    const pods = informers.of(podKind);
    const writes = new OwnWrites(slices);
    const text = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
    return {
      service: ({ namespace, name }) => informers.of(serviceKind).get(namespace, name),
      node: (name) => nodes.get('', name),
      pods: ({ metadata, spec }) => pods.select(metadata.namespace!, { matchLabels: spec!.selector! }),
      slices: ({ namespace, name }) =>
        slices.select(namespace, { matchLabels: { [SERVICE_NAME]: name, [MANAGED_BY]: MANAGER } }),
      cacheIsCurrent: (key) => writes.seen(text(key)),
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
  const slices = deps.slices(key).filter((slice) => slice.metadata.deletionTimestamp === undefined);
  const groups = groupsOf(deps, service);
  const plan = planSlices(groups, groups.length === 0 ? slices.slice(1) : slices);
  const metadata = metadataFor(service);
  const addressType = addressTypeOf(service);
  try {
    for (const slice of plan.delete) await deleted(deps, slice);
    for (const slice of plan.update) await deps.update(key, labelled(slice, metadata));
    for (const { ports, endpoints } of plan.create) {
      await deps.create(key, { ...HEAD, metadata, addressType, ports: [...ports], endpoints: [...endpoints] });
    }
    const untouched = slices.filter(
      (s) => !plan.delete.includes(s) && !plan.update.some((u) => u.metadata === s.metadata),
    );
    for (const slice of untouched) await settle(deps, key, slice, metadata, groups.length === 0);
    // A service without backends is shown by one empty slice.
    if (groups.length === 0 && slices.length === 0) {
      await deps.create(key, { ...HEAD, metadata, addressType, ports: [], endpoints: [] });
    }
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    const about = `${key.namespace}/${key.name}`;
    if (!isReason(error, 'Conflict'))
      deps.failed(service, `Error updating Endpoint Slices for Service ${about}: ${String(error)}`);
    throw error;
  }
}

const HEAD = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' } as const;

/** What the plan leaves alone still follows the service's labels, and is emptied when it is the last. */
async function settle(
  deps: EndpointSliceDeps,
  key: ObjectKey,
  slice: EndpointSlice,
  metadata: ObjectMeta,
  empty: boolean,
): Promise<void> {
  const wanted = labelled(
    empty && (slice.endpoints ?? []).length > 0 ? { ...slice, endpoints: [], ports: [] } : slice,
    metadata,
  );
  if (!deepEqual(wanted, slice)) await deps.update(key, wanted);
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

function labelled(slice: EndpointSlice, { labels, ownerReferences }: ObjectMeta): EndpointSlice {
  const owners = slice.metadata.ownerReferences ?? ownerReferences!;
  return { ...slice, metadata: { ...slice.metadata, labels: labels!, ownerReferences: owners } };
}

function addressTypeOf({ spec }: Service): string {
  return spec?.ipFamilies?.[0] === 'IPv6' ? 'IPv6' : 'IPv4';
}
