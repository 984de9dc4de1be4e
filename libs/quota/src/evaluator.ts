import type { KubeObject } from '#apimachinery';
import type { ResourceQuota } from '#kinds';
import type { Amounts } from './amounts.js';

export interface ScopeRequirement {
  readonly scopeName: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** How one resource is charged. Models quota.Evaluator (1.36). */
export interface QuotaEvaluator {
  /** '' for core. */
  readonly group: string;
  readonly resource: string;
  /** Whether such a request can change what is used. */
  handles(operation: string, subresource: string): boolean;
  /** Those of the names that this resource is charged to. */
  matching(names: readonly string[]): readonly string[];
  /** Why an object that a quota on `names` covers may not enter at all: 'must specify limits.cpu for: c'. */
  missing?(names: readonly string[], object: KubeObject): string | undefined;
  /** Absent: scopes never match, and a quota with scopes does not count this resource. */
  inScope?(requirement: ScopeRequirement, object: KubeObject): boolean;
  usage(object: KubeObject, nowMs: number): Amounts;
}

/** The scopes of a quota, all of which must hold. Models getScopeSelectorsFromQuota (1.36). */
function scopesOf({ spec }: ResourceQuota): readonly ScopeRequirement[] {
  return [
    ...(spec?.scopes ?? []).map((scopeName) => ({ scopeName, operator: 'Exists' })),
    ...(spec?.scopeSelector?.matchExpressions ?? []),
  ];
}

export function isInScope(evaluator: QuotaEvaluator, quota: ResourceQuota, object: KubeObject): boolean {
  return scopesOf(quota).every((requirement) => evaluator.inScope?.(requirement, object) ?? false);
}
