import { deepEqual, type FieldError, fieldError, type KubeObject, StatusError } from '#apimachinery';
import type { Container, Pod, PodSpec, Toleration } from '../../generated/types.js';
import { checkImage } from './container-validation.js';
import { applyPodSpecDefaults } from './pod-spec-defaults.js';
import { validatePod } from './pod-validation.js';

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/**
 * What of a running pod may change. Models ValidatePodUpdate (1.36).
 * Differs: upstream appends a Go diff of the two specs to the message; here it names the fields that differ.
 */
export function validatePodUpdate({ spec }: Pod, { spec: before }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (deepEqual(spec, before)) return errors;
  const added = spec.containers.length !== before.containers.length;
  if (added) errors.push(fieldError.forbidden('spec.containers', 'pod updates may not add or remove containers'));
  if ((spec.initContainers?.length ?? 0) !== (before.initContainers?.length ?? 0)) {
    errors.push(fieldError.forbidden('spec.initContainers', 'pod updates may not add or remove containers'));
  }
  if (errors.length > 0) return errors;
  checkDeadline(errors, spec, before);
  checkTolerationsKept(errors, spec, before);
  const allowed = withMutable(spec, before);
  if (!deepEqual(allowed, before)) {
    errors.push(fieldError.forbidden('spec', `${MUTABLE}\n${differingFields(allowed, before).join('\n')}`));
  }
  for (const name of ['containers', 'initContainers'] as const) {
    for (const [i, { image }] of (spec[name] ?? []).entries()) checkImage(errors, `spec.${name}[${i}].image`, image);
  }
  return errors;
}

/** `spec` with all that may change put back to what it was. Gated pods may still be told where to run. */
function withMutable(spec: PodSpec, before: PodSpec): PodSpec {
  const restored: PodSpec = { ...spec };
  const putBack = (name: keyof PodSpec) => {
    if (before[name] === undefined) delete restored[name];
    else Object.assign(restored, { [name]: before[name] });
  };
  const images = (now: readonly Container[], old: readonly Container[]) =>
    now.map((container, i) => ({ ...container, image: old[i]!.image ?? '' }));
  restored.containers = images(spec.containers, before.containers);
  if (spec.initContainers) restored.initContainers = images(spec.initContainers, before.initContainers ?? []);
  putBack('activeDeadlineSeconds');
  putBack('tolerations');
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    putBack('terminationGracePeriodSeconds');
  }
  if (before.schedulingGates?.length) {
    const gates = before.schedulingGates.map(({ name }) => name);
    if ((spec.schedulingGates ?? []).every(({ name }) => gates.includes(name))) putBack('schedulingGates');
    putBack('nodeSelector');
    putBack('affinity');
  }
  return restored;
}

function differingFields(now: PodSpec, before: PodSpec): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(before)]) as Set<keyof PodSpec>;
  return [...names]
    .filter((name) => !deepEqual(now[name], before[name]))
    .flatMap((name) => [
      ...(before[name] === undefined ? [] : [`- \t${name}: ${JSON.stringify(before[name])},`]),
      ...(now[name] === undefined ? [] : [`+ \t${name}: ${JSON.stringify(now[name])},`]),
    ]);
}

function checkDeadline(errors: FieldError[], spec: PodSpec, before: PodSpec): void {
  const at = 'spec.activeDeadlineSeconds';
  const [now, old] = [spec.activeDeadlineSeconds, before.activeDeadlineSeconds];
  if (old === undefined || now === old) return;
  if (now === undefined)
    errors.push(fieldError.invalid(at, null, 'must not update from a positive integer to nil value'));
  else if (now > old) errors.push(fieldError.invalid(at, now, 'must be less than or equal to previous value'));
}

function isSameBut(
  { tolerationSeconds: _a, ...one }: Toleration,
  { tolerationSeconds: _b, ...other }: Toleration,
): boolean {
  return deepEqual(one, other);
}

function checkTolerationsKept(errors: FieldError[], spec: PodSpec, before: PodSpec): void {
  const now = spec.tolerations ?? [];
  const isKept = (before.tolerations ?? []).every((old) => now.some((toleration) => isSameBut(toleration, old)));
  if (!isKept) {
    const why = 'existing toleration can not be modified except its tolerationSeconds';
    errors.push(fieldError.forbidden('spec.tolerations', why));
  }
}

/** pods/ephemeralcontainers: adds debug containers to a running pod; those that are there stay. */
export function mergeEphemeralContainers(stored: Pod, body: KubeObject): Pod {
  const wanted = (body as Pod).spec.ephemeralContainers ?? [];
  for (const old of stored.spec.ephemeralContainers ?? []) {
    const same = wanted.find(({ name }) => name === old.name);
    if (!same || !deepEqual(same, old)) {
      const why = same
        ? 'existing ephemeral containers may not be changed'
        : 'existing ephemeral containers may not be removed';
      const errors = [fieldError.forbidden('spec.ephemeralContainers', `${why}\n`)];
      throw StatusError.invalid({ group: '', kind: 'Pod' }, stored.metadata.name ?? '', errors);
    }
  }
  const spec = { ...stored.spec, ephemeralContainers: wanted };
  applyPodSpecDefaults(spec);
  return { ...stored, metadata: withVersionOf(stored, body), spec };
}

/** pods/resize: requests and limits of containers change in place, nothing else. */
export function mergeResize(stored: Pod, body: KubeObject): Pod {
  const wanted = (body as Pod).spec;
  const resize = (containers: readonly Container[], sent: readonly Container[] | undefined): Container[] =>
    containers.map((container) => {
      const resources = sent?.find(({ name }) => name === container.name)?.resources;
      return resources ? { ...container, resources } : container;
    });
  const spec = { ...stored.spec, containers: resize(stored.spec.containers, wanted.containers) };
  if (stored.spec.initContainers) spec.initContainers = resize(stored.spec.initContainers, wanted.initContainers);
  const resized = { ...stored, metadata: withVersionOf(stored, body), spec };
  const errors = validatePod(resized);
  if (errors.length > 0) throw StatusError.invalid({ group: '', kind: 'Pod' }, stored.metadata.name ?? '', errors);
  return resized;
}

/** The body's resourceVersion is the writer's precondition. */
function withVersionOf(stored: Pod, { metadata: { resourceVersion } }: KubeObject): Pod['metadata'] {
  return resourceVersion === undefined ? stored.metadata : { ...stored.metadata, resourceVersion };
}
