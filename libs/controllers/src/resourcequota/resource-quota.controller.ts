import { deepEqual, isReason, type KubeObject } from '#apimachinery';
import {
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { type Kind, type ResourceQuota, resourceQuotaKind } from '#kinds';
import { amountsOf, listOf, usageOf } from '#quota';
import { countedKinds, RECOUNT, replenishWatches } from './replenishment.js';

/** Everything is counted anew that often, whatever happened. As --resource-quota-sync-period of kube-controller-manager. */
const RESYNC_MS = 5 * 60_000;
/**
 * What was charged may not be written yet: usage is lowered only when nobody has charged for so long. Raising does not
 * wait. Differs: upstream lowers at once, and lets requests in that an object on its way has no room beside.
 */
const QUIET_MS = 1000;

export interface ResourceQuotaDeps {
  nowMs(): number;
  quota(key: ObjectKey): ResourceQuota | undefined;
  /** The resources that a quota may count, with how; of those not served there are none. */
  counted(): ReturnType<typeof countedKinds>;
  /** As the API has them now. */
  list(kind: Kind, namespace: string): Promise<readonly KubeObject[]>;
  writeStatus(quota: ResourceQuota): Promise<unknown>;
  /** By namespace/name. */
  readonly seen: Map<string, Seen>;
}

interface Seen {
  readonly uid: string;
  revision: string;
  /** When it was first seen at that revision. */
  sinceMs: number;
  countedMs: number | undefined;
}

/** Tells each quota what it limits and what is used of that. Models kube-controller-manager resourcequota (1.36). */
export const resourceQuotaController = defineController<ResourceQuotaDeps>({
  name: 'resourcequota',
  identity: controllerIdentity('resourcequota-controller'),
  reconciles: resourceQuotaKind,
  watches: replenishWatches,
  workers: 5,
  deps: newResourceQuotaDeps,
  reconcile,
});

/** '<name>' is looked at for a new spec, '<name>/recount' because something that it counts has gone. */
export async function reconcile(deps: ResourceQuotaDeps, key: ObjectKey): Promise<Outcome> {
  const [name = '', why] = key.name.split('/');
  const id = `${key.namespace}/${name}`;
  const quota = deps.quota({ namespace: key.namespace, name });
  if (!quota) return void deps.seen.delete(id);
  const nowMs = deps.nowMs();
  const seen = noted(deps, id, quota, nowMs);
  const isDue = seen.countedMs === undefined || nowMs - seen.countedMs >= RESYNC_MS;
  if (why !== RECOUNT && !isDue && isComplete(quota)) return { requeueAfterMs: seen.countedMs! + RESYNC_MS - nowMs };
  const used = await count(deps, quota);
  const before = amountsOf(quota.status?.used);
  const isLower = [...used].some(([resource, amount]) => amount.cmp(before.get(resource) ?? amount) < 0);
  const quietMs = nowMs - seen.sinceMs;
  if (isLower && isComplete(quota) && quietMs < QUIET_MS) return { requeueAfterMs: QUIET_MS - quietMs };
  const status = { hard: { ...quota.spec?.hard }, used: listOf(used) };
  if (!deepEqual(status, quota.status)) await deps.writeStatus({ ...quota, status });
  seen.countedMs = nowMs;
  return why === RECOUNT ? undefined : { requeueAfterMs: RESYNC_MS };
}

function noted({ seen }: ResourceQuotaDeps, id: string, { metadata }: ResourceQuota, nowMs: number): Seen {
  const { uid = '', resourceVersion = '' } = metadata;
  let known = seen.get(id);
  if (known?.uid !== uid) {
    seen.set(id, (known = { uid, revision: resourceVersion, sinceMs: -Infinity, countedMs: undefined }));
  }
  if (known.revision !== resourceVersion) {
    known.revision = resourceVersion;
    known.sinceMs = nowMs;
  }
  return known;
}

function isComplete({ spec, status }: ResourceQuota): boolean {
  const names = Object.keys(spec?.hard ?? {});
  return (
    deepEqual(status?.hard ?? {}, spec?.hard ?? {}) && names.every((name) => Object.hasOwn(status?.used ?? {}, name))
  );
}

async function count(deps: ResourceQuotaDeps, quota: ResourceQuota): Promise<ReturnType<typeof usageOf>> {
  const names = Object.keys(quota.spec?.hard ?? {});
  const counted = deps.counted().filter(({ evaluator }) => evaluator.matching(names).length > 0);
  const lists = new Map<unknown, readonly KubeObject[]>();
  for (const { evaluator, kind } of counted) {
    lists.set(evaluator, await deps.list(kind, quota.metadata.namespace ?? ''));
  }
  const charged = counted.map(({ evaluator }) => evaluator);
  return usageOf(quota, charged, (evaluator) => lists.get(evaluator) ?? [], deps.nowMs());
}

function newResourceQuotaDeps({ env, api, informers, kinds }: ControllerContext): ResourceQuotaDeps {
  const quotas = informers.of<ResourceQuota>(resourceQuotaKind);
  return {
    nowMs: () => env.clock.nowMs(),
    quota: ({ namespace, name }) => quotas.get(namespace, name),
    counted: () => countedKinds(kinds),
    list: async (kind, namespace) => (await api.list(kind, namespace)).items,
    async writeStatus(quota) {
      try {
        return await api.update(resourceQuotaKind, quota, 'status');
      } catch (error) {
        if (isReason(error, 'NotFound')) return undefined;
        throw error;
      }
    },
    seen: new Map(),
  };
}
