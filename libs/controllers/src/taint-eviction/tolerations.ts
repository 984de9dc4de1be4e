import { timeOf } from '#apimachinery';
import type { Node, Pod, Taint, Toleration } from '#kinds';

/** Models v1helper.ToleratesTaint (k8s.io/component-helpers, 1.36). */
export function tolerates({ key, operator = 'Equal', value = '', effect }: Toleration, taint: Taint): boolean {
  if (effect && effect !== taint.effect) return false;
  if (key && key !== taint.key) return false;
  if (operator === 'Exists') return true;
  return operator === 'Equal' && Boolean(key) && value === (taint.value ?? '');
}

/** When the node's NoExecute taints drive the pod out (epoch ms): -Infinity for at once, undefined for never. */
export function evictionMs(pod: Pod, node: Node): number | undefined {
  const taints = (node.spec?.taints ?? []).filter(({ effect }) => effect === 'NoExecute');
  if (taints.length === 0) return undefined;
  const tolerations = pod.spec.tolerations ?? [];
  const used: Toleration[] = [];
  for (const taint of taints) {
    const matching = tolerations.filter((toleration) => tolerates(toleration, taint));
    if (matching.length === 0) return -Infinity;
    used.push(...matching);
  }
  const seconds = used.flatMap(({ tolerationSeconds }) => (tolerationSeconds === undefined ? [] : [tolerationSeconds]));
  if (seconds.length === 0) return undefined;
  // Upstream counts from when it first saw both; these times say the same and survive a restart.
  const since = [pod.metadata.creationTimestamp, ...taints.map(({ timeAdded }) => timeAdded)];
  return Math.max(...since.map((time) => timeOf(time ?? '') ?? 0)) + Math.max(0, Math.min(...seconds)) * 1000;
}
