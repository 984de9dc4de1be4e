import { deepEqual, type FieldError, fieldError, setOrDrop } from '#apimachinery';
import { NIL, rangeMessage } from '../../field-rules.js';
import type { Container, Pod, PodSpec, Toleration } from '../../generated/types.js';
import { podSpecDiff } from '../../internal/shape-diff.js';
import { checkAnnotationsKept } from './annotation-validation.js';
import { checkImage } from './container-validation.js';
import { checkGatedAffinity, checkGatedSelector } from './gated-update.js';

const MUTABLE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

/** What of a running pod may change. Models ValidatePodUpdate (1.36). */
export function validatePodUpdate({ metadata, spec }: Pod, { metadata: oldMeta, spec: before }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.annotations !== oldMeta.annotations) checkAnnotationsKept(errors, metadata, oldMeta);
  if (deepEqual(spec, before)) return errors;
  for (const name of ['containers', 'initContainers'] as const) {
    const [now, old] = [spec[name] ?? [], before[name] ?? []];
    if (now.length !== old.length) {
      errors.push(fieldError.forbidden(`spec.${name}`, 'pod updates may not add or remove containers'));
      return errors;
    }
    for (const [i, { image }] of now.entries()) {
      if (image !== old[i]!.image) checkImage(errors, `spec.${name}[${i}].image`, image);
    }
  }
  if (!checkDeadline(errors, spec, before)) return errors;
  checkTolerationsKept(errors, spec, before);
  checkGatesOnlyGo(errors, spec, before);
  const allowed = withMutable(errors, spec, before);
  if (!deepEqual(allowed, before)) {
    errors.push(fieldError.forbidden('spec', `${MUTABLE}\n${podSpecDiff(before, allowed)}`));
  }
  return errors;
}

/** `spec` with all that may change put back to what it was. Gated pods may still be told where to run. */
function withMutable(errors: FieldError[], spec: PodSpec, before: PodSpec): PodSpec {
  const restored: PodSpec = { ...spec };
  const putBack = (name: keyof PodSpec) => setOrDrop(restored, name, before[name]);
  const images = (now: readonly Container[], old: readonly Container[]) =>
    now.map((container, i) => ({ ...container, image: old[i]!.image ?? '' }));
  restored.containers = images(spec.containers, before.containers);
  if (spec.initContainers) restored.initContainers = images(spec.initContainers, before.initContainers ?? []);
  putBack('activeDeadlineSeconds');
  putBack('tolerations');
  putBack('schedulingGates');
  if ((before.terminationGracePeriodSeconds ?? 0) < 0 && spec.terminationGracePeriodSeconds === 1) {
    putBack('terminationGracePeriodSeconds');
  }
  if (before.schedulingGates?.length) {
    if (!deepEqual(spec.nodeSelector, before.nodeSelector)) {
      checkGatedSelector(errors, 'spec.nodeSelector', spec.nodeSelector ?? {}, before.nodeSelector ?? {});
      putBack('nodeSelector');
    }
    restoreNodeAffinity(errors, restored, before);
  }
  return restored;
}

function restoreNodeAffinity(errors: FieldError[], restored: PodSpec, before: PodSpec): void {
  const now = restored.affinity?.nodeAffinity;
  const old = before.affinity?.nodeAffinity;
  if (deepEqual(now, old)) return;
  checkGatedAffinity(errors, 'spec.affinity.nodeAffinity', now, old);
  const { nodeAffinity: _now, ...others } = restored.affinity ?? {};
  const affinity = old ? { ...others, nodeAffinity: old } : others;
  if (Object.keys(affinity).length === 0 && !before.affinity) delete restored.affinity;
  else restored.affinity = affinity;
}

const INT32_MAX = 2 ** 31 - 1;

/** Whether to look further, as upstream stops at the first of these. */
function checkDeadline(errors: FieldError[], spec: PodSpec, before: PodSpec): boolean {
  const at = 'spec.activeDeadlineSeconds';
  const [now, old] = [spec.activeDeadlineSeconds, before.activeDeadlineSeconds];
  if (now === old) return true;
  if (now === undefined) {
    errors.push(fieldError.invalid(at, NIL, 'must not update from a positive integer to nil value'));
    return true;
  }
  if (now < 0 || now > INT32_MAX) errors.push(fieldError.invalid(at, now, rangeMessage(0, INT32_MAX)));
  else if (old !== undefined && now > old) {
    errors.push(fieldError.invalid(at, now, 'must be less than or equal to previous value'));
  } else return true;
  return false;
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

function checkGatesOnlyGo(errors: FieldError[], spec: PodSpec, before: PodSpec): void {
  const old = new Set((before.schedulingGates ?? []).map(({ name }) => name));
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (old.has(name)) continue;
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`;
    errors.push(fieldError.forbidden(`spec.schedulingGates[${i}].name`, why));
  }
}
