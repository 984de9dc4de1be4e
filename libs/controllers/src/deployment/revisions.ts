import type { Deployment, ReplicaSet } from '#kinds';
import { desired, DESIRED_REPLICAS, MAX_REPLICAS, maxSurge } from './rollout-arithmetic.js';

/** Annotations that carry the rollout history, which `kubectl rollout history` and `undo` read. */

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
/** Characters; older revisions fall off the front. */
const REVISION_HISTORY_MAX = 2000;

const NOT_COPIED: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

export function revisionOf(rs: ReplicaSet): number {
  const revision = Number(rs.metadata.annotations?.[REVISION] ?? 0);
  return Number.isSafeInteger(revision) ? revision : 0;
}

export function nextRevision(old: readonly ReplicaSet[]): number {
  return old.reduce((most, rs) => Math.max(most, revisionOf(rs)), 0) + 1;
}

/**
 * The annotations of the current ReplicaSet: the Deployment's, and its revision. A ReplicaSet that is rolled back to
 * gets a new revision and keeps the old ones as history. Models SetNewReplicaSetAnnotations (1.36).
 */
export function newSetAnnotations(d: Deployment, rs: ReplicaSet, revision: number): Record<string, string> {
  const annotations = { ...rs.metadata.annotations };
  for (const [key, value] of Object.entries(d.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(key)) annotations[key] = value;
  }
  const before = annotations[REVISION];
  if (revisionOf(rs) >= revision) return annotations;
  annotations[REVISION] = String(revision);
  if (before !== undefined) annotations[REVISION_HISTORY] = withHistory(annotations[REVISION_HISTORY], before);
  return annotations;
}

function withHistory(history: string | undefined, revision: string): string {
  const revisions = [...(history ? history.split(',') : []), revision];
  while (revisions.length > 1 && revisions.join(',').length > REVISION_HISTORY_MAX) revisions.shift();
  return revisions.join(',');
}

/** What a ReplicaSet must know to share out a later scale in proportion. */
export function replicasAnnotations(d: Deployment): Record<string, string> {
  return { [DESIRED_REPLICAS]: String(desired(d)), [MAX_REPLICAS]: String(desired(d) + maxSurge(d)) };
}
