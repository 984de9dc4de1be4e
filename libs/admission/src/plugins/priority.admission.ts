import { type Pod, type PriorityClass, priorityClassKind } from '#kinds';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const DEFAULT_POLICY = 'PreemptLowerPriority';

/** Turns a pod's priority class into the number the scheduler reads. Models plugin priority (1.36). */
export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (request) =>
    (request.operation === 'CREATE' || request.operation === 'UPDATE') &&
    (isCore(request, 'pods') ||
      (request.kind.resource === 'priorityclasses' && request.kind.group === 'scheduling.k8s.io')),
  async mutate(request, reads) {
    if (!isCore(request, 'pods')) return;
    if (request.operation === 'UPDATE') return keepComputed(request.object as Pod, request.old as Pod);
    const { spec } = request.object as Pod;
    if (!spec) return;
    const found = spec.priorityClassName
      ? await namedClass(request, reads, spec.priorityClassName)
      : await defaultClass(reads);
    if (!spec.priorityClassName && found) spec.priorityClassName = found.metadata.name ?? '';
    const value = found?.value ?? 0;
    if (spec.priority !== undefined && spec.priority !== value) {
      throw refusal(
        request,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission ` +
          `controller computed ${value} from the given PriorityClass name`,
      );
    }
    spec.priority = value;
    const policy = found ? (found.preemptionPolicy ?? DEFAULT_POLICY) : DEFAULT_POLICY;
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw refusal(
        request,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority ` +
          `admission controller computed ${policy} from the given PriorityClass name`,
      );
    }
    spec.preemptionPolicy = policy;
  },
  async validate(request, reads) {
    if (isCore(request, 'pods') || !(request.object as PriorityClass).globalDefault) return;
    const present = await defaultClass(reads);
    if (present && (request.operation === 'CREATE' || present.metadata.name !== request.name)) {
      const why = `PriorityClass ${present.metadata.name} is already marked as default. Only one default can exist`;
      throw refusal(request, why);
    }
  },
};

/** A client that does not know what was computed does not take it away. */
function keepComputed(pod: Pod, { spec: old }: Pod): void {
  if (!pod.spec || !old) return;
  const { priority: value, preemptionPolicy } = { ...old, ...pod.spec };
  if (value === pod.spec.priority && preemptionPolicy === pod.spec.preemptionPolicy) return;
  // An update's spec may be the stored one itself: never changed, only replaced.
  pod.spec = {
    ...pod.spec,
    ...(value === undefined ? {} : { priority: value }),
    ...(preemptionPolicy === undefined ? {} : { preemptionPolicy }),
  };
}

async function namedClass(request: AdmissionRequest, reads: AdmissionReads, name: string): Promise<PriorityClass> {
  const found = await reads.get(priorityClassKind, '', name);
  if (!found) throw refusal(request, `no PriorityClass with name ${name} was found`);
  return found;
}

/** Of several defaults the lowest counts. */
async function defaultClass(reads: AdmissionReads): Promise<PriorityClass | undefined> {
  let lowest: PriorityClass | undefined;
  for (const candidate of await reads.list(priorityClassKind, undefined)) {
    if (candidate.globalDefault && (!lowest || (candidate.value ?? 0) < (lowest.value ?? 0))) lowest = candidate;
  }
  return lowest;
}
