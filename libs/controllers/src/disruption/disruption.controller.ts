import { deepEqual, isReason, type KubeObject, rfc3339, timeOf } from '#apimachinery';
import {
  type ControllerContext,
  controllerIdentity,
  defineController,
  type ObjectKey,
  type Outcome,
} from '#controller-runtime';
import { type Pod, type PodDisruptionBudget, podDisruptionBudgetKind, podKind, withDisruptionAllowed } from '#kinds';
import { unlessGone } from '../failures.js';
import { patchPodStatus } from '../pod-status-patch.js';
import { isPodReady } from '../pod-state.js';
import { POD, podsBudgets, staleTargetInMs } from './disruption-watches.js';
import { expectedPods, newScaleOf, type ScaleOf } from './expected-pods.js';

/** So long after its eviction a pod that is still there counts again. As DeletionTimeout (1.36). */
const DELETION_MS = 2 * 60_000;

export interface DisruptionDeps {
  nowMs(): number;
  budget(key: ObjectKey): PodDisruptionBudget | undefined;
  pod(key: ObjectKey): Pod | undefined;
  podsOf(budget: PodDisruptionBudget): readonly Pod[];
  readonly scaleOf: ScaleOf;
  writeStatus(budget: PodDisruptionBudget): Promise<unknown>;
  patchPodStatus(pod: Pod, status: NonNullable<Pod['status']>): Promise<unknown>;
  event(about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): void;
}

/** Says how many pods of each budget may go. Models kube-controller-manager disruption (1.36). */
export const disruptionController = defineController<DisruptionDeps>({
  name: 'disruption',
  identity: controllerIdentity('disruption-controller'),
  eventSource: 'controllermanager',
  reconciles: podDisruptionBudgetKind,
  watches: [{ resource: podKind, keysOf: podsBudgets }],
  deps: newDisruptionDeps,
  reconcile,
});

/** '<name>' is a budget, '<name>/pod' a pod that was to go and perhaps does not. */
export async function reconcile(deps: DisruptionDeps, key: ObjectKey): Promise<Outcome> {
  const [name = '', what] = key.name.split('/');
  if (what === POD) return clearStaleTarget(deps, { namespace: key.namespace, name });
  const budget = deps.budget(key);
  if (!budget) return;
  try {
    return await look(deps, budget);
  } catch (error) {
    if (isReason(error, 'Conflict')) throw error;
    await failSafe(deps, budget, error as Error);
  }
}

