import { deepEqual, dns1123Label, type FieldError, fieldError } from '#apimachinery';
import { checkClaimSpec } from '../core/claim-rules.js';
import { checkNonNegative } from '../field-rules.js';
import type { PodTemplateSpec, StatefulSet, StatefulSetSpec } from '../generated/types.js';
import { checkAmount, checkCollisions, checkNotMoreThanAll, isNothing } from './rollout-rules.js';
import { checkAlwaysRestarts, checkSelectorAndTemplate } from './template-rules.js';

const RETENTION = ['Retain', 'Delete'];

/** Models ValidateStatefulSetSpec (1.36). */
export function validateStatefulSet({ spec }: StatefulSet): FieldError[] {
  const errors: FieldError[] = [];
  const policy = spec.podManagementPolicy;
  if (!policy) errors.push(fieldError.required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel') {
    errors.push(fieldError.invalid('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  }
  checkUpdateStrategy(errors, spec);
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[name];
    if (value !== undefined && !RETENTION.includes(value)) {
      errors.push(fieldError.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${name}`, value, RETENTION));
    }
  }
  checkNonNegative(errors, 'spec.replicas', spec.replicas);
  checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
  checkNonNegative(errors, 'spec.ordinals.start', spec.ordinals?.start);
  for (const [i, { spec: claim }] of (spec.volumeClaimTemplates ?? []).entries()) {
    checkClaimSpec(errors, `spec.volumeClaimTemplates[${i}].spec`, claim ?? {});
  }
  checkSelectorAndTemplate(errors, spec.selector, withClaims(spec), 'statefulset');
  checkAlwaysRestarts(errors, spec.template, 'StatefulSet');
  return errors;
}

/** Models the check of serviceName in ValidateStatefulSet (1.36). */
export function validateNewStatefulSet({ spec }: StatefulSet): FieldError[] {
  const { serviceName } = spec;
  return serviceName
    ? dns1123Label(serviceName).map((why) => fieldError.invalid('spec.serviceName', serviceName, why))
    : [];
}

/** Containers may mount what the claims will give, which hides volumes of the same names. */
function withClaims({ template, volumeClaimTemplates: claims = [] }: StatefulSetSpec): PodTemplateSpec {
  if (claims.length === 0 || !template?.spec) return template;
  const names = claims.map(({ metadata }) => metadata?.name ?? '');
  const volumes = [
    ...(template.spec.volumes ?? []).filter(({ name }) => !names.includes(name)),
    ...names.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
  ];
  return { ...template, spec: { ...template.spec, volumes } };
}

function checkUpdateStrategy(errors: FieldError[], { updateStrategy: strategy }: StatefulSetSpec): void {
  const at = 'spec.updateStrategy';
  const rolling = strategy?.rollingUpdate;
  if (!strategy?.type) errors.push(fieldError.required(at));
  else if (strategy.type === 'OnDelete') {
    if (rolling) {
      const why = "only allowed for updateStrategy 'RollingUpdate'";
      errors.push(fieldError.invalid(`${at}.rollingUpdate`, rolling, why));
    }
  } else if (strategy.type !== 'RollingUpdate') {
    errors.push(fieldError.invalid(at, strategy, "must be 'RollingUpdate' or 'OnDelete'"));
  } else if (rolling) {
    checkNonNegative(errors, `${at}.rollingUpdate.partition`, rolling.partition);
    const { maxUnavailable } = rolling;
    if (maxUnavailable === undefined) return;
    const field = `${at}.rollingUpdate.maxUnavailable`;
    checkAmount(errors, field, maxUnavailable);
    if (isNothing(maxUnavailable)) errors.push(fieldError.invalid(field, maxUnavailable, 'cannot be 0'));
    checkNotMoreThanAll(errors, field, maxUnavailable);
  }
}

const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

/** Models ValidateStatefulSetUpdate (1.36). */
export function validateStatefulSetUpdate({ spec }: StatefulSet, { spec: before }: StatefulSet): FieldError[] {
  const restored: StatefulSetSpec = { ...spec };
  for (const name of MUTABLE) {
    if (before[name] === undefined) delete restored[name];
    else Object.assign(restored, { [name]: before[name] });
  }
  if (deepEqual(restored, before)) return [];
  const names = MUTABLE.map((name) => `'${name}'`);
  const why = `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`;
  return [fieldError.forbidden('spec', why)];
}

const COUNTS = ['replicas', 'readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'] as const;

/** Models ValidateStatefulSetStatusUpdate (1.36). */
export function validateStatefulSetStatus({ status }: StatefulSet, old: StatefulSet): FieldError[] {
  const errors: FieldError[] = [];
  const all = status?.replicas ?? 0;
  for (const name of COUNTS) checkNonNegative(errors, `status.${name}`, status?.[name]);
  checkNonNegative(errors, 'status.observedGeneration', status?.observedGeneration);
  for (const name of COUNTS.slice(1)) {
    const count = status?.[name] ?? 0;
    if (count > all) errors.push(fieldError.invalid(`status.${name}`, count, 'cannot be greater than status.replicas'));
  }
  const available = status?.availableReplicas ?? 0;
  if (available > (status?.readyReplicas ?? 0)) {
    const why = 'cannot be greater than status.readyReplicas';
    errors.push(fieldError.invalid('status.availableReplicas', available, why));
  }
  checkCollisions(errors, status?.collisionCount, old.status?.collisionCount);
  return errors;
}
