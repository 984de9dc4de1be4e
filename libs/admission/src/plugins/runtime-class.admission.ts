import { deepEqual } from '#apimachinery';
import { type Pod, type RuntimeClass, runtimeClassKind } from '#kinds';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';
import { mergedTolerations } from '../tolerations.js';

const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";

/** A pod carries what its runtime costs, and goes where that runtime is. Models plugin runtimeclass (1.36). */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: (request) => isCore(request, 'pods') && request.operation === 'CREATE',
  async mutate(request, reads) {
    const { spec } = request.object as Pod;
    const found = spec && (await classOf(request, reads));
    if (!found) return;
    const { overhead, scheduling } = found;
    if (overhead?.podFixed) {
      if (spec.overhead && !deepEqual(spec.overhead, overhead.podFixed)) throw refusal(request, MISMATCH);
      spec.overhead = { ...overhead.podFixed };
    }
    if (!scheduling) return;
    if (scheduling.nodeSelector)
      spec.nodeSelector = mergedSelector(request, spec.nodeSelector, scheduling.nodeSelector);
    if (scheduling.tolerations) spec.tolerations = mergedTolerations(spec.tolerations ?? [], scheduling.tolerations);
  },
  async validate(request, reads) {
    const { overhead } = (request.object as Pod).spec;
    const defined = (await classOf(request, reads))?.overhead?.podFixed;
    if (defined && !deepEqual(defined, overhead)) throw refusal(request, MISMATCH);
    if (defined || !overhead || Object.keys(overhead).length === 0) return;
    throw refusal(request, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead');
  },
};

async function classOf(request: AdmissionRequest, reads: AdmissionReads): Promise<RuntimeClass | undefined> {
  const { runtimeClassName } = (request.object as Pod).spec;
  if (runtimeClassName === undefined) return undefined;
  const found = await reads.get(runtimeClassKind, '', runtimeClassName);
  if (!found) throw refusal(request, `pod rejected: RuntimeClass "${runtimeClassName}" not found`);
  return found as RuntimeClass;
}

type Selector = Record<string, string>;

function mergedSelector(request: AdmissionRequest, own: Selector | undefined, ofClass: Selector): Selector {
  for (const [key, value] of Object.entries(ofClass)) {
    if (!own || !Object.hasOwn(own, key) || own[key] === value) continue;
    const why = `runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`;
    throw refusal(request, `conflict: ${why}`);
  }
  return { ...own, ...ofClass };
}
