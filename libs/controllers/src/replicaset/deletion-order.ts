import { timeOf } from '#apimachinery';
import type { Pod } from '#kinds';
import { isPodReady, readySinceMs } from '../pod-state.js';

const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
const PHASE_ORDER: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

interface Ranked {
  readonly pod: Pod;
  readonly phase: number;
  readonly readyMs: number | undefined;
  readonly cost: number;
  /** Active pods of the same owner on its node: spreading is kept by deleting where they crowd. */
  readonly neighbours: number;
  readonly restarts: number;
  readonly createdMs: number;
}

/**
 * `count` of `pods`, those first whose loss matters least: not placed, not running, not ready, cheap, crowded, ready for a
 * short time, often restarted, young. Ages are compared by powers of two, so that among pods of like age chance (their
 * uid) decides. Models ActivePodsWithRanks (pkg/controller/controller_utils.go, 1.36).
 */
export function podsToDelete(pods: readonly Pod[], related: readonly Pod[], count: number, nowMs: number): Pod[] {
  if (count >= pods.length) return [...pods];
  const onNode = new Map<string, number>();
  for (const { spec } of related) onNode.set(spec.nodeName ?? '', (onNode.get(spec.nodeName ?? '') ?? 0) + 1);
  const ranked = pods.map((pod) => rankOf(pod, onNode.get(pod.spec.nodeName ?? '') ?? 0));
  ranked.sort((a, b) => compare(a, b, nowMs));
  return ranked.slice(0, count).map(({ pod }) => pod);
}

function rankOf(pod: Pod, neighbours: number): Ranked {
  const cost = Number(pod.metadata.annotations?.[DELETION_COST] ?? 0);
  return {
    pod,
    phase: PHASE_ORDER[pod.status?.phase ?? ''] ?? 0,
    readyMs: readySinceMs(pod),
    cost: Number.isInteger(cost) ? cost : 0,
    neighbours,
    restarts: Math.max(0, ...(pod.status?.containerStatuses ?? []).map((status) => status.restartCount)),
    createdMs: timeOf(pod.metadata.creationTimestamp ?? '') ?? 0,
  };
}

function compare(a: Ranked, b: Ranked, nowMs: number): number {
  const placed = Number(Boolean(a.pod.spec.nodeName)) - Number(Boolean(b.pod.spec.nodeName));
  if (placed !== 0) return placed;
  if (a.phase !== b.phase) return a.phase - b.phase;
  const ready = Number(isPodReady(a.pod)) - Number(isPodReady(b.pod));
  if (ready !== 0) return ready;
  if (a.cost !== b.cost) return a.cost - b.cost;
  if (a.neighbours !== b.neighbours) return b.neighbours - a.neighbours;
  if (a.readyMs !== undefined && b.readyMs !== undefined && a.readyMs !== b.readyMs) {
    return byAge(a.readyMs, b.readyMs, nowMs) || byUid(a, b);
  }
  if (a.restarts !== b.restarts) return b.restarts - a.restarts;
  if (a.createdMs !== b.createdMs) return byAge(a.createdMs, b.createdMs, nowMs) || byUid(a, b);
  return byUid(a, b);
}

/** Younger first, in powers of two. */
function byAge(aMs: number, bMs: number, nowMs: number): number {
  const rank = (ms: number) => (nowMs > ms ? Math.floor(Math.log2((nowMs - ms) * 1e6)) : -1);
  return rank(aMs) - rank(bMs);
}

function byUid(a: Ranked, b: Ranked): number {
  const [x, y] = [a.pod.metadata.uid ?? '', b.pod.metadata.uid ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}
