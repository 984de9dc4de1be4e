import type { Condition } from './meta.js';

/** Reads of `status.conditions`, which many kinds type a little differently: all have type and status. */
type AnyCondition = Pick<Condition, 'type' | 'status' | 'lastTransitionTime'>;

export function findCondition<C extends AnyCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly AnyCondition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/**
 * The list with `wanted` in it: replaced in its place, or added last. `lastTransitionTime` of the one that was there is
 * kept while the status stays the same. Returns `conditions` itself when nothing changed.
 * Models meta.SetStatusCondition (k8s.io/apimachinery, 1.36).
 */
export function setCondition<C extends AnyCondition>(conditions: readonly C[] | undefined, wanted: C): readonly C[] {
  const present = conditions ?? [];
  const index = present.findIndex((condition) => condition.type === wanted.type);
  if (index === -1) return [...present, wanted];
  const old = present[index]!;
  const next =
    old.status === wanted.status && old.lastTransitionTime !== undefined
      ? { ...old, ...wanted, lastTransitionTime: old.lastTransitionTime }
      : { ...old, ...wanted };
  if (sameShallow(old, next)) return present;
  return present.map((condition, i) => (i === index ? next : condition));
}

function sameShallow(a: object, b: object): boolean {
  const entries = Object.entries(b);
  return (
    entries.length === Object.keys(a).length &&
    entries.every(([key, value]) => (a as Record<string, unknown>)[key] === value)
  );
}
