import { parseQuantity } from '#apimachinery';
import type { PodSpec, ResourceRequirements } from '../../generated/types.js';

type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/** Only these two count. */
const COMPUTE = ['cpu', 'memory'] as const;

function isSet(list: Record<string, string> | undefined, name: string): boolean {
  const text = list?.[name];
  return text !== undefined && !parseQuantity(text).isZero();
}

/** Models ComputePodQOS of pkg/apis/core/helper/qos (1.36). Pod-level resources decide alone where given. */
export function qosClassOf(spec: PodSpec): QosClass {
  const all: (ResourceRequirements | undefined)[] = spec.resources
    ? [spec.resources]
    : [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ resources }) => resources);
  let isAnySet = false;
  let isGuaranteed = true;
  for (const resources of all) {
    for (const name of COMPUTE) {
      const hasLimit = isSet(resources?.limits, name);
      const hasRequest = isSet(resources?.requests, name);
      isAnySet ||= hasLimit || hasRequest;
      isGuaranteed &&= hasLimit && hasRequest && isSame(resources!.limits![name]!, resources!.requests![name]!);
    }
  }
  if (!isAnySet) return 'BestEffort';
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

function isSame(a: string, b: string): boolean {
  return a === b || parseQuantity(a).cmp(parseQuantity(b)) === 0;
}
