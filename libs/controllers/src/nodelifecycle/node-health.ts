import { findCondition, rfc3339, timeOf } from '#apimachinery';
import type { Lease, Node, NodeCondition } from '#kinds';

/**
 * How long a node may be silent. kube-controller-manager --node-monitor-grace-period: 50 s since 1.32 (40 s before).
 */
export const GRACE_MS = 50_000;

/** Those that a kubelet posts, and that nobody knows any more when it is silent. */
const POSTED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const;

/** The last sign of life (epoch ms): the lease's renewal or the status's heartbeat, whichever is newer. */
export function lastSignMs(node: Node, lease: Lease | undefined): number {
  const ready = findCondition(node.status?.conditions, 'Ready');
  const times = [lease?.spec?.renewTime, ready?.lastHeartbeatTime, node.metadata.creationTimestamp];
  return Math.max(0, ...times.map((time) => timeOf(time ?? '') ?? 0));
}

/** The conditions of a silent node; undefined when they say so already. Models tryUpdateNodeHealth (1.36). */
export function silentConditions(node: Node, nowMs: number): NodeCondition[] | undefined {
  const now = rfc3339(nowMs);
  let changed = false;
  const conditions = [...(node.status?.conditions ?? [])];
  for (const type of POSTED) {
    const at = conditions.findIndex((condition) => condition.type === type);
    const known = conditions[at];
    if (known?.status === 'Unknown') continue;
    changed = true;
    if (known) {
      const reason = 'NodeStatusUnknown';
      const message = 'Kubelet stopped posting node status.';
      conditions[at] = { ...known, status: 'Unknown', reason, message, lastTransitionTime: now };
    } else {
      const reason = 'NodeStatusNeverUpdated';
      const message = 'Kubelet never posted node status.';
      const times = { lastHeartbeatTime: node.metadata.creationTimestamp ?? now, lastTransitionTime: now };
      conditions.push({ type, status: 'Unknown', reason, message, ...times });
    }
  }
  return changed ? conditions : undefined;
}

export function isNodeReady(node: Node): boolean {
  return findCondition(node.status?.conditions, 'Ready')?.status === 'True';
}
