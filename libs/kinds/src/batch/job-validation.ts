import { deepEqual, type FieldError, fieldError, labelMatcherOf, validateLabelSelector } from '#apimachinery';
import { checkTemplate } from '../core/pod/pod-validation.js';
import { checkNonNegative, checkOneOf, IMMUTABLE, NIL } from '../field-rules.js';
import type { Affinity, Job, JobSpec, PodTemplateSpec } from '../generated/types.js';
import { goJson } from '../internal/go-json.js';
import { podTemplateJson } from '../internal/shape-diff.js';
import { checkDomainPrefixedPath } from '../path-rules.js';
import { checkFailurePolicy } from './failure-policy-validation.js';
import { CONTROLLER_UID, JOB_NAME, OLD_CONTROLLER_UID, OLD_JOB_NAME } from './job-selector.js';
import { checkSuccessPolicy } from './success-policy-validation.js';

const INDEXED_MAX = 100_000;
const LARGE_FAILED_MAX = 10_000;
const MANAGER_BYTES_MAX = 63;

const COUNTS = [
  ...['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'],
  ...['backoffLimitPerIndex', 'maxFailedIndexes'],
] as ('parallelism' | 'completions' | 'backoffLimitPerIndex' | 'maxFailedIndexes')[];

/** Of Jobs and of what CronJobs make. Models validateJobSpec (1.36). */
export function checkJobSpec(errors: FieldError[], at: string, spec: JobSpec): void {
  for (const name of COUNTS) checkNonNegative(errors, `${at}.${name}`, spec[name]);
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(fieldError.required(`${at}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified'));
  }
  if (spec.managedBy !== undefined) checkManager(errors, `${at}.managedBy`, spec.managedBy);
  checkOneOf(errors, `${at}.completionMode`, spec.completionMode, ['NonIndexed', 'Indexed']);
  if (spec.completionMode === 'Indexed') checkIndexed(errors, at, spec);
  else {
    for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const) {
      if (spec[name] === undefined) continue;
      errors.push(fieldError.invalid(`${at}.${name}`, spec[name], 'requires indexed completion mode'));
    }
  }
  if (spec.podFailurePolicy) checkFailurePolicy(errors, `${at}.podFailurePolicy`, spec);
  if (spec.successPolicy) {
    if (spec.completionMode !== 'Indexed') {
      errors.push(fieldError.invalid(`${at}.successPolicy`, spec.successPolicy, 'requires indexed completion mode'));
    } else checkSuccessPolicy(errors, `${at}.successPolicy`, spec);
  }
  const replacements = spec.podFailurePolicy ? ['Failed'] : ['Failed', 'TerminatingOrFailed'];
  checkOneOf(errors, `${at}.podReplacementPolicy`, spec.podReplacementPolicy, replacements);
  checkTemplate(errors, `${at}.template`, spec.template ?? {});
  checkRestarts(errors, `${at}.template.spec.restartPolicy`, spec);
}

function checkRestarts(errors: FieldError[], at: string, { template, podFailurePolicy }: JobSpec): void {
  const policy = template?.spec?.restartPolicy ?? '';
  if (policy !== 'OnFailure' && policy !== 'Never') {
    errors.push(fieldError.required(at, 'valid values: "OnFailure", "Never"'));
  } else if (podFailurePolicy && policy !== 'Never') {
    errors.push(fieldError.invalid(at, policy, 'only "Never" is supported when podFailurePolicy is specified'));
  }
}

function checkManager(errors: FieldError[], at: string, name: string): void {
  checkDomainPrefixedPath(errors, at, name);
  if (Buffer.byteLength(name) > MANAGER_BYTES_MAX) errors.push(fieldError.tooLong(at, MANAGER_BYTES_MAX));
}

function checkIndexed(errors: FieldError[], at: string, spec: JobSpec): void {
  const { completions, parallelism = 0, backoffLimitPerIndex, maxFailedIndexes } = spec;
  if (completions === undefined) {
    errors.push(fieldError.required(`${at}.completions`, 'when completion mode is Indexed'));
  }
  const notMore = (name: string, value: number, max: number, when: string) => {
    if (value <= max) return;
    errors.push(fieldError.invalid(`${at}.${name}`, value, `must be less than or equal to ${max} when ${when}`));
  };
  notMore('parallelism', parallelism, INDEXED_MAX, 'completion mode is Indexed');
  if (maxFailedIndexes === undefined) {
    if (completions !== undefined && completions > INDEXED_MAX && backoffLimitPerIndex !== undefined) {
      const why = `must be specified when completions is above ${INDEXED_MAX}`;
      errors.push(fieldError.required(`${at}.maxFailedIndexes`, why));
    }
    return;
  }
  if (completions === undefined) return;
  if (maxFailedIndexes > completions) {
    const why = 'must be less than or equal to completions';
    errors.push(fieldError.invalid(`${at}.maxFailedIndexes`, maxFailedIndexes, why));
  }
  if (completions <= INDEXED_MAX) return;
  const when = `completions are above ${INDEXED_MAX} and used with backoff limit per index`;
  notMore('parallelism', parallelism, LARGE_FAILED_MAX, when);
  notMore('maxFailedIndexes', maxFailedIndexes, LARGE_FAILED_MAX, when);
}

/** Models ValidateJob (1.36). The selector is the server's work, unless the user says that it is his. */
export function validateJob({ metadata, spec }: Job): FieldError[] {
  const errors: FieldError[] = [];
  if (!spec.manualSelector && spec.selector && metadata.uid)
    checkGenerated(errors, metadata.name ?? '', metadata.uid, spec);
  checkJobSpec(errors, 'spec', spec);
  if (!spec.selector) errors.push(fieldError.required('spec.selector'));
  else {
    const wrong = validateLabelSelector(spec.selector, 'spec.selector');
    errors.push(...wrong);
    const labels = spec.template?.metadata?.labels ?? {};
    if (wrong.length === 0 && !labelMatcherOf(spec.selector).matches(labels)) {
      const why = '`selector` does not match template `labels`';
      errors.push(fieldError.invalid('spec.template.metadata.labels', labels, why));
    }
  }
  return errors;
}

/** Models ValidateGeneratedSelector (1.36). */
function checkGenerated(errors: FieldError[], name: string, uid: string, { selector, template }: JobSpec): void {
  const labels = template?.metadata?.labels ?? {};
  const expected = { [OLD_CONTROLLER_UID]: uid, [CONTROLLER_UID]: uid, [OLD_JOB_NAME]: name, [JOB_NAME]: name };
  for (const [key, value] of Object.entries(expected)) {
    // The older names may be missing in what was made by hand.
    if (labels[key] === value) continue;
    const at = `spec.template.metadata.labels[${key}]`;
    if (labels[key] === undefined) errors.push(fieldError.required(at, `must be '${value}'`));
    else errors.push(fieldError.invalid(at, labels, `must be '${value}'`));
  }
  if (selector && !labelMatcherOf(selector).matches(expected)) {
    errors.push(fieldError.invalid('spec.selector', selector, '`selector` not auto-generated'));
  }
}

const FIXED = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const;

/** Models ValidateJobSpecUpdate (1.36). */
export function validateJobUpdate({ spec }: Job, { spec: before, status }: Job): FieldError[] {
  const errors: FieldError[] = [];
  checkCompletions(errors, spec, before);
  const kept = (name: string, now: unknown, old: unknown) => {
    if (!deepEqual(now, old)) errors.push(fieldError.invalidText(`spec.${name}`, shown(name, now), IMMUTABLE));
  };
  for (const name of FIXED.slice(0, 1)) kept(name, spec[name], before[name]);
  // A suspended job that has not begun may still be told where its pods go.
  const isUnbegun = before.suspend === true && spec.suspend !== undefined && !status?.startTime;
  kept('template', isUnbegun ? withPlacement(spec.template, before.template) : spec.template, before.template);
  for (const name of FIXED.slice(1)) kept(name, spec[name], before[name]);
  return errors;
}

/** The parts of a job's spec that are structs of the internal API. */
const SHAPES: Readonly<Record<string, string>> = {
  podFailurePolicy: 'PodFailurePolicy',
  successPolicy: 'SuccessPolicy',
};

function shown(name: string, value: unknown): string {
  if (value === undefined) return JSON.stringify(NIL);
  if (name === 'template') return podTemplateJson(value as PodTemplateSpec);
  const shape = SHAPES[name];
  return shape === undefined ? JSON.stringify(value) : goJson(shape, value as object);
}

/** An indexed job's completions may change together with its parallelism. */
function checkCompletions(errors: FieldError[], spec: JobSpec, before: JobSpec): void {
  if (spec.completions === before.completions) return;
  const at = 'spec.completions';
  if (before.completionMode !== 'Indexed' || spec.completions === undefined || before.completions === undefined) {
    errors.push(fieldError.invalid(at, spec.completions ?? NIL, IMMUTABLE));
  } else if (spec.completions !== spec.parallelism) {
    const why = 'can only be modified in tandem with spec.parallelism';
    errors.push(fieldError.invalid(at, spec.completions, `${why}`));
  }
}

function withPlacement(now: PodTemplateSpec, before: PodTemplateSpec): PodTemplateSpec {
  if (!now?.spec || !before?.spec) return now;
  const restored: PodTemplateSpec = { ...now, spec: { ...now.spec } };
  for (const name of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    if (before.spec[name] === undefined) delete restored.spec![name];
    else Object.assign(restored.spec!, { [name]: before.spec[name] });
  }
  const affinity = withNodeAffinity(now.spec.affinity, before.spec.affinity);
  if (affinity) restored.spec!.affinity = affinity;
  else delete restored.spec!.affinity;
  const { labels: _labels, annotations: _annotations, ...meta } = now.metadata ?? {};
  const { labels, annotations } = before.metadata ?? {};
  restored.metadata = { ...meta, ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) };
  return restored;
}

/** Which nodes suit may change; what other pods are near stays. */
function withNodeAffinity(now: Affinity | undefined, before: Affinity | undefined): Affinity | undefined {
  const { nodeAffinity: _now, ...others } = now ?? {};
  if (before?.nodeAffinity) return { ...others, nodeAffinity: before.nodeAffinity };
  return before || Object.keys(others).length > 0 ? others : undefined;
}
