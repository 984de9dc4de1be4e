import { controllerRefOf, deepCopy, deepEqual, findCondition, isReason } from '#apimachinery';
import { type Deployment, deploymentKind, type ReplicaSet } from '#kinds';
import { newControllerRef } from '../controller-ref.js';
import { asError, isNamespaceTerminating } from '../failures.js';
import type { DeploymentDeps } from './deployment-deps.js';
import { hasDeadline, newCondition, withCondition } from './deployment-status.js';
import { newSetAnnotations, nextRevision, replicasAnnotations, REVISION } from './revisions.js';
import { byAge, desired, newSetSize } from './rollout-arithmetic.js';
import { sameTemplate, TEMPLATE_HASH, templateHash } from './template-hash.js';

/** One reconcile: `d` is the Deployment as the last write of this reconcile gave it back. */
export interface Rollout {
  readonly deps: DeploymentDeps;
  d: Deployment;
}

export interface Sets {
  /** The one whose template is the Deployment's. */
  readonly newSet: ReplicaSet | undefined;
  readonly old: readonly ReplicaSet[];
  readonly all: readonly ReplicaSet[];
}

/**
 * Tells the new ReplicaSet from the old ones, sees that it carries the newest revision, and with `create` makes it when
 * there is none. Models getAllReplicaSetsAndSyncRevision in pkg/controller/deployment/sync.go (1.36).
 */
export async function syncRevision(rollout: Rollout, sets: readonly ReplicaSet[], create: boolean): Promise<Sets> {
  const found = byAge(sets).find((rs) => sameTemplate(rs.spec.template, rollout.d.spec.template));
  const old = sets.filter((rs) => rs !== found);
  const revision = nextRevision(old);
  let newSet = found && (await kept(rollout, found, revision));
  if (!newSet && create) newSet = await created(rollout, old, revision);
  return { newSet, old, all: newSet ? [...old, newSet] : old };
}

