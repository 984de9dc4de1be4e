import { deepEqual, isReason, type KubeObject } from '#apimachinery';
import {
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type WatchRule,
} from '#controller-runtime';
import { type Kind, type KindCatalog, type Namespace, namespaceKind } from '#kinds';
import { asError } from '../failures.js';
import { deletionConditions, type Remains } from './namespace-conditions.js';

/** While it stands in spec.finalizers the namespace stays. */
const KUBERNETES = 'kubernetes';

export interface NamespaceDeps {
  nowMs(): number;
  namespace(name: string): Namespace | undefined;
  /** All namespaced resources that can be deleted now; pods first. */
  readonly kinds: readonly Kind[];
  /** As the API has them now: a cache might miss the last one, and then it would be an orphan for ever. */
  contents(kind: Kind, namespace: string): Promise<readonly KubeObject[]>;
  deleteAll(kind: Kind, namespace: string): Promise<void>;
  writeStatus(namespace: Namespace): Promise<Namespace>;
  finalize(namespace: Namespace): Promise<void>;
}

/** Empties namespaces that are being deleted and lets them go. Models kube-controller-manager namespace (1.36). */
export const namespaceController = defineController<NamespaceDeps>({
  name: 'namespace',
  identity: controllerIdentity('namespace-controller'),
  reconciles: namespaceKind,
  watches: contentWatches,
  workers: 10,
  deps: newNamespaceDeps,
  reconcile,
});

export async function reconcile(deps: NamespaceDeps, { name }: ObjectKey): Promise<void> {
  const namespace = deps.namespace(name);
  if (namespace?.metadata.deletionTimestamp === undefined) return;
  if (!(namespace.spec?.finalizers ?? []).includes(KUBERNETES)) return;
  const remains = await empty(deps, name);
  const conditions = deletionConditions(namespace, remains, deps.nowMs());
  const status = { ...namespace.status, phase: 'Terminating', conditions };
  const told = deepEqual(status, namespace.status) ? namespace : await deps.writeStatus({ ...namespace, status });
  if (remains.failures.length > 0) throw new Error(`namespace ${name}: ${remains.failures.join(', ')}`);
  // What remains has finalizers or a grace period; its going brings the key back.
  if (remains.counts.size === 0) await deps.finalize(told);
}

/** Deletes what is there, pods before all else, so that they still find what they need while they stop. */
async function empty(deps: NamespaceDeps, namespace: string): Promise<Remains> {
  const counts = new Map<string, number>();
  const finalizers = new Map<string, number>();
  const failures: string[] = [];
  for (const kind of deps.kinds) {
    try {
      let left = await deps.contents(kind, namespace);
      if (left.some(({ metadata }) => metadata.deletionTimestamp === undefined)) {
        await deps.deleteAll(kind, namespace);
        left = await deps.contents(kind, namespace);
      }
      if (left.length > 0) counts.set(`${kind.resource}.${kind.group}`, left.length);
      for (const finalizer of left.flatMap(({ metadata }) => metadata.finalizers ?? [])) {
        finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
      }
      if (left.length > 0 && isPods(kind)) break;
    } catch (error) {
      failures.push(asError(error).message);
    }
  }
  return { counts, finalizers, failures };
}

const isPods = ({ group, resource }: Kind) => group === '' && resource === 'pods';

function namespacedKinds(catalog: KindCatalog): Kind[] {
  const byStorage = new Map<string, Kind>();
  for (const kind of catalog.all) {
    if (!kind.namespaced || !kind.verbs.includes('delete') || !kind.verbs.includes('list')) continue;
    const preferred = catalog.preferred(kind.group, kind.resource) ?? kind;
    if (!byStorage.has(kind.storage.groupResource)) byStorage.set(kind.storage.groupResource, preferred);
  }
  return [...byStorage.values()].toSorted((a, b) => Number(isPods(b)) - Number(isPods(a)));
}

/** The last object of a resource in a namespace that is going: time for the next pass. */
function contentWatches(catalog: KindCatalog): WatchRule[] {
  const watchable = namespacedKinds(catalog).filter((kind) => kind.verbs.includes('watch') && kind.kind !== 'Event');
  return watchable.map((kind) => ({
    resource: kind,
    metadataOnly: true,
    keysOf({ metadata: { namespace = '' } }, { informers }, _old, change) {
      if (change !== 'deleted' || informers.metadataOf(kind).count(namespace) > 0) return [];
      const going = informers.of(namespaceKind).get('', namespace)?.metadata.deletionTimestamp !== undefined;
      return going ? [{ namespace: '', name: namespace }] : [];
    },
  }));
}

function newNamespaceDeps(context: ControllerContext): NamespaceDeps {
  const { env, api, informers } = context;
  const namespaces = informers.of(namespaceKind);
  return {
    nowMs: () => env.clock.nowMs(),
    namespace: (name) => namespaces.get('', name),
    get kinds() {
      return namespacedKinds(context.kinds);
    },
    contents: async (kind, namespace) => (await api.list(kind, namespace)).items,
    deleteAll: (kind, namespace) => api.deleteCollection(kind, namespace, { propagationPolicy: 'Background' }),
    writeStatus: (namespace) => api.update(namespaceKind, namespace, 'status'),
    async finalize(namespace) {
      const finalizers = (namespace.spec?.finalizers ?? []).filter((finalizer) => finalizer !== KUBERNETES);
      try {
        await api.update(namespaceKind, { ...namespace, spec: { ...namespace.spec, finalizers } }, 'finalize');
      } catch (error) {
        if (!isReason(error, 'NotFound')) throw error;
      }
    },
  };
}
