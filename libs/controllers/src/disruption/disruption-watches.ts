import { findCondition, type KubeObject, labelMatcherOf, timeOf } from '#apimachinery';
import type { ControllerContext, ObjectKey } from '#controller-runtime';
import { type Pod, type PodDisruptionBudget, podDisruptionBudgetKind } from '#kinds';
import { isPodFinished } from '../pod-state.js';

/** What a key carries that is a pod's: names hold no slash. */
export const POD = 'pod';

/** So long after it was told to go, a pod that did not go was not meant. As stalePodDisruptionTimeout (1.36). */
const STALE_MS = 2 * 60_000;

/** Budgets that a pod counts for, or counted for before its labels changed. */
export function podsBudgets(
  object: KubeObject,
  { informers }: ControllerContext,
  old: KubeObject | undefined,
): readonly ObjectKey[] {
  const { namespace = '', name = '', labels } = object.metadata;
  const keys: ObjectKey[] = [];
  if (isTarget(object as Pod)) keys.push({ namespace, name: `${name}/${POD}` });
  const budgets = informers.of<PodDisruptionBudget>(podDisruptionBudgetKind);
  if (budgets.count(namespace) === 0) return keys;
  for (const { metadata, spec } of budgets.list(namespace)) {
    const matcher = labelMatcherOf(spec?.selector);
    if (matcher.matches(labels) || (old && matcher.matches(old.metadata.labels))) {
      keys.push({ namespace, name: metadata.name ?? '' });
    }
  }
  return keys;
}

function isTarget(pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || isPodFinished(pod)) return false;
  const condition = findCondition(pod.status?.conditions, 'DisruptionTarget');
  return condition?.status === 'True' && condition.reason !== 'TerminationByKubelet';
}

/** How long until what a pod says of its disruption is stale; undefined when it says nothing, or goes. */
export function staleTargetInMs(pod: Pod, nowMs: number): number | undefined {
  if (!isTarget(pod)) return undefined;
  const since = timeOf(findCondition(pod.status?.conditions, 'DisruptionTarget')?.lastTransitionTime ?? '') ?? 0;
  return Math.max(0, since + STALE_MS - nowMs);
}
