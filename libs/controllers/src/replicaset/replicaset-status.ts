import { rfc3339 } from '#apimachinery';
import type { Pod, ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '#kinds';
import { availableInMs, isPodReady } from '../pod-state.js';

export interface ReplicaSetView {
  readonly active: readonly Pod[];
  readonly terminating: number;
  /** Why pods could not be made or deleted this time. */
  readonly failure: Error | undefined;
  readonly nowMs: number;
}

/** The status that says what is there. Models calculateStatus in pkg/controller/replicaset (1.36). */
export function replicaSetStatus(rs: ReplicaSet, view: ReplicaSetView): ReplicaSetStatus {
  const labels = Object.entries(rs.spec.template?.metadata?.labels ?? {});
  const minReadySeconds = rs.spec.minReadySeconds ?? 0;
  let [fullyLabeled, ready, available] = [0, 0, 0];
  for (const pod of view.active) {
    if (labels.every(([key, value]) => pod.metadata.labels?.[key] === value)) fullyLabeled++;
    if (!isPodReady(pod)) continue;
    ready++;
    if (availableInMs(pod, minReadySeconds, view.nowMs) === 0) available++;
  }
  const conditions = withFailure(rs, view);
  return {
    replicas: view.active.length,
    ...(fullyLabeled > 0 ? { fullyLabeledReplicas: fullyLabeled } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    terminatingReplicas: view.terminating,
    observedGeneration: rs.metadata.generation ?? 0,
    ...(conditions.length > 0 ? { conditions } : {}),
  };
}

function withFailure(rs: ReplicaSet, { active, failure, nowMs }: ReplicaSetView): ReplicaSetCondition[] {
  const conditions = rs.status?.conditions ?? [];
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (!failure) return others;
  // The first failure stays until all is well again, as upstream has it.
  if (others.length < conditions.length) return conditions;
  const reason = active.length < (rs.spec.replicas ?? 1) ? 'FailedCreate' : 'FailedDelete';
  const lastTransitionTime = rfc3339(nowMs);
  return [...others, { type: 'ReplicaFailure', status: 'True', reason, message: failure.message, lastTransitionTime }];
}
