import { isConditionTrue, type KubeObject, labelMatcherOf, rfc3339, setCondition, StatusError } from '#apimachinery';
import { type Pod, type PodDisruptionBudget, podDisruptionBudgetKind, podKind, withDisruptionAllowed } from '#kinds';
import type { AdmissionReads } from '#admission';
import type { Parts } from '../parts.js';
import type { DeleteRequest, RequestContext, Target, WriteOptions } from '../request.js';
import { readsOf } from './admit.js';
import { removeOne } from './delete.js';
import { checkDeleteOptions, checkPreconditions } from './delete-options.js';

/** policy/v1 Eviction: a wish to delete, with the options inside. */
export type Eviction = KubeObject & { deleteOptions?: Omit<DeleteRequest, 'dryRun'> & { dryRun?: readonly string[] } };

/** Attempts against others that write the pod or its budget. As EvictionsRetry (1.36). */
const ATTEMPTS_MAX = 20;
/** Evictions that the disruption controller has not confirmed. As MaxDisruptedPodSize (1.36). */
const DISRUPTED_MAX = 2000;
const RETRY_SECONDS = 10;
const REFUSED = "Cannot evict pod as it would violate the pod's disruption budget.";
const TARGET = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'EvictionByEvictionAPI',
  message: 'Eviction API: evicting',
};

/**
 * Deletes a pod if its disruption budget allows it, and charges the budget before. Models pods/eviction (1.36). The
 * eviction is what was admitted; the deletion that follows is the server's own and is not admitted again.
 */
export async function evict(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  eviction: Eviction,
  options: WriteOptions,
): Promise<void> {
  const { subresource: _gone, ...podTarget } = target;
  const asked = requestOf(eviction, options);
  checkDeleteOptions(asked);
  const reads = readsOf(parts, ctx.env.id);
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const pod = await reads.get(podKind, target.namespace ?? '', target.name ?? '');
    if (!pod) throw StatusError.notFound({ group: '', resource: 'pods' }, target.name ?? '');
    checkPreconditions(podKind, pod, asked);
    const isFree = canIgnoreBudgets(pod);
    // What is checked here must still be true when the pod goes.
    const holds = isFree ? !isOver(pod) : await charge(reads, ctx, pod, asked);
    const marked = asked.dryRun ? pod : await mark(reads, ctx, pod);
    if (!marked) continue;
    const resourceVersion = holds || asked.preconditions?.resourceVersion ? marked.metadata.resourceVersion : undefined;
    const preconditions = { ...asked.preconditions, ...(resourceVersion ? { resourceVersion } : {}) };
    await removeOne(parts, ctx, podTarget, { ...asked, preconditions, admitted: true });
    return;
  }
  throw StatusError.conflict(
    { group: '', resource: 'pods' },
    target.name ?? '',
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

function requestOf({ deleteOptions }: Eviction, options: WriteOptions): DeleteRequest {
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = deleteOptions ?? {};
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(options.dryRun || dryRun?.length ? { dryRun: true } : {}),
  };
}

function isOver({ metadata, status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' || metadata.deletionTimestamp !== undefined;
}

/** It does not run, or not for long: its going disrupts nothing. */
function canIgnoreBudgets(pod: Pod): boolean {
  return isOver(pod) || pod.status?.phase === 'Pending';
}

/** True when the pod must still be as it was looked at. Throws what its budget says against it. */
async function charge(
  reads: AdmissionReads,
  ctx: RequestContext,
  pod: Pod,
  { dryRun = false }: DeleteRequest,
): Promise<boolean> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const budgets = await budgetsOf(reads, pod);
    const [budget] = budgets;
    if (!budget) return false;
    if (budgets.length > 1) {
      throw new StatusError(
        500,
        '',
        'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      );
    }
    if (!isConditionTrue(pod.status?.conditions, 'Ready') && isSpared(budget)) return true;
    const charged = decremented(budget, pod, ctx.env.clock.nowMs());
    if (dryRun || (await reads.replace(podDisruptionBudgetKind, [charged]))) return false;
  }
  throw StatusError.timeout("couldn't update PodDisruptionBudget due to conflicts", RETRY_SECONDS);
}

async function budgetsOf(reads: AdmissionReads, { metadata }: Pod): Promise<readonly PodDisruptionBudget[]> {
  const all = await reads.list(podDisruptionBudgetKind, metadata.namespace);
  return all.filter(({ spec }) => labelMatcherOf(spec?.selector).matches(metadata.labels));
}

/** A pod that is not ready counts for no budget: it may go when enough others are, or always. */
function isSpared({ spec, status = {} }: PodDisruptionBudget): boolean {
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status;
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function decremented(budget: PodDisruptionBudget, { metadata }: Pod, nowMs: number): PodDisruptionBudget {
  const { name = '', generation = 0 } = budget.metadata;
  const { observedGeneration = 0, disruptionsAllowed = 0, disruptedPods = {}, ...others } = budget.status ?? {};
  const forbidden = (why: string) =>
    StatusError.forbidden({ group: 'policy', resource: 'poddisruptionbudget' }, name, why);
  if (observedGeneration < generation) {
    throw refused(`The disruption budget ${name} is still being processed by the server.`, RETRY_SECONDS);
  }
  if (disruptionsAllowed < 0) throw forbidden('pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > DISRUPTED_MAX) {
    throw forbidden('DisruptedPods map too big - too many evictions not confirmed by PDB controller');
  }
  if (disruptionsAllowed === 0) {
    const { desiredHealthy = 0, currentHealthy = 0 } = others;
    const why = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw refused(why, 0);
  }
  const status = {
    ...others,
    observedGeneration,
    disruptionsAllowed: disruptionsAllowed - 1,
    disruptedPods: { ...disruptedPods, [metadata.name ?? '']: rfc3339(nowMs) },
  };
  return { ...budget, status: disruptionsAllowed === 1 ? withDisruptionAllowed(status, nowMs) : status };
}

function refused(why: string, retryAfterSeconds: number): StatusError {
  return new StatusError(429, 'TooManyRequests', REFUSED, {
    causes: [{ reason: 'DisruptionBudget', message: why }],
    ...(retryAfterSeconds > 0 ? { retryAfterSeconds } : {}),
  });
}

/** Says on the pod why it goes. undefined: somebody wrote it meanwhile. */
async function mark(reads: AdmissionReads, { env }: RequestContext, pod: Pod): Promise<Pod | undefined> {
  const { namespace = '', name = '' } = pod.metadata;
  const condition = { ...TARGET, lastTransitionTime: rfc3339(env.clock.nowMs()) };
  const conditions = setCondition(pod.status?.conditions, condition);
  if (conditions === pod.status?.conditions) return pod;
  const marked: Pod = { ...pod, status: { ...pod.status, conditions: [...conditions] } };
  if (!(await reads.replace(podKind, [marked]))) return undefined;
  return reads.get(podKind, namespace, name);
}