async function look(deps: DisruptionDeps, budget: PodDisruptionBudget): Promise<Outcome> {
  const pods = deps.podsOf(budget);
  if (pods.length === 0) deps.event(budget, 'Normal', 'NoPods', 'No matching pods found');
  const { expected, desired, unmanaged } = await expectedPods(budget, pods, deps.scaleOf);
  if (unmanaged.length > 0) deps.event(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
  const nowMs = deps.nowMs();
  const disruptedPods = stillGoing(deps, budget, pods, nowMs);
  const currentHealthy = pods.filter(
    (pod) =>
      pod.metadata.deletionTimestamp === undefined &&
      !Object.hasOwn(disruptedPods, pod.metadata.name ?? '') &&
      isPodReady(pod),
  ).length;
  const { generation } = budget.metadata;
  const status = withDisruptionAllowed(
    {
      ...(budget.status?.conditions ? { conditions: budget.status.conditions } : {}),
      currentHealthy,
      desiredHealthy: desired,
      // A budget that matches nothing yet must not let its first pods go before they are counted.
      disruptionsAllowed: expected <= 0 ? 0 : Math.max(0, currentHealthy - desired),
      expectedPods: expected,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      ...(Object.keys(disruptedPods).length > 0 ? { disruptedPods } : {}),
    },
    nowMs,
  );
  if (!deepEqual(status, budget.status)) await deps.writeStatus({ ...budget, status });
  const ends = Object.values(disruptedPods).map((at) => (timeOf(at) ?? nowMs) + DELETION_MS - nowMs);
  return ends.length > 0 ? { requeueAfterMs: Math.max(1, Math.min(...ends)) } : undefined;
}

/** Of the pods that were evicted, those that are still there and may yet go. */
function stillGoing(
  deps: DisruptionDeps,
  { metadata, status }: PodDisruptionBudget,
  pods: readonly Pod[],
  nowMs: number,
): Record<string, string> {
  const going: Record<string, string> = {};
  for (const pod of pods) {
    const name = pod.metadata.name ?? '';
    const disrupted = status?.disruptedPods ?? {};
    if (pod.metadata.deletionTimestamp !== undefined || !Object.hasOwn(disrupted, name)) continue;
    const at = disrupted[name]!;
    if ((timeOf(at) ?? 0) + DELETION_MS > nowMs) going[name] = at;
    else {
      const why = `Pod was expected by PDB ${metadata.namespace}/${metadata.name} to be deleted but it wasn't`;
      deps.event(pod, 'Warning', 'NotDeleted', why);
    }
  }
  return going;
}

function unmanagedText({ spec }: PodDisruptionBudget): string {
  return (
    `Pods selected by this PodDisruptionBudget (selector: ${JSON.stringify(spec?.selector ?? {})}) were found to be ` +
    'unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. ' +
    'To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.'
  );
}

/** While nobody knows how many there should be, none may go. */
async function failSafe(deps: DisruptionDeps, budget: PodDisruptionBudget, error: Error): Promise<void> {
  deps.event(
    budget,
    'Warning',
    'CalculateExpectedPodCountFailed',
    `Failed to calculate the number of expected pods: ${error.message}`,
  );
  const told = withDisruptionAllowed({ ...budget.status, disruptionsAllowed: 0 }, deps.nowMs());
  const conditions = (told.conditions ?? []).map((condition) =>
    condition.type === 'DisruptionAllowed' ? { ...condition, reason: 'SyncFailed', message: error.message } : condition,
  );
  const status = { ...told, conditions };
  if (!deepEqual(status, budget.status)) await deps.writeStatus({ ...budget, status });
}

/** A pod that was to be disrupted and was not: what it says of itself is taken back. */
async function clearStaleTarget(deps: DisruptionDeps, key: ObjectKey): Promise<Outcome> {
  const pod = deps.pod(key);
  const leftMs = pod && staleTargetInMs(pod, deps.nowMs());
  if (!pod || leftMs === undefined) return;
  if (leftMs > 0) return { requeueAfterMs: leftMs };
  const conditions = (pod.status?.conditions ?? []).map((condition) =>
    condition.type === 'DisruptionTarget'
      ? { type: condition.type, status: 'False', lastTransitionTime: rfc3339(deps.nowMs()) }
      : condition,
  );
  await deps.patchPodStatus(pod, { conditions });
}

function newDisruptionDeps({ env, api, observer, informers, events, kinds }: ControllerContext): DisruptionDeps {
  const budgets = informers.of<PodDisruptionBudget>(podDisruptionBudgetKind);
  const pods = informers.of<Pod>(podKind);
  return {
    nowMs: () => env.clock.nowMs(),
    budget: ({ namespace, name }) => budgets.get(namespace, name),
    pod: ({ namespace, name }) => pods.get(namespace, name),
    podsOf: ({ metadata, spec }) => pods.select(metadata.namespace ?? '', spec?.selector),
    scaleOf: newScaleOf(kinds, async (kind, namespace, name) => {
      const { items } = await observer.list(kind, namespace, { fieldSelector: `metadata.name=${name}` });
      return items[0];
    }),
    writeStatus: (budget) => unlessGone(api.update(podDisruptionBudgetKind, budget, 'status')),
    patchPodStatus: (pod, status) => patchPodStatus(api, pod, status),
    event: (about, type, reason, message) => events.event(about, type, reason, message),
  };
}
