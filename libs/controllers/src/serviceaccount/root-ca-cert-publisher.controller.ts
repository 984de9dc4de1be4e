import { isReason } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { type ConfigMap, configMapKind, type Namespace, namespaceKind } from '#kinds';
import { isNamespaceTerminating } from '../failures.js';

const NAME = 'kube-root-ca.crt';
/** Upstream's words, which users meet in `kubectl describe`. */
const DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the ' +
  'internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** As it is published in that namespace. `rootCa` is PEM. */
export function rootCaConfigMap(namespace: string, rootCa: string): ConfigMap {
  const metadata = { name: NAME, namespace, annotations: { 'kubernetes.io/description': DESCRIPTION } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { 'ca.crt': rootCa } };
}

export interface RootCaDeps {
  readonly rootCa: string;
  namespace(name: string): Namespace | undefined;
  /** Live: the cache keeps no data. */
  published(namespace: string): Promise<ConfigMap | undefined>;
  create(configMap: ConfigMap): Promise<unknown>;
  update(configMap: ConfigMap): Promise<unknown>;
}

/** ConfigMap kube-root-ca.crt in every active namespace. Models kube-controller-manager root-ca-cert-publisher (1.36). */
export const rootCaCertPublisherController = defineController<RootCaDeps>({
  name: 'root-ca-cert-publisher',
  identity: controllerIdentity('root-ca-cert-publisher'),
  reconciles: namespaceKind,
  watches: [
    {
      resource: configMapKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace = '', name } }, _context, _old, change) =>
        change !== 'added' && name === NAME ? [{ namespace: '', name: namespace }] : [],
    },
  ],
  deps: ({ api, observer, informers, rootCa }) => ({
    rootCa,
    namespace: (name) => informers.of(namespaceKind).get('', name),
    async published(namespace) {
      if (!informers.metadataOf(configMapKind).get(namespace, NAME)) return undefined;
      return observer.get(configMapKind, namespace, NAME).catch((error: unknown) => {
        if (isReason(error, 'NotFound')) return undefined;
        throw error;
      });
    },
    create: (configMap) => api.create(configMapKind, configMap),
    update: (configMap) => api.update(configMapKind, configMap),
  }),
  reconcile,
});

export async function reconcile(deps: RootCaDeps, { name: namespace }: ObjectKey): Promise<void> {
  const active = deps.namespace(namespace);
  if (!active || active.metadata.deletionTimestamp !== undefined) return;
  const there = await deps.published(namespace);
  const wanted = rootCaConfigMap(namespace, deps.rootCa);
  if (there) {
    const same = Object.keys(there.data ?? {}).length === 1 && there.data?.['ca.crt'] === deps.rootCa;
    const annotations = { ...there.metadata.annotations, ...wanted.metadata.annotations };
    if (!same) await deps.update({ ...there, metadata: { ...there.metadata, annotations }, data: wanted.data! });
    return;
  }
  try {
    await deps.create(wanted);
  } catch (error) {
    if (!isReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
  }
}
