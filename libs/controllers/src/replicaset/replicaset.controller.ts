import { deepEqual, isReason, labelMatcherOf } from '#apimachinery';
import { controllerIdentity, defineController, type ObjectKey, type Outcome } from '#controller-runtime';
import { type Pod, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { claim } from '../controller-ref.js';
import { availableInMs, isPodActive, isPodTerminating } from '../pod-state.js';
import { slowStart } from '../slow-start.js';
import { asError, isNamespaceTerminating } from '../failures.js';
import { podsToDelete } from './deletion-order.js';
import { newReplicaSetDeps, type ReplicaSetDeps } from './replicaset-deps.js';
import { replicaSetsOfPod } from './replicaset-watches.js';
import { replicaSetStatus } from './replicaset-status.js';

/** At most so many pods made or deleted in one go; the rest when these are seen. */
const BURST_MAX = 500;
/** While own writes are on their way to the cache their arrival brings the key back; this is for when it was lost in a relist. */
const UNSEEN_RETRY_MS = 1000;

/** Keeps the number of pods that a ReplicaSet asks for. Models kube-controller-manager replicaset (1.36). */
export const replicaSetController = defineController<ReplicaSetDeps>({
  name: 'replicaset',
  identity: controllerIdentity('replicaset-controller'),
  reconciles: replicaSetKind,
  watches: [{ resource: podKind, keysOf: replicaSetsOfPod }],
  workers: 5,
  deps: newReplicaSetDeps,
  reconcile,
});

export async function reconcile(deps: ReplicaSetDeps, key: ObjectKey): Promise<Outcome> {
  const rs = deps.replicaSet(key);
  if (!rs) return deps.forget(key);
  if (!deps.cacheIsCurrent(key)) return { requeueAfterMs: UNSEEN_RETRY_MS };
  const matcher = labelMatcherOf(rs.spec.selector);
  const candidates = deps.candidates(rs);
  const mine = await claim(
    rs,
    candidates.filter((pod) => isPodActive(pod) || isPodTerminating(pod)),
    (pod) => matcher.matches(pod.metadata.labels),
    deps.claimWrites(rs),
  );
  const active = mine.filter(isPodActive);
  const failure = rs.metadata.deletionTimestamp === undefined ? await manage(deps, rs, active) : undefined;
  const status = replicaSetStatus(rs, {
    active,
    terminating: mine.length - active.length,
    failure,
    nowMs: deps.nowMs(),
  });
  if (!deepEqual(status, rs.status)) await deps.writeStatus({ ...rs, status });
  if (failure) throw failure;
  return nextAvailability(deps, rs, active);
}

/** Makes or deletes what is too few or too many. What fails is an event, a condition, and a retry. */
async function manage(deps: ReplicaSetDeps, rs: ReplicaSet, active: readonly Pod[]): Promise<Error | undefined> {
  const excess = active.length - (rs.spec.replicas ?? 1);
  if (excess < 0) return slowStart(Math.min(-excess, BURST_MAX), () => createPod(deps, rs));
  if (excess === 0) return undefined;
  const doomed = podsToDelete(active, deps.relatedActivePods(rs), Math.min(excess, BURST_MAX), deps.nowMs());
  const results = await Promise.allSettled(doomed.map((pod) => deletePod(deps, rs, pod)));
  const failed = results.find((result) => result.status === 'rejected');
  return failed && asError(failed.reason);
}

async function createPod(deps: ReplicaSetDeps, rs: ReplicaSet): Promise<void> {
  try {
    const pod = await deps.createPod(rs);
    deps.event(rs, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
  } catch (error) {
    if (isNamespaceTerminating(error)) return;
    deps.event(rs, 'Warning', 'FailedCreate', `Error creating: ${asError(error).message}`);
    throw error;
  }
}

async function deletePod(deps: ReplicaSetDeps, rs: ReplicaSet, pod: Pod): Promise<void> {
  try {
    await deps.deletePod(rs, pod);
    deps.event(rs, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  } catch (error) {
    if (isReason(error, 'NotFound')) return;
    deps.event(rs, 'Warning', 'FailedDelete', `Error deleting: ${asError(error).message}`);
    throw error;
  }
}

/** Ready pods become available by time alone: look again when the first of them does. */
function nextAvailability(deps: ReplicaSetDeps, rs: ReplicaSet, active: readonly Pod[]): Outcome {
  const minReadySeconds = rs.spec.minReadySeconds ?? 0;
  if (minReadySeconds === 0) return undefined;
  let soonestMs = Infinity;
  for (const pod of active) {
    const inMs = availableInMs(pod, minReadySeconds, deps.nowMs());
    if (inMs !== undefined && inMs > 0) soonestMs = Math.min(soonestMs, inMs);
  }
  return soonestMs === Infinity ? undefined : { requeueAfterMs: soonestMs };
}
