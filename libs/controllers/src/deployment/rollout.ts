import { deepEqual } from '#apimachinery';
import type { Pod, ReplicaSet } from '#kinds';
import { isPodFinished } from '../pod-state.js';
import { countedStatus, isComplete, rolloutStatus } from './deployment-status.js';
import { resize, type Rollout, type Sets, syncRevision } from './replica-sets.js';
import { revisionOf } from './revisions.js';
import {
  actualOf,
  desired,
  DESIRED_REPLICAS,
  isRolling,
  newSetSize,
  proportionalScale,
  type Resize,
  scaleDownRoom,
  surplusScaleDown,
  unhealthyCleanup,
} from './rollout-arithmetic.js';

/** MaxInt32: keep all old ReplicaSets. */
const KEEP_ALL = 2 ** 31 - 1;

const active = (sets: readonly ReplicaSet[]) => sets.filter((rs) => desired(rs) > 0);

/** One step from old to new pods, as far as surge and unavailability allow. Models rolling.go (1.36). */
export async function rolling(rollout: Rollout, claimed: readonly ReplicaSet[]): Promise<void> {
  const sets = await syncRevision(rollout, claimed, true);
  const newSet = sets.newSet!;
  const grown = desired(newSet) > desired(rollout.d) ? desired(rollout.d) : newSetSize(rollout.d, sets.all, newSet);
  if (grown !== desired(newSet)) await resize(rollout, newSet, grown);
  else if (!(await shrinkOld(rollout, sets)) && isComplete(rollout.d, rollout.d.status ?? {})) {
    await cleanUp(rollout, sets.old);
  }
  await writeRolloutStatus(rollout, sets);
}

async function shrinkOld(rollout: Rollout, { newSet, old, all }: Sets): Promise<boolean> {
  const { d } = rollout;
  const oldActive = active(old);
  const room = oldActive.length === 0 ? 0 : scaleDownRoom(d, all, newSet!);
  if (room <= 0) return false;
  const cleanup = unhealthyCleanup(oldActive, room);
  const cleaned = oldActive.map((rs) => resized(rs, cleanup));
  const down = surplusScaleDown(d, [...cleaned, newSet!], cleaned);
  const targets = new Map([...cleanup, ...down].map(({ rs, to }) => [rs.metadata.uid, to]));
  for (const rs of oldActive) {
    const to = targets.get(rs.metadata.uid);
    if (to !== undefined) await resize(rollout, rs, to);
  }
  return targets.size > 0;
}

function resized(rs: ReplicaSet, resizes: readonly Resize[]): ReplicaSet {
  const to = resizes.find((resizing) => resizing.rs === rs)?.to;
  return to === undefined ? rs : { ...rs, spec: { ...rs.spec, replicas: to } };
}

/** All old pods go before the first new one comes. Models recreate.go (1.36). */
export async function recreate(rollout: Rollout, claimed: readonly ReplicaSet[]): Promise<void> {
  let sets = await syncRevision(rollout, claimed, false);
  const oldActive = active(sets.old);
  for (const rs of oldActive) await resize(rollout, rs, 0);
  if (oldActive.length > 0 || oldPodsRun(rollout, sets)) return writeRolloutStatus(rollout, sets);
  if (!sets.newSet) sets = await syncRevision(rollout, claimed, true);
  await resize(rollout, sets.newSet!, desired(rollout.d));
  if (isComplete(rollout.d, rollout.d.status ?? {})) await cleanUp(rollout, sets.old);
  await writeRolloutStatus(rollout, sets);
}

function oldPodsRun({ deps }: Rollout, { old }: Sets): boolean {
  const runs = (pod: Pod) => !isPodFinished(pod);
  return actualOf(old) > 0 || old.some((rs) => deps.podsOf(rs).some(runs));
}

/** True when the Deployment's size was changed since its ReplicaSets were last sized. */
export function isScaling(rollout: Rollout, sets: readonly ReplicaSet[]): boolean {
  return active(sets).some((rs) => {
    const noted = rs.metadata.annotations?.[DESIRED_REPLICAS];
    return noted !== undefined && Number(noted) !== desired(rollout.d);
  });
}

/** While paused or scaled: sizes only, no progress of the rollout. Models sync in sync.go (1.36). */
export async function scaleOnly(rollout: Rollout, claimed: readonly ReplicaSet[]): Promise<void> {
  const sets = await syncRevision(rollout, claimed, false);
  await scale(rollout, sets);
  await cleanUp(rollout, rollout.d.spec.paused ? [] : sets.old);
  await writeCountedStatus(rollout, sets);
}

async function scale(rollout: Rollout, { newSet, old, all }: Sets): Promise<void> {
  const { d } = rollout;
  const running = active(all);
  if (running.length <= 1) {
    const only = running[0] ?? newSet ?? newest(old);
    if (only && desired(only) !== desired(d)) await resize(rollout, only, desired(d));
    return;
  }
  if (newSet && isSaturated(rollout, newSet)) {
    for (const rs of active(old)) await resize(rollout, rs, 0);
    return;
  }
  if (!isRolling(d)) return;
  for (const { rs, to } of proportionalScale(d, running)) await resize(rollout, rs, to);
}

function newest(sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return sets.toSorted((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
}

function isSaturated({ d }: Rollout, rs: ReplicaSet): boolean {
  return (
    rs.metadata.annotations?.[DESIRED_REPLICAS] === String(desired(d)) &&
    desired(rs) === desired(d) &&
    (rs.status?.availableReplicas ?? 0) === desired(d)
  );
}

/** Old, empty ReplicaSets beyond revisionHistoryLimit go, lowest revision first. */
async function cleanUp({ d, deps }: Rollout, old: readonly ReplicaSet[]): Promise<void> {
  const limit = d.spec.revisionHistoryLimit ?? 10;
  const alive = old.filter((rs) => rs.metadata.deletionTimestamp === undefined);
  if (limit === KEEP_ALL || alive.length <= limit) return;
  const oldest = alive.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, alive.length - limit);
  for (const rs of oldest) {
    const unseen = (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0);
    if (desired(rs) === 0 && (rs.status?.replicas ?? 0) === 0 && !unseen) await deps.deleteReplicaSet(rs);
  }
}

export async function writeCountedStatus(rollout: Rollout, { all, newSet }: Sets): Promise<void> {
  const { d, deps } = rollout;
  const status = countedStatus(d, all, newSet, deps.nowMs());
  if (!deepEqual(status, d.status)) rollout.d = await deps.writeStatus({ ...d, status });
}

async function writeRolloutStatus(rollout: Rollout, { all, newSet }: Sets): Promise<void> {
  const { d, deps } = rollout;
  const status = rolloutStatus(d, all, newSet, deps.nowMs());
  if (!deepEqual(status, d.status)) rollout.d = await deps.writeStatus({ ...d, status });
}
