import { findCondition } from '#apimachinery';
import type { Node, Taint } from '#kinds';

export const NOT_READY = 'node.kubernetes.io/not-ready';
export const UNREACHABLE = 'node.kubernetes.io/unreachable';
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Condition → status → key of the NoSchedule taint. Models nodeConditionToTaintKeyStatusMap (1.36). */
const BY_CONDITION: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Ready: { False: NOT_READY, Unknown: UNREACHABLE },
  MemoryPressure: { True: 'node.kubernetes.io/memory-pressure' },
  DiskPressure: { True: 'node.kubernetes.io/disk-pressure' },
  NetworkUnavailable: { True: 'node.kubernetes.io/network-unavailable' },
  PIDPressure: { True: 'node.kubernetes.io/pid-pressure' },
};

const OWN_KEYS: ReadonlySet<string> = new Set([
  UNSCHEDULABLE,
  ...Object.values(BY_CONDITION).flatMap((byStatus) => Object.values(byStatus)),
]);

/**
 * The taints that the node's conditions call for, besides those that are not this controller's. `undefined` when the
 * node has just these. A taint that stays keeps its time: tolerationSeconds count from it.
 */
export function wantedTaints(node: Node, now: string): Taint[] | undefined {
  const current = node.spec?.taints ?? [];
  const wanted: Taint[] = [];
  for (const [type, byStatus] of Object.entries(BY_CONDITION)) {
    const status = findCondition(node.status?.conditions, type)?.status;
    const key = status === undefined ? undefined : byStatus[status];
    if (key !== undefined) wanted.push({ key, effect: 'NoSchedule' });
    if (key !== undefined && type === 'Ready') wanted.push({ key, effect: 'NoExecute' });
  }
  if (node.spec?.unschedulable) wanted.push({ key: UNSCHEDULABLE, effect: 'NoSchedule' });
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
  const missing = wanted.filter((taint) => !current.some((other) => same(taint, other)));
  const kept = current.filter((taint) => !isOwn(taint) || wanted.some((other) => same(taint, other)));
  if (missing.length === 0 && kept.length === current.length) return undefined;
  return [...kept, ...missing.map((taint) => ({ ...taint, timeAdded: now }))];
}

/** NoExecute is put on by this controller for readiness only; a learner's own stays. */
function isOwn({ key, effect }: Taint): boolean {
  return effect === 'NoSchedule'
    ? OWN_KEYS.has(key)
    : effect === 'NoExecute' && (key === NOT_READY || key === UNREACHABLE);
}
