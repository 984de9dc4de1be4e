import { findCondition, rfc3339, timeOf } from '#apimachinery';
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '#kinds';
import { actualOf, availableOf, desired, desiredOf, maxUnavailable, sumOf } from './rollout-arithmetic.js';

/** No deadline: MaxInt32 means never, as absent does. */
const NO_DEADLINE = 2 ** 31 - 1;

export function hasDeadline(d: Deployment): boolean {
  return d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== NO_DEADLINE;
}

export function newCondition(
  type: string,
  status: string,
  reason: string,
  message: string,
  nowMs: number,
): DeploymentCondition {
  const now = rfc3339(nowMs);
  return { type, status, reason, message, lastUpdateTime: now, lastTransitionTime: now };
}

/** Same status and reason: nothing changes, not even the message. The changed one goes to the end, as upstream has it. */
export function withCondition(
  conditions: readonly DeploymentCondition[],
  wanted: DeploymentCondition,
): DeploymentCondition[] {
  const current = findCondition(conditions, wanted.type);
  if (current?.status === wanted.status && current.reason === wanted.reason) return [...conditions];
  const kept = current?.status === wanted.status ? current.lastTransitionTime : undefined;
  return [...without(conditions, wanted.type), kept === undefined ? wanted : { ...wanted, lastTransitionTime: kept }];
}

export function without(conditions: readonly DeploymentCondition[], type: string): DeploymentCondition[] {
  return conditions.filter((condition) => condition.type !== type);
}

export function isComplete(d: Deployment, status: DeploymentStatus): boolean {
  const wanted = desired(d);
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  );
}

/** Counts and the Available condition. Models calculateStatus in pkg/controller/deployment/sync.go (1.36). */
export function countedStatus(
  d: Deployment,
  all: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  nowMs: number,
): DeploymentStatus {
  const available = availableOf(all);
  const enough = available >= desired(d) - maxUnavailable(d);
  const conditions = withCondition(
    d.status?.conditions ?? [],
    enough
      ? newCondition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', nowMs)
      : newCondition(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
          nowMs,
        ),
  );
  const counts = {
    replicas: actualOf(all),
    updatedReplicas: newSet ? actualOf([newSet]) : 0,
    readyReplicas: sumOf(all, (rs) => rs.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, desiredOf(all) - available),
  };
  const terminatingKnown = all.every((rs) => rs.status?.terminatingReplicas !== undefined);
  return {
    observedGeneration: d.metadata.generation ?? 0,
    ...Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
    ...(terminatingKnown ? { terminatingReplicas: sumOf(all, (rs) => rs.status?.terminatingReplicas ?? 0) } : {}),
    ...(d.status?.collisionCount === undefined ? {} : { collisionCount: d.status.collisionCount }),
    conditions,
  };
}

/**
 * The status in a rollout: the Progressing condition tells whether it moves, is done, or is stuck past its deadline.
 * Models syncRolloutStatus in pkg/controller/deployment/progress.go (1.36).
 */
export function rolloutStatus(
  d: Deployment,
  all: readonly ReplicaSet[],
  newSet: ReplicaSet | undefined,
  nowMs: number,
): DeploymentStatus {
  const status = countedStatus(d, all, newSet, nowMs);
  let conditions = progressConditions(d, status, newSet, nowMs);
  const failure = replicaFailure(all, newSet);
  conditions = failure ? withCondition(conditions, failure) : without(conditions, 'ReplicaFailure');
  return { ...status, conditions };
}

function progressConditions(
  d: Deployment,
  status: DeploymentStatus,
  newSet: ReplicaSet | undefined,
  nowMs: number,
): DeploymentCondition[] {
  const conditions = status.conditions ?? [];
  if (!hasDeadline(d)) return without(conditions, 'Progressing');
  const current = findCondition(d.status?.conditions, 'Progressing');
  const wasComplete = current?.reason === 'NewReplicaSetAvailable';
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && wasComplete) return conditions;
  const subject = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${d.metadata.name}"`;
  const progressing = (truth: string, reason: string, what: string) =>
    newCondition('Progressing', truth, reason, `${subject} ${what}.`, nowMs);
  if (isComplete(d, status)) {
    return withCondition(conditions, progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed'));
  }
  if (hasProgressed(d, status)) {
    // Replaced even when reason and status are the same: its lastUpdateTime is what the deadline counts from.
    const fresh = progressing('True', 'ReplicaSetUpdated', 'is progressing');
    const since = current?.status === 'True' ? current.lastTransitionTime : undefined;
    return [
      ...without(conditions, 'Progressing'),
      since === undefined ? fresh : { ...fresh, lastTransitionTime: since },
    ];
  }
  if (!hasTimedOut(d, nowMs)) return conditions;
  return withCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing'));
}

function hasProgressed({ status: before = {} }: Deployment, now: DeploymentStatus): boolean {
  const count = (of: DeploymentStatus, field: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas') =>
    of[field] ?? 0;
  const old = (of: DeploymentStatus) => count(of, 'replicas') - count(of, 'updatedReplicas');
  return (
    count(now, 'updatedReplicas') > count(before, 'updatedReplicas') ||
    old(now) < old(before) ||
    count(now, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(now, 'availableReplicas') > count(before, 'availableReplicas')
  );
}

/** When a rollout that shows no progress counts as failed (epoch ms); undefined when no such time is running. */
export function deadlineMs(d: Deployment): number | undefined {
  const current = findCondition(d.status?.conditions, 'Progressing');
  if (!hasDeadline(d) || !current) return undefined;
  if (current.reason === 'NewReplicaSetAvailable' || current.reason === 'ProgressDeadlineExceeded') return undefined;
  return (timeOf(current.lastUpdateTime ?? '') ?? 0) + d.spec.progressDeadlineSeconds! * 1000;
}

function hasTimedOut(d: Deployment, nowMs: number): boolean {
  if (findCondition(d.status?.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded') return true;
  const at = deadlineMs(d);
  return at !== undefined && at < nowMs;
}

function replicaFailure(all: readonly ReplicaSet[], newSet: ReplicaSet | undefined): DeploymentCondition | undefined {
  for (const rs of newSet ? [newSet, ...all] : all) {
    const failure = findCondition(rs.status?.conditions, 'ReplicaFailure');
    if (failure)
      return { ...failure, ...(failure.lastTransitionTime ? { lastUpdateTime: failure.lastTransitionTime } : {}) };
  }
  return undefined;
}
