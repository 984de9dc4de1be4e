import type { KubeObject } from '#apimachinery';
import type { ObjectKey, WatchRule } from '#controller-runtime';
import { type Kind, type KindCatalog, podKind, type ResourceQuota, resourceQuotaKind, serviceKind } from '#kinds';
import { evaluatorFor, isNeverCounted, type QuotaEvaluator } from '#quota';

/** What a key carries whose quota must be counted whatever its own state: names hold no slash. */
export const RECOUNT = 'recount';

export interface CountedKind {
  readonly kind: Kind;
  readonly evaluator: QuotaEvaluator;
}

const known = new WeakMap<KindCatalog, readonly CountedKind[]>();

/** Everything in namespaces that a quota may count, each resource once. */
export function countedKinds(catalog: KindCatalog): readonly CountedKind[] {
  let counted = known.get(catalog);
  if (!counted) {
    const byResource = new Map<string, Kind>();
    for (const kind of catalog.all) {
      if (!kind.namespaced || !kind.verbs.includes('list') || isNeverCounted(kind.group, kind.resource)) continue;
      const { groupResource } = kind.storage;
      if (!byResource.has(groupResource))
        byResource.set(groupResource, catalog.preferred(kind.group, kind.resource) ?? kind);
    }
    counted = [...byResource.values()].map((kind) => ({ kind, evaluator: evaluatorFor(kind.group, kind.resource) }));
    known.set(catalog, counted);
  }
  return counted;
}

/** Something that was counted has gone, or takes less. Models the replenishment of quotas (1.36). */
export function replenishWatches(catalog: KindCatalog): WatchRule[] {
  return countedKinds(catalog)
    .filter(({ kind }) => kind.verbs.includes('watch'))
    .map(({ kind, evaluator }): WatchRule => {
      const isWhole = isSame(kind, podKind) || isSame(kind, serviceKind);
      return {
        resource: kind,
        metadataOnly: !isWhole,
        keysOf(object, { informers, env }, old, change) {
          if (change === 'added') return [];
          const quotas = informers.of<ResourceQuota>(resourceQuotaKind);
          if (quotas.count(object.metadata.namespace ?? '') === 0) return [];
          const lessened =
            change === 'deleted' || (isWhole && old && isLess(evaluator, object, old, env.clock.nowMs()));
          return lessened ? quotasOf(quotas.list(object.metadata.namespace), evaluator) : [];
        },
      };
    });
}

const isSame = (a: Kind, b: { group: string; resource: string }) => a.group === b.group && a.resource === b.resource;

function isLess(evaluator: QuotaEvaluator, object: KubeObject, old: KubeObject, nowMs: number): boolean {
  const usage = evaluator.usage(object, nowMs);
  return [...evaluator.usage(old, nowMs)].some(([name, before]) => {
    const after = usage.get(name);
    return !after || after.cmp(before) < 0;
  });
}

function quotasOf(quotas: readonly ResourceQuota[], evaluator: QuotaEvaluator): ObjectKey[] {
  return quotas
    .filter(({ spec }) => evaluator.matching(Object.keys(spec?.hard ?? {})).length > 0)
    .map(({ metadata }) => ({ namespace: metadata.namespace ?? '', name: `${metadata.name ?? ''}/${RECOUNT}` }));
}
