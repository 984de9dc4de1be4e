import { type KubeObject, type LabelSelector, type OwnerReference, parseApiVersion } from '#apimachinery';
import type { Kind } from '#kinds';
import type { Found } from '#registry';
import { Item } from './source.js';

/** A resource by group and name; its served version is found at run time. */
export interface TargetResource {
  readonly group: string;
  readonly resource: string;
}

const PODS: TargetResource = { group: '', resource: 'pods' };
const EVENTS: TargetResource = { group: '', resource: 'events' };

/**
 * A relation from objects of one kind to others. `target` 'any' gives the interface. `load` runs only where the edge is
 * selected; what it reads, it reads as the caller.
 */
export interface Edge {
  readonly name: string;
  readonly description: string;
  readonly target: TargetResource | 'any';
  readonly many: boolean;
  from(kind: Kind): boolean;
  /** `target`: the kind to load, as this cluster serves it. */
  load(item: Item, target: Kind | undefined): Promise<readonly Item[]>;
}

type Loose = KubeObject & { readonly spec?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown };

const is =
  (group: string, ...resources: string[]) =>
  (kind: Kind) =>
    kind.group === group && resources.includes(kind.resource);

const specOf = (item: Item): Readonly<Record<string, unknown>> => (item.object() as Loose).spec ?? {};
const textAt = (from: Readonly<Record<string, unknown>>, key: string) =>
  Object.hasOwn(from, key) && typeof from[key] === 'string' ? from[key] : '';
const items = (item: Item, kind: Kind, founds: readonly Found[]) =>
  founds.map((found) => new Item(item.scope, kind, found));
const namespaceOf = (item: Item) => item.object().metadata.namespace ?? '';

async function one(item: Item, kind: Kind, namespace: string, name: string): Promise<readonly Item[]> {
  if (name === '') return [];
  const found = await item.scope.loaders.get(kind, kind.namespaced ? namespace : '', name);
  return found ? [new Item(item.scope, kind, found)] : [];
}

/** Objects whose controller is this one; narrowed by its selector, which its children carry. */
async function controlled(item: Item, target: Kind | undefined): Promise<readonly Item[]> {
  const { uid } = item.object().metadata;
  if (!target || uid === undefined) return [];
  const selector = specOf(item)['selector'] as LabelSelector | undefined;
  const founds = await item.scope.loaders.owned(target, namespaceOf(item), uid, structured(selector));
  return items(item, target, founds);
}

/** Jobs and Services have other shapes of selector, or none. */
function structured(selector: LabelSelector | undefined): LabelSelector | undefined {
  return selector && (selector.matchLabels || selector.matchExpressions) ? selector : undefined;
}

/** An owner that is gone, or of a kind that is not served, is left out. */
async function owners(item: Item, references: readonly OwnerReference[]): Promise<readonly Item[]> {
  const found = await Promise.all(
    references.map(async ({ apiVersion, kind: kindName, name, uid }) => {
      const groupVersion = parseApiVersion(apiVersion);
      const kind = groupVersion && item.scope.cluster.kinds.byKind({ ...groupVersion, kind: kindName });
      if (!kind) return [];
      const [owner] = await one(item, kind, namespaceOf(item), name);
      // The name may have been taken by another object since.
      return owner && owner.object().metadata.uid === uid ? [owner] : [];
    }),
  );
  return found.flat();
}

async function involved(item: Item): Promise<readonly Item[]> {
  const object = item.object() as Loose;
  const reference = (object['involvedObject'] ?? object['regarding']) as Readonly<Record<string, unknown>> | undefined;
  const groupVersion = reference && parseApiVersion(textAt(reference, 'apiVersion'));
  if (!reference || !groupVersion) return [];
  const kind = item.scope.cluster.kinds.byKind({ ...groupVersion, kind: textAt(reference, 'kind') });
  return kind ? one(item, kind, textAt(reference, 'namespace'), textAt(reference, 'name')) : [];
}

