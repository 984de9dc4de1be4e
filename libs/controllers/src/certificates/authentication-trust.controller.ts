import { isReason } from '#apimachinery';
import { API_SERVER, defineController } from '#controller-runtime';
import { type ConfigMap, configMapKind, namespaceKind } from '#kinds';
import { unlessGone } from '../failures.js';

const NAMESPACE = 'kube-system';
const NAME = 'extension-apiserver-authentication';
const KEY = { namespace: NAMESPACE, name: NAME };
const FILE = 'client-ca-file';

export interface TrustDeps {
  /** PEM of the authority that certifies users; undefined: the cluster has none. */
  readonly authority: string | undefined;
  /** Live: the cache keeps no data. */
  published(): Promise<ConfigMap | undefined>;
  create(configMap: ConfigMap): Promise<unknown>;
  update(configMap: ConfigMap): Promise<unknown>;
}

/**
 * ConfigMap kube-system/extension-apiserver-authentication: by what servers beside the API server know its users. Models
 * kube-apiserver's clusterauthenticationtrust (1.36), which acts as the API server itself. Differs: nothing is said of
 * request headers, because there is no proxy that sets them.
 */
export const authenticationTrustController = defineController<TrustDeps>({
  name: 'clusterauthenticationtrust',
  identity: API_SERVER,
  watches: [
    {
      resource: namespaceKind,
      metadataOnly: true,
      keysOf: ({ metadata: { name } }, _context, _old, change) =>
        change === 'added' && name === NAMESPACE ? [KEY] : [],
    },
    {
      resource: configMapKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace, name } }, _context, _old, change) =>
        change !== 'added' && namespace === NAMESPACE && name === NAME ? [KEY] : [],
    },
  ],
  deps: ({ api, observer, signer }) => ({
    authority: signer?.authority,
    published: () => unlessGone(observer.get<ConfigMap>(configMapKind, NAMESPACE, NAME)),
    create: (configMap) => api.create(configMapKind, configMap),
    update: (configMap) => api.update(configMapKind, configMap),
  }),
  reconcile,
});

export async function reconcile({ authority, ...deps }: TrustDeps): Promise<void> {
  if (authority === undefined) return;
  const there = await deps.published();
  if (there?.data?.[FILE] === authority) return;
  if (there) return void (await deps.update({ ...there, data: { ...there.data, [FILE]: authority } }));
  const metadata = { name: NAME, namespace: NAMESPACE };
  try {
    await deps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { [FILE]: authority } });
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
  }
}
