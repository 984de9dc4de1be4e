import { controllerRefOf, deepEqual, findCondition, type KubeObject, labelMatcherOf } from '#apimachinery';
import {
  type Change,
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { type Deployment, deploymentKind, podKind, type ReplicaSet, replicaSetKind } from '#kinds';
import { claim, controllerOfKind } from '../controller-ref.js';
import { type DeploymentDeps, newDeploymentDeps } from './deployment-deps.js';
import { deadlineMs, hasDeadline, isComplete, newCondition, withCondition } from './deployment-status.js';
import { type Rollout, syncRevision } from './replica-sets.js';
import { isRolling } from './rollout-arithmetic.js';
import { isScaling, recreate, rolling, scaleOnly, writeCountedStatus } from './rollout.js';

/** As for ReplicaSets: the arrival of own writes brings the key back; this is for when it was lost in a relist. */
const UNSEEN_RETRY_MS = 1000;
/** Times in objects are whole seconds, so a deadline is looked at a second after it has passed. */
const ROUNDING_MS = 1000;

/** Rolls Deployments out over ReplicaSets. Models kube-controller-manager deployment (1.36). */
export const deploymentController = defineController<DeploymentDeps>({
  name: 'deployment',
  identity: controllerIdentity('deployment-controller'),
  reconciles: deploymentKind,
  watches: [
    { resource: replicaSetKind, keysOf: deploymentsOfSet },
    { resource: podKind, keysOf: deploymentsOfGonePod },
  ],
  workers: 5,
  deps: newDeploymentDeps,
  reconcile,
});

export async function reconcile(deps: DeploymentDeps, key: ObjectKey): Promise<Outcome> {
  const d = deps.deployment(key);
  if (!d) return deps.forget(key);
  if (!deps.cacheIsCurrent(key)) return { requeueAfterMs: UNSEEN_RETRY_MS };
  if (deepEqual(d.spec.selector, {})) return refuseSelectAll(deps, d);
  const matcher = labelMatcherOf(d.spec.selector);
  const sets = await claim(d, deps.candidates(d), (rs) => matcher.matches(rs.metadata.labels), deps.claimWrites(d));
  const rollout: Rollout = { deps, d };
  await step(rollout, sets);
  return nextDeadline(rollout);
}

async function step(rollout: Rollout, sets: readonly ReplicaSet[]): Promise<void> {
  if (rollout.d.metadata.deletionTimestamp !== undefined) {
    return writeCountedStatus(rollout, await syncRevision(rollout, sets, false));
  }
  await tellPause(rollout);
  if (rollout.d.spec.paused || isScaling(rollout, sets)) return scaleOnly(rollout, sets);
  return isRolling(rollout.d) ? rolling(rollout, sets) : recreate(rollout, sets);
}

/** So that the time it was paused does not count as lack of progress. */
async function tellPause(rollout: Rollout): Promise<void> {
  const { d, deps } = rollout;
  const current = findCondition(d.status?.conditions, 'Progressing');
  if (!hasDeadline(d) || current?.reason === 'ProgressDeadlineExceeded') return;
  const told = current?.reason === 'DeploymentPaused';
  if (told === Boolean(d.spec.paused)) return;
  const [reason, message] = told
    ? ['DeploymentResumed', 'Deployment is resumed']
    : ['DeploymentPaused', 'Deployment is paused'];
  const condition = newCondition('Progressing', 'Unknown', reason!, message!, deps.nowMs());
  const conditions = withCondition(d.status?.conditions ?? [], condition);
  rollout.d = await deps.writeStatus({ ...d, status: { ...d.status, conditions } });
}

async function refuseSelectAll(deps: DeploymentDeps, d: Deployment): Promise<void> {
  const message = 'This deployment is selecting all pods. A non-empty selector is required.';
  deps.event(d, 'Warning', 'SelectingAll', message);
  const generation = d.metadata.generation ?? 0;
  if ((d.status?.observedGeneration ?? 0) >= generation) return;
  await deps.writeStatus({ ...d, status: { ...d.status, observedGeneration: generation } });
}

function nextDeadline({ d, deps }: Rollout): Outcome {
  const at = d.spec.paused || isComplete(d, d.status ?? {}) ? undefined : deadlineMs(d);
  return at === undefined ? undefined : { requeueAfterMs: Math.max(0, at - deps.nowMs()) + ROUNDING_MS };
}

function deploymentsOfSet(
  rs: KubeObject,
  { informers }: ControllerContext,
  old: KubeObject | undefined,
  change: Change,
): readonly ObjectKey[] {
  const namespace = rs.metadata.namespace ?? '';
  const controller = controllerOfKind(rs, deploymentKind);
  const before = old && controllerOfKind(old, deploymentKind);
  const keys: ObjectKey[] = controller ? [{ namespace, name: controller.name }] : [];
  if (before && before.uid !== controller?.uid) keys.push({ namespace, name: before.name });
  if (controllerRefOf(rs.metadata) || change === 'deleted') return keys;
  if (old && !before && deepEqual(old.metadata.labels, rs.metadata.labels)) return keys;
  for (const d of informers.of(deploymentKind).list(namespace)) {
    if (labelMatcherOf(d.spec.selector).matches(rs.metadata.labels)) keys.push({ namespace, name: d.metadata.name! });
  }
  return keys;
}

/** Only Recreate waits for pods to be gone; rolling updates see their ReplicaSets' status. */
function deploymentsOfGonePod(
  pod: KubeObject,
  { informers }: ControllerContext,
  _old: KubeObject | undefined,
  change: Change,
): readonly ObjectKey[] {
  if (change !== 'deleted') return [];
  const namespace = pod.metadata.namespace ?? '';
  const setRef = controllerOfKind(pod, replicaSetKind);
  const rs = setRef && informers.of(replicaSetKind).get(namespace, setRef.name);
  const owner = rs && controllerOfKind(rs, deploymentKind);
  const d = owner && informers.of(deploymentKind).get(namespace, owner.name);
  return d?.spec.strategy?.type === 'Recreate' ? [{ namespace, name: d.metadata.name! }] : [];
}
