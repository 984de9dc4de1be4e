import { intOrPercent } from '#apimachinery';
import type { Deployment, ReplicaSet } from '#kinds';

/** How many of what: pure sums over ReplicaSets. Models pkg/controller/deployment/util (1.36). */

export const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

export const desired = (object: Deployment | ReplicaSet): number => object.spec.replicas ?? 1;
export const sumOf = (sets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number): number =>
  sets.reduce((sum, rs) => sum + of(rs), 0);
export const desiredOf = (sets: readonly ReplicaSet[]): number => sumOf(sets, desired);
export const actualOf = (sets: readonly ReplicaSet[]): number => sumOf(sets, (rs) => rs.status?.replicas ?? 0);
export const availableOf = (sets: readonly ReplicaSet[]): number =>
  sumOf(sets, (rs) => rs.status?.availableReplicas ?? 0);

export const isRolling = (d: Deployment): boolean => (d.spec.strategy?.type ?? 'RollingUpdate') === 'RollingUpdate';

/** Surge is rounded up and unavailability down; both zero would never move, so then one may be unavailable. */
function fenceposts(d: Deployment): { surge: number; unavailable: number } {
  const { maxSurge = '25%', maxUnavailable = '25%' } = d.spec.strategy?.rollingUpdate ?? {};
  const surge = intOrPercent(maxSurge, desired(d), true);
  const unavailable = intOrPercent(maxUnavailable, desired(d), false);
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

export function maxSurge(d: Deployment): number {
  return isRolling(d) ? fenceposts(d).surge : 0;
}

export function maxUnavailable(d: Deployment): number {
  return isRolling(d) && desired(d) > 0 ? Math.min(fenceposts(d).unavailable, desired(d)) : 0;
}

/** How large the new ReplicaSet may be now. */
export function newSetSize(d: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  if (!isRolling(d)) return desired(d);
  const room = desired(d) + maxSurge(d) - desiredOf(all);
  if (room <= 0) return desired(newSet);
  return desired(newSet) + Math.min(room, desired(d) - desired(newSet));
}

export interface Resize {
  readonly rs: ReplicaSet;
  readonly to: number;
}

/** Unhealthy pods of old ReplicaSets go first: they serve nobody. */
export function unhealthyCleanup(old: readonly ReplicaSet[], most: number): Resize[] {
  const resizes: Resize[] = [];
  let left = most;
  for (const rs of byAge(old)) {
    const unhealthy = desired(rs) - (rs.status?.availableReplicas ?? 0);
    if (left <= 0 || unhealthy <= 0) continue;
    const less = Math.min(left, unhealthy);
    resizes.push({ rs, to: desired(rs) - less });
    left -= less;
  }
  return resizes;
}

/** Then as many as are available beyond the minimum, oldest ReplicaSet first. */
export function surplusScaleDown(d: Deployment, all: readonly ReplicaSet[], old: readonly ReplicaSet[]): Resize[] {
  let left = availableOf(all) - (desired(d) - maxUnavailable(d));
  const resizes: Resize[] = [];
  for (const rs of byAge(old)) {
    if (left <= 0) break;
    const less = Math.min(left, desired(rs));
    if (less === 0) continue;
    resizes.push({ rs, to: desired(rs) - less });
    left -= less;
  }
  return resizes;
}

/** How many pods of old ReplicaSets may go at all while new ones are not available yet. */
export function scaleDownRoom(d: Deployment, all: readonly ReplicaSet[], newSet: ReplicaSet): number {
  const minAvailable = desired(d) - maxUnavailable(d);
  const newUnavailable = desired(newSet) - (newSet.status?.availableReplicas ?? 0);
  return desiredOf(all) - minAvailable - newUnavailable;
}

/**
 * A scale in the middle of a rollout is shared out in proportion, the larger first; what rounding leaves goes to the
 * first. `active` are those with replicas.
 */
export function proportionalScale(d: Deployment, active: readonly ReplicaSet[]): Resize[] {
  const allowed = desired(d) > 0 ? desired(d) + maxSurge(d) : 0;
  const toAdd = allowed - desiredOf(active);
  const sorted = bySize(active, toAdd > 0);
  let added = 0;
  const resizes = sorted.map((rs) => {
    const share = proportionOf(rs, d, toAdd, added);
    added += share;
    return { rs, to: desired(rs) + share };
  });
  const [first, ...others] = resizes;
  if (!first || toAdd === 0) return resizes;
  return [{ rs: first.rs, to: Math.max(0, first.to + toAdd - added) }, ...others];
}

function proportionOf(rs: ReplicaSet, d: Deployment, toAdd: number, added: number): number {
  if (desired(rs) === 0 || toAdd === 0 || toAdd === added) return 0;
  const fraction = fractionOf(rs, d);
  return toAdd > 0 ? Math.min(fraction, toAdd - added) : Math.max(fraction, toAdd - added);
}

function fractionOf(rs: ReplicaSet, d: Deployment): number {
  if (desired(d) === 0) return -desired(rs);
  const before = Number(rs.metadata.annotations?.[MAX_REPLICAS] ?? 0) || d.status?.replicas || 0;
  if (before === 0) return 0;
  return Math.round((desired(rs) * (desired(d) + maxSurge(d))) / before) - desired(rs);
}

export function byAge(sets: readonly ReplicaSet[]): ReplicaSet[] {
  return sets.toSorted((a, b) => compareAge(a, b));
}

function compareAge(a: ReplicaSet, b: ReplicaSet): number {
  const [x, y] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''];
  if (x !== y) return x < y ? -1 : 1;
  return (a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1;
}

/** Growing prefers the newer of two equals, shrinking the older. */
function bySize(sets: readonly ReplicaSet[], newerFirst: boolean): ReplicaSet[] {
  return sets.toSorted((a, b) => desired(b) - desired(a) || (newerFirst ? compareAge(b, a) : compareAge(a, b)));
}