async function events(item: Item, target: Kind | undefined): Promise<readonly Item[]> {
  const { name = '', uid = '', namespace } = item.object().metadata;
  if (!target) return [];
  const about = { kind: item.kind.kind, name, uid };
  // Events about things that are in no namespace are written to this one.
  const founds = await item.scope.loaders.events({ kind: target, namespace: namespace ?? 'default', about });
  return items(
    item,
    target,
    founds.toSorted((a, b) => lastSeen(a).localeCompare(lastSeen(b))),
  );
}

/** When it happened last, as RFC 3339: events of the newer API say that elsewhere. */
function lastSeen(event: Found): string {
  const object = event.object() as Loose;
  return textAt(object, 'lastTimestamp') || textAt(object, 'eventTime') || (object.metadata.creationTimestamp ?? '');
}

/** In the order in which the schema shows them; a kind's own field of the same name comes before an edge. */
export const edges: readonly Edge[] = [
  {
    name: 'owner',
    description: 'The object that controls this one (ownerReferences with controller: true).',
    target: 'any',
    many: false,
    from: () => true,
    load: (item) =>
      owners(
        item,
        (item.object().metadata.ownerReferences ?? []).filter((owner) => owner.controller),
      ),
  },
  {
    name: 'owners',
    description: 'The objects of metadata.ownerReferences that exist.',
    target: 'any',
    many: true,
    from: () => true,
    load: (item) => owners(item, item.object().metadata.ownerReferences ?? []),
  },
  {
    name: 'events',
    description: 'Events about this object, oldest first, as `kubectl describe` shows them.',
    target: EVENTS,
    many: true,
    from: (kind) => kind.resource !== 'events',
    load: events,
  },
  {
    name: 'involved',
    description: 'The object that this event is about.',
    target: 'any',
    many: false,
    from: (kind) => kind.resource === 'events',
    load: involved,
  },
  {
    name: 'node',
    description: 'The node that the pod is bound to.',
    target: { group: '', resource: 'nodes' },
    many: false,
    from: is('', 'pods'),
    load: async (item, target) => (target ? one(item, target, '', textAt(specOf(item), 'nodeName')) : []),
  },
  {
    name: 'pods',
    description: 'The pods bound to this node, in all namespaces.',
    target: PODS,
    many: true,
    from: is('', 'nodes'),
    load: async (item, target) =>
      target ? items(item, target, await item.scope.loaders.onNode(target, item.object().metadata.name ?? '')) : [],
  },
  {
    name: 'pods',
    description: 'The pods that the selector of the service matches, ready or not.',
    target: PODS,
    many: true,
    from: is('', 'services'),
    load: async (item, target) => {
      const labels = Object.entries((specOf(item)['selector'] ?? {}) as Record<string, string>);
      if (!target || labels.length === 0) return [];
      const labelSelector = labels.map(([key, value]) => `${key}=${value}`).join(',');
      return items(item, target, await item.scope.loaders.list(target, namespaceOf(item), { labelSelector }));
    },
  },
  {
    name: 'endpointSlices',
    description: 'The addresses behind this service.',
    target: { group: 'discovery.k8s.io', resource: 'endpointslices' },
    many: true,
    from: is('', 'services'),
    load: async (item, target) => {
      if (!target) return [];
      const labelSelector = `kubernetes.io/service-name=${item.object().metadata.name}`;
      return items(item, target, await item.scope.loaders.list(target, namespaceOf(item), { labelSelector }));
    },
  },
  {
    name: 'replicaSets',
    description: 'The replica sets of this deployment: one for each revision that is kept.',
    target: { group: 'apps', resource: 'replicasets' },
    many: true,
    from: is('apps', 'deployments'),
    load: controlled,
  },
  {
    name: 'pods',
    description: 'The pods that this object controls.',
    target: PODS,
    many: true,
    from: is('apps', 'replicasets', 'statefulsets', 'daemonsets'),
    load: controlled,
  },
  {
    name: 'pods',
    description: 'The pods that this job controls.',
    target: PODS,
    many: true,
    from: is('batch', 'jobs'),
    load: controlled,
  },
  {
    name: 'jobs',
    description: 'The jobs that this cron job has made.',
    target: { group: 'batch', resource: 'jobs' },
    many: true,
    from: is('batch', 'cronjobs'),
    load: controlled,
  },
];
