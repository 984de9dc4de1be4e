import { deepEqual, type Json } from '#apimachinery';
import type { Pod, PodCondition, PodStatus } from '#kinds';

type Fields = Record<string, unknown>;

/** Keys that `old` has and `next` lacks, as nulls: how a patch takes something away. */
function removals(next: Fields, old: Fields): Fields {
  return Object.fromEntries(Object.keys(old).flatMap((key) => (Object.hasOwn(next, key) ? [] : [[key, null]])));
}

function conditionPatches(next: readonly PodCondition[], old: readonly PodCondition[]): Json[] {
  return next.flatMap((condition) => {
    const before = old.find(({ type }) => type === condition.type);
    if (before && deepEqual(before, condition)) return [];
    return [{ ...condition, ...(before ? removals({ ...condition }, { ...before }) : {}) } as unknown as Json];
  });
}

/**
 * The strategic merge patch that makes `pod` show `next`; undefined when it does already. It holds only what changed,
 * so that conditions written by others meanwhile stay. Models status.PatchPodStatus (1.36).
 */
export function statusPatch(pod: Pod, next: PodStatus): Json | undefined {
  const old = (pod.status ?? {}) as Fields;
  const changed: Fields = {};
  for (const [key, value] of Object.entries(next)) {
    if (key === 'conditions' || deepEqual(old[key], value)) continue;
    changed[key] = value;
  }
  const conditions = next.conditions ?? [];
  const oldConditions = pod.status?.conditions ?? [];
  const patches = conditionPatches(conditions, oldConditions);
  const order = conditions.map(({ type }) => ({ type }));
  if (patches.length > 0) {
    changed['$setElementOrder/conditions'] = order;
    changed['conditions'] = patches;
  }
  if (Object.keys(changed).length === 0) return undefined;
  const { uid } = pod.metadata;
  return { metadata: uid === undefined ? {} : { uid }, status: changed } as unknown as Json;
}
