import type { KubeObject } from '#apimachinery';
import type { ResourceQuota } from '#kinds';
import { addInto, type Amounts, amountsOf, amountsText, growth, listOf, masked } from './amounts.js';
import { isInScope, type QuotaEvaluator } from './evaluator.js';

/** One write as quotas see it. */
export interface QuotaRequest {
  readonly operation: string;
  readonly object: KubeObject;
  /** Of an update, what is stored. */
  readonly old: KubeObject | undefined;
  readonly nowMs: number;
}

/** Why a request does not fit, as clients read it after "is forbidden: ". */
export interface QuotaRefusal {
  readonly refusal: string;
}

/**
 * The quotas of a namespace with the request charged to them: those that it touches are new objects, the others the same.
 * Models CheckRequest of the resourcequota plugin (1.36).
 */
export function chargedQuotas(
  quotas: readonly ResourceQuota[],
  evaluator: QuotaEvaluator,
  request: QuotaRequest,
): readonly ResourceQuota[] | QuotaRefusal {
  const concerned = quotas.filter((quota) => concerns(evaluator, quota, request.object));
  for (const quota of concerned) {
    const why = unfit(evaluator, quota, request.object);
    if (why !== undefined) return { refusal: why };
  }
  if (concerned.length === 0) return quotas;
  const usage = evaluator.usage(request.object, request.nowMs);
  const negative = [...usage.keys()].filter((name) => usage.get(name)!.sign() < 0).toSorted();
  if (negative.length > 0) return { refusal: `quota usage is negative for resource(s): ${negative.join(',')}` };
  const charged = new Map<ResourceQuota, ResourceQuota>();
  for (const quota of concerned) {
    const next = charge(quota, deltaFor(evaluator, quota, request, usage));
    if ('refusal' in next) return next;
    charged.set(quota, next);
  }
  return quotas.map((quota) => charged.get(quota) ?? quota);
}

function hardNames({ status }: ResourceQuota): readonly string[] {
  return Object.keys(status?.hard ?? {});
}

function concerns(evaluator: QuotaEvaluator, quota: ResourceQuota, object: KubeObject): boolean {
  return evaluator.matching(hardNames(quota)).length > 0 && isInScope(evaluator, quota, object);
}

function unfit(evaluator: QuotaEvaluator, quota: ResourceQuota, object: KubeObject): string | undefined {
  const names = evaluator.matching(hardNames(quota));
  const missing = evaluator.missing?.(names, object);
  if (missing !== undefined) return `failed quota: ${quota.metadata.name}: ${missing}`;
  if (names.every((name) => Object.hasOwn(quota.status?.used ?? {}, name))) return undefined;
  return `status unknown for quota: ${quota.metadata.name}, resources: ${names.toSorted().join(',')}`;
}

/** An update is charged for what it adds, unless the quota did not cover the object before. */
function deltaFor(
  evaluator: QuotaEvaluator,
  quota: ResourceQuota,
  { operation, old, nowMs }: QuotaRequest,
  usage: Amounts,
): Amounts {
  const wasCovered = operation === 'UPDATE' && old !== undefined && concerns(evaluator, quota, old);
  const delta = wasCovered ? growth(usage, evaluator.usage(old, nowMs)) : usage;
  return new Map([...delta].filter(([, amount]) => !amount.isZero()));
}

function charge(quota: ResourceQuota, delta: Amounts): ResourceQuota | QuotaRefusal {
  const hard = amountsOf(quota.status?.hard);
  const used = amountsOf(quota.status?.used);
  const requested = masked(delta, new Set(hard.keys()));
  if (requested.size === 0) return quota;
  const after = addInto(new Map(used), requested);
  const exceeded = new Set([...requested.keys()].filter((name) => after.get(name)!.cmp(hard.get(name)!) > 0));
  if (exceeded.size > 0) {
    return {
      refusal:
        `exceeded quota: ${quota.metadata.name}, requested: ${amountsText(masked(requested, exceeded))}, ` +
        `used: ${amountsText(masked(used, exceeded))}, limited: ${amountsText(masked(hard, exceeded))}`,
    };
  }
  return { ...quota, status: { ...quota.status, used: listOf(after) } };
}
