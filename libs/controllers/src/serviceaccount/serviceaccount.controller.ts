import { isReason } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey } from '#controller-runtime';
import { type Namespace, namespaceKind, serviceAccountKind } from '#kinds';
import { isNamespaceTerminating } from '../failures.js';

const DEFAULT = 'default';

export interface ServiceAccountDeps {
  namespace(name: string): Namespace | undefined;
  hasDefault(namespace: string): boolean;
  createDefault(namespace: string): Promise<void>;
}

/** A ServiceAccount `default` in every active namespace. Models kube-controller-manager serviceaccount (1.36). */
export const serviceAccountController = defineController<ServiceAccountDeps>({
  name: 'serviceaccount',
  eventSource: 'service-account-controller',
  identity: controllerIdentity('service-account-controller'),
  reconciles: namespaceKind,
  watches: [
    {
      resource: serviceAccountKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace = '', name } }, _context, _old, change) =>
        change === 'deleted' && name === DEFAULT ? [{ namespace: '', name: namespace }] : [],
    },
  ],
  deps: ({ api, informers }) => ({
    namespace: (name) => informers.of(namespaceKind).get('', name),
    hasDefault: (namespace) => informers.metadataOf(serviceAccountKind).get(namespace, DEFAULT) !== undefined,
    async createDefault(namespace) {
      const metadata = { name: DEFAULT, namespace };
      await api.create(serviceAccountKind, { apiVersion: 'v1', kind: 'ServiceAccount', metadata });
    },
  }),
  reconcile,
});

export async function reconcile(deps: ServiceAccountDeps, { name }: ObjectKey): Promise<void> {
  const namespace = deps.namespace(name);
  if (!namespace || namespace.metadata.deletionTimestamp !== undefined || deps.hasDefault(name)) return;
  try {
    await deps.createDefault(name);
  } catch (error) {
    if (!isReason(error, 'AlreadyExists') && !isNamespaceTerminating(error)) throw error;
  }
}
