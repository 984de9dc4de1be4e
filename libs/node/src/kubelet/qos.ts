import { parseQuantity } from '#apimachinery';
import type { Pod, ResourceRequirements } from '#kinds';

const COMPUTE = ['cpu', 'memory'] as const;

const isZero = (text: string | undefined) => text === undefined || parseQuantity(text).isZero();

/** Guaranteed, Burstable or BestEffort. Models qos.ComputePodQOS (1.36). */
export function qosClassOf(pod: Pod): string {
  const spec = pod.spec!;
  const parts: (ResourceRequirements | undefined)[] = spec.resources
    ? [spec.resources]
    : [...(spec.initContainers ?? []), ...spec.containers].map((container) => container.resources);
  let asks = false;
  let guaranteed = true;
  for (const part of parts) {
    for (const name of COMPUTE) {
      const request = part?.requests?.[name];
      const limit = part?.limits?.[name];
      if (!isZero(request) || !isZero(limit)) asks = true;
      const same = !isZero(limit) && (isZero(request) || parseQuantity(request!).cmp(parseQuantity(limit!)) === 0);
      if (!same) guaranteed = false;
    }
  }
  if (!asks) return 'BestEffort';
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
