import { deepEqual, type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { Container, Pod, ResourceRequirements } from '../../generated/types.js';
import { MIRROR } from './annotation-validation.js';
import { withVersionOf } from './ephemeral-containers.js';
import { qosClassOf } from './pod-qos.js';

type Lists = Readonly<Record<string, string>>;

/** pods/resize: requests and limits of containers change in place, nothing else. Models ValidatePodResize (1.36). */
export function mergeResize(stored: Pod, body: KubeObject): Pod {
  const sent = (body as Pod).spec ?? { containers: [] };
  const spec = { ...stored.spec, containers: resized(stored.spec.containers, sent.containers) };
  if (stored.spec.initContainers) spec.initContainers = resized(stored.spec.initContainers, sent.initContainers);
  const errors = resizeErrors({ ...stored, spec }, stored);
  if (errors.length > 0) throw StatusError.invalid({ group: '', kind: 'Pod' }, stored.metadata.name ?? '', errors);
  return { ...stored, metadata: withVersionOf(stored, body), spec };
}

/** By name; whatever else the body says of containers is dropped, as upstream's strategy drops it. */
function resized(containers: readonly Container[], sent: readonly Container[] | undefined): Container[] {
  return containers.map((container) => {
    const one = sent?.find(({ name }) => name === container.name);
    if (!one) return container;
    const { resources, resizePolicy } = one;
    return { ...container, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

function resizeErrors(pod: Pod, old: Pod): FieldError[] {
  const refuse = (why: string) => [fieldError.forbidden('', why)];
  const ofPod = old.spec.resources;
  if (ofPod && (ofPod.limits || ofPod.requests)) return refuse('pods with pod-level resources cannot be resized');
  if (old.metadata.annotations && Object.hasOwn(old.metadata.annotations, MIRROR)) {
    return refuse('static pods cannot be resized');
  }
  if (old.spec.os?.name === 'windows') return refuse('windows pods cannot be resized');
  const errors: FieldError[] = [];
  const qosClass = old.status?.qosClass ?? qosClassOf(old.spec);
  if (qosClass !== qosClassOf(pod.spec)) {
    errors.push(fieldError.invalid('spec', qosClass, 'Pod QOS Class may not change as a result of resizing'));
  }
  for (const [i, container] of (pod.spec.initContainers ?? []).entries()) {
    const before = old.spec.initContainers![i]!;
    if (container.restartPolicy === 'Always') {
      checkResize(errors, `spec.initContainers[${i}].resources`, container, before, ' for sidecar containers');
    } else if (!deepEqual(container, before)) {
      errors.push(fieldError.forbidden('spec', 'resources for non-sidecar init containers are immutable'));
    }
  }
  for (const [i, container] of pod.spec.containers.entries()) {
    checkResize(errors, `spec.containers[${i}].resources`, container, old.spec.containers[i]!, '');
  }
  return errors;
}

function checkResize(errors: FieldError[], at: string, now: Container, before: Container, whose: string): void {
  const [resources, old] = [now.resources ?? {}, before.resources ?? {}];
  for (const name of ['requests', 'limits'] as const) {
    if (isRemoved(resources[name] ?? {}, old[name] ?? {})) {
      errors.push(fieldError.forbidden(`${at}.${name}`, `resource ${name} cannot be removed`));
    }
  }
  if (!deepEqual(immutable(resources), immutable(old))) {
    errors.push(fieldError.forbidden('spec', `only cpu and memory resources${whose} are mutable`));
  }
}

function isRemoved(now: Lists, before: Lists): boolean {
  return Object.keys(before).some((name) => !Object.hasOwn(now, name));
}

/** What a resize leaves alone: everything but cpu and memory. */
function immutable({ limits = {}, requests = {}, claims = [] }: ResourceRequirements): object {
  const rest = ({ cpu: _cpu, memory: _memory, ...others }: Lists) => others;
  return { limits: rest(limits), requests: rest(requests), claims };
}
