import { deepEqual, type FieldError, fieldError, type KubeObject } from '#apimachinery';
import type { Container, Pod, PodSpec, ResourceRequirements } from '../../generated/types.js';
import { MIRROR } from './annotation-validation.js';
import { withVersionOf } from './ephemeral-containers.js';
import { qosClassOf } from './pod-qos.js';

type Lists = Readonly<Record<string, string>>;

/**
 * pods/resize: requests and limits of containers, and of the pod as a whole, change in place, nothing else. Whatever else
 * the body says is dropped, but for which containers there are: that is refused below. Models dropNonResizeUpdates (1.36).
 */
export function mergeResize(stored: Pod, body: KubeObject): Pod {
  const sent = (body as Pod).spec ?? { containers: [] };
  const spec: PodSpec = { ...stored.spec, containers: resized(stored.spec.containers, sent.containers) };
  if (stored.spec.initContainers || sent.initContainers) {
    spec.initContainers = resized(stored.spec.initContainers ?? [], sent.initContainers ?? []);
  }
  if (sent.resources) spec.resources = sent.resources;
  else delete spec.resources;
  return { ...stored, metadata: withVersionOf(stored, body), spec };
}

function resized(containers: readonly Container[], sent: readonly Container[]): Container[] {
  return sent.map((one) => {
    const old = containers.find(({ name }) => name === one.name);
    if (!old) return one;
    const { resources: _resources, resizePolicy: _policy, ...kept } = old;
    const { resources, resizePolicy } = one;
    return { ...kept, ...(resources ? { resources } : {}), ...(resizePolicy ? { resizePolicy } : {}) };
  });
}

/** Models ValidatePodResize (1.36), beyond the rules of every pod. */
export function validateResize(pod: Pod, old: Pod): FieldError[] {
  const refuse = (why: string) => [fieldError.forbidden('', why)];
  if (old.metadata.annotations && Object.hasOwn(old.metadata.annotations, MIRROR)) {
    return refuse('static pods cannot be resized');
  }
  if (old.spec.os?.name === 'windows') return refuse('windows pods cannot be resized');
  const errors: FieldError[] = [];
  const qosClass = old.status?.qosClass ?? qosClassOf(old.spec);
  if (qosClass !== qosClassOf(pod.spec)) {
    errors.push(fieldError.invalid('spec', qosClass, 'Pod QOS Class may not change as a result of resizing'));
  }
  const running = old.status?.containerStatuses?.find(({ state }) => state?.running);
  if (running && !running.resources) {
    errors.push(fieldError.forbidden('spec', 'Pod running on node without support for resize'));
  }
  if (!checkSameContainers(errors, pod.spec, old.spec)) return errors;
  checkKept(errors, 'spec.resources', pod.spec.resources, old.spec.resources);
  checkMutable(errors, pod.spec, old.spec, '');
  for (const [i, container] of (pod.spec.initContainers ?? []).entries()) {
    const before = old.spec.initContainers![i]!;
    if (container.restartPolicy === 'Always') {
      checkKept(errors, `spec.initContainers[${i}].resources`, container.resources, before.resources);
      checkMutable(errors, container, before, ' for sidecar containers');
    } else if (!deepEqual(container, before)) {
      errors.push(fieldError.forbidden('spec', 'resources for non-sidecar init containers are immutable'));
    }
  }
  for (const [i, container] of pod.spec.containers.entries()) {
    const before = old.spec.containers[i]!;
    checkKept(errors, `spec.containers[${i}].resources`, container.resources, before.resources);
    checkMutable(errors, container, before, '');
  }
  return errors;
}

/** Whether both have the same containers in the same order. Models validatePodResizeContainerOrdering (1.36). */
function checkSameContainers(errors: FieldError[], now: PodSpec, before: PodSpec): boolean {
  const known = errors.length;
  for (const list of ['containers', 'initContainers'] as const) {
    const [containers, old] = [now[list] ?? [], before[list] ?? []];
    if (containers.length !== old.length) {
      errors.push(fieldError.forbidden(`spec.${list}`, `${list} may not be added or removed on resize`));
      continue;
    }
    for (const [i, { name }] of old.entries()) {
      if (containers[i]!.name !== name) {
        const why = `${list} may not be renamed or reordered on resize`;
        errors.push(fieldError.forbidden(`spec.${list}[${i}].name`, why));
      }
    }
  }
  return errors.length === known;
}

/** What was asked for once stays asked for. Models validateContainerResize (1.36). */
function checkKept(
  errors: FieldError[],
  at: string,
  now: ResourceRequirements = {},
  before: ResourceRequirements = {},
): void {
  for (const name of ['requests', 'limits'] as const) {
    const list = now[name] ?? {};
    if (Object.keys(before[name] ?? {}).some((one) => !Object.hasOwn(list, one))) {
      errors.push(fieldError.forbidden(`${at}.${name}`, `resource ${name} cannot be removed`));
    }
  }
}

type Resizable = Pick<Container, 'resources' | 'resizePolicy'>;

/** Neither other resources than cpu and memory change, nor how a container takes a change. */
function checkMutable(errors: FieldError[], now: Resizable, before: Resizable, whose: string): void {
  if (deepEqual(immutable(now), immutable(before))) return;
  errors.push(fieldError.forbidden('spec', `only cpu and memory resources${whose} are mutable`));
}

function immutable({ resources = {}, resizePolicy = [] }: Resizable): object {
  const { limits = {}, requests = {}, claims = [] } = resources;
  const rest = ({ cpu: _cpu, memory: _memory, ...others }: Lists) => others;
  return { limits: rest(limits), requests: rest(requests), claims, resizePolicy };
}