async function kept(rollout: Rollout, rs: ReplicaSet, revision: number): Promise<ReplicaSet> {
  const { d, deps } = rollout;
  const annotations = newSetAnnotations(d, rs, revision);
  const minReadySeconds = d.spec.minReadySeconds ?? 0;
  if (!deepEqual(annotations, rs.metadata.annotations ?? {}) || (rs.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    const metadata = { ...rs.metadata, annotations };
    return deps.updateReplicaSet(d, { ...rs, metadata, spec: { ...rs.spec, minReadySeconds } });
  }
  await writeProgress(rollout, annotations[REVISION]!, () => {
    if (!hasDeadline(d) || findCondition(d.status?.conditions, 'Progressing')) return undefined;
    return ['FoundNewReplicaSet', `Found new replica set "${rs.metadata.name}"`];
  });
  return rs;
}

async function created(rollout: Rollout, old: readonly ReplicaSet[], revision: number): Promise<ReplicaSet> {
  const { d, deps } = rollout;
  const wanted = newReplicaSet(d, old, revision);
  let rs: ReplicaSet;
  let existed = false;
  try {
    rs = await deps.createReplicaSet(d, wanted);
  } catch (error) {
    rs = await existingOrThrow(rollout, wanted, error);
    existed = true;
  }
  if (!existed && desired(wanted) > 0) {
    deps.event(
      d,
      'Normal',
      'ScalingReplicaSet',
      `Scaled up replica set ${rs.metadata.name} from 0 to ${desired(wanted)}`,
    );
  }
  await writeProgress(rollout, String(revision), () => {
    if (existed || !hasDeadline(d)) return undefined;
    return ['NewReplicaSetCreated', `Created new replica set "${rs.metadata.name}"`];
  });
  return rs;
}

function newReplicaSet(d: Deployment, old: readonly ReplicaSet[], revision: number): ReplicaSet {
  const hash = templateHash(d.spec.template, d.status?.collisionCount);
  const template = deepCopy(d.spec.template);
  template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [TEMPLATE_HASH]: hash } };
  const selector = deepCopy(d.spec.selector);
  selector.matchLabels = { ...selector.matchLabels, [TEMPLATE_HASH]: hash };
  const rs: ReplicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${d.metadata.name}-${hash}`,
      namespace: d.metadata.namespace!,
      labels: { ...template.metadata.labels },
      ownerReferences: [newControllerRef(d, deploymentKind)],
    },
    spec: {
      replicas: 0,
      selector,
      template,
      ...(d.spec.minReadySeconds ? { minReadySeconds: d.spec.minReadySeconds } : {}),
    },
  };
  rs.spec.replicas = newSetSize(d, [...old, rs], rs);
  rs.metadata.annotations = { ...newSetAnnotations(d, rs, revision), ...replicasAnnotations(d) };
  return rs;
}

/** The name is taken: by our own of an earlier try, or by another template of the same hash (then count the collision). */
async function existingOrThrow(rollout: Rollout, wanted: ReplicaSet, error: unknown): Promise<ReplicaSet> {
  const { d, deps } = rollout;
  const { namespace, name } = wanted.metadata;
  if (isReason(error, 'AlreadyExists')) {
    const rs = await deps.liveReplicaSet(namespace!, name!);
    const ours = controllerRefOf(rs.metadata)?.uid === d.metadata.uid;
    if (ours && sameTemplate(d.spec.template, rs.spec.template)) return rs;
    const collisionCount = (d.status?.collisionCount ?? 0) + 1;
    rollout.d = await deps.writeStatus({ ...d, status: { ...d.status, collisionCount } });
    throw error;
  }
  if (isNamespaceTerminating(error)) throw error;
  const message = `Failed to create new replica set "${name}": ${asError(error).message}`;
  if (hasDeadline(d)) {
    const failed = newCondition('Progressing', 'False', 'ReplicaSetCreateError', message, deps.nowMs());
    const conditions = withCondition(d.status?.conditions ?? [], failed);
    rollout.d = await deps.writeStatus({ ...d, status: { ...d.status, conditions } });
  }
  deps.event(d, 'Warning', 'ReplicaSetCreateError', message);
  throw error;
}

/** Puts the revision, and a Progressing condition when there is news, on the Deployment. */
async function writeProgress(
  rollout: Rollout,
  revision: string,
  news: () => readonly [reason: string, message: string] | undefined,
): Promise<void> {
  const { d, deps } = rollout;
  const told = news();
  if (d.metadata.annotations?.[REVISION] === revision && !told) return;
  const conditions = d.status?.conditions ?? [];
  rollout.d = await deps.writeStatus({
    ...d,
    metadata: { ...d.metadata, annotations: { ...d.metadata.annotations, [REVISION]: revision } },
    status: {
      ...d.status,
      conditions: told
        ? withCondition(conditions, newCondition('Progressing', 'True', told[0], told[1], deps.nowMs()))
        : conditions,
    },
  });
}

/** Sets the size, says so in an event, and notes what a later proportional scale needs. True when it changed anything. */
export async function resize({ d, deps }: Rollout, rs: ReplicaSet, to: number): Promise<boolean> {
  const from = desired(rs);
  const notes = replicasAnnotations(d);
  const noted = Object.entries(notes).every(([key, value]) => rs.metadata.annotations?.[key] === value);
  if (from === to && noted) return false;
  const metadata = { ...rs.metadata, annotations: { ...rs.metadata.annotations, ...notes } };
  await deps.updateReplicaSet(d, { ...rs, metadata, spec: { ...rs.spec, replicas: to } });
  if (from === to) return true;
  const direction = to > from ? 'up' : 'down';
  deps.event(
    d,
    'Normal',
    'ScalingReplicaSet',
    `Scaled ${direction} replica set ${rs.metadata.name} from ${from} to ${to}`,
  );
  return true;
}
