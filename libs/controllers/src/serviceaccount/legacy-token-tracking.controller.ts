import { isReason, rfc3339 } from '#apimachinery';
import { API_SERVER, defineController } from '#controller-runtime';
import { type ConfigMap, configMapKind, namespaceKind } from '#kinds';
import { unlessGone } from '../failures.js';

const KEY = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' };
const SINCE = 'since';

export interface TrackingDeps {
  nowMs(): number;
  /** Live: the cache keeps no data. */
  published(): Promise<ConfigMap | undefined>;
  create(configMap: ConfigMap): Promise<unknown>;
  update(configMap: ConfigMap): Promise<unknown>;
}

/**
 * ConfigMap kube-apiserver-legacy-service-account-token-tracking: since which day the uses of Secrets' tokens are written
 * down. Models kube-apiserver's legacytokentracking (1.36), which acts as the API server itself.
 */
export const legacyTokenTrackingController = defineController<TrackingDeps>({
  name: 'legacy-token-tracking',
  identity: API_SERVER,
  watches: [
    {
      resource: namespaceKind,
      metadataOnly: true,
      keysOf: ({ metadata: { name } }, _context, _old, change) =>
        change === 'added' && name === KEY.namespace ? [KEY] : [],
    },
    {
      resource: configMapKind,
      metadataOnly: true,
      keysOf: ({ metadata: { namespace, name } }, _context, _old, change) =>
        change !== 'added' && namespace === KEY.namespace && name === KEY.name ? [KEY] : [],
    },
  ],
  deps: ({ env, api, observer }) => ({
    nowMs: () => env.clock.nowMs(),
    published: () => unlessGone(observer.get<ConfigMap>(configMapKind, KEY.namespace, KEY.name)),
    create: (configMap) => api.create(configMapKind, configMap),
    update: (configMap) => api.update(configMapKind, configMap),
  }),
  reconcile,
});

export async function reconcile(deps: TrackingDeps): Promise<void> {
  const there = await deps.published();
  if (/^\d{4}-\d{2}-\d{2}$/.test(there?.data?.[SINCE] ?? '')) return;
  const data = { ...there?.data, [SINCE]: rfc3339(deps.nowMs()).slice(0, 'yyyy-mm-dd'.length) };
  if (there) return void (await deps.update({ ...there, data }));
  try {
    await deps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...KEY }, data });
  } catch (error) {
    if (!isReason(error, 'AlreadyExists')) throw error;
  }
}
