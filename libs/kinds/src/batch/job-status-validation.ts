import { deepEqual, type FieldError, fieldError, isConditionTrue } from '#apimachinery';
import { checkNonNegative } from '../field-rules.js';
import type { Job, JobSpec, JobStatus } from '../generated/types.js';
import { countIndexes } from './success-policy-validation.js';

/** What a status says by its conditions. */
interface Verdict {
  readonly complete: boolean;
  readonly failed: boolean;
  readonly failureTarget: boolean;
  readonly criteriaMet: boolean;
  readonly finished: boolean;
}

function verdictOf({ conditions }: JobStatus): Verdict {
  const complete = isConditionTrue(conditions, 'Complete');
  const failed = isConditionTrue(conditions, 'Failed');
  return {
    complete,
    failed,
    failureTarget: isConditionTrue(conditions, 'FailureTarget'),
    criteriaMet: isConditionTrue(conditions, 'SuccessCriteriaMet'),
    finished: complete || failed,
  };
}

const CONDITIONS = 'status.conditions';

/** A write of a job's status, as the rules see it: most look only at what it changes, so that older faults may stay. */
interface Change {
  readonly spec: JobSpec;
  readonly now: JobStatus;
  readonly old: JobStatus;
  readonly is: Verdict;
  readonly was: Verdict;
  changed(...names: readonly (keyof JobStatus | keyof Verdict)[]): boolean;
}

/** Models ValidateJobUpdateStatus with the options of jobStatusStrategy (1.36), in its order. */
export function validateJobStatus({ spec, status: now = {} }: Job, { status: old = {} }: Job): FieldError[] {
  const errors: FieldError[] = [];
  for (const name of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) {
    checkNonNegative(errors, `status.${name}`, now[name]);
  }
  if (now.uncountedTerminatedPods) checkUncounted(errors, now.uncountedTerminatedPods);
  const [is, was] = [verdictOf(now), verdictOf(old)];
  const [after, before] = [
    { ...now, ...is, failed: now.failed },
    { ...old, ...was, failed: old.failed },
  ];
  const change: Change = {
    ...{ spec, now, old, is, was },
    changed: (...names) =>
      names.some((name) => !deepEqual(after[name as keyof typeof after], before[name as keyof typeof before])),
  };
  checkEnd(errors, change);
  checkFinished(errors, change);
  checkIndexes(errors, change);
  checkCounts(errors, change);
  checkCriteria(errors, change);
  checkHistory(errors, change);
  return errors;
}

function checkUncounted(errors: FieldError[], uncounted: NonNullable<JobStatus['uncountedTerminatedPods']>): void {
  const seen = new Set<string>();
  for (const name of ['succeeded', 'failed'] as const) {
    for (const [i, uid] of (uncounted[name] ?? []).entries()) {
      const at = `status.uncountedTerminatedPods.${name}[${i}]`;
      if (!uid) errors.push(fieldError.invalid(at, uid, 'must not be empty'));
      else if (seen.has(uid)) errors.push(fieldError.duplicate(at, uid));
      seen.add(uid);
    }
  }
}

/** How a job says that it has ended. */
function checkEnd(errors: FieldError[], { now, is, was, changed }: Change): void {
  const failedChanged = is.failed !== was.failed;
  const refuse = (why: string) => errors.push(fieldError.invalidOmitted(CONDITIONS, why));
  if ((changed('complete') || failedChanged) && is.complete && is.failed) {
    refuse('cannot set Complete=True and Failed=true conditions');
  }
  if (changed('complete', 'failureTarget') && is.complete && is.failureTarget) {
    refuse('cannot set Complete=True and FailureTarget=true conditions');
  }
  const at = 'status.completionTime';
  const { completionTime, startTime } = now;
  if (changed('complete', 'completionTime')) {
    if (completionTime && !is.complete) {
      const why = 'cannot set completionTime when there is no Complete=True condition';
      errors.push(fieldError.invalid(at, completionTime, why));
    }
    if (!completionTime && is.complete) {
      errors.push(fieldError.required(at, 'completionTime is required for Complete jobs'));
    }
  }
  if (changed('startTime', 'completionTime') && startTime && completionTime && completionTime < startTime) {
    errors.push(fieldError.invalid(at, completionTime, 'completionTime cannot be set before startTime'));
  }
  if ((failedChanged || changed('failureTarget')) && is.failed && !is.failureTarget) {
    refuse('cannot set Failed=True condition without the FailureTarget=true condition');
  }
  if (changed('complete', 'criteriaMet') && is.complete && !is.criteriaMet) {
    refuse('cannot set Complete=True condition without the SuccessCriteriaMet=true condition');
  }
}

/** What nothing may be left of once a job has ended. */
function checkFinished(errors: FieldError[], { spec, now, is, changed }: Change): void {
  if (!is.finished) return;
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = now;
  if (changed('finished', 'active') && active > 0) {
    errors.push(fieldError.invalid('status.active', active, 'active>0 is invalid for finished job'));
  }
  const hadNothingToDo = spec.suspend === true && spec.completions === 0;
  if (changed('finished', 'startTime') && !startTime && !hadNothingToDo) {
    errors.push(fieldError.required('status.startTime', 'startTime is required for finished job'));
  }
  const left = (uncounted?.failed?.length ?? 0) + (uncounted?.succeeded?.length ?? 0);
  if (changed('finished', 'uncountedTerminatedPods') && left > 0) {
    const text = JSON.stringify({ Succeeded: uncounted!.succeeded ?? null, Failed: uncounted!.failed ?? null });
    const why = 'uncountedTerminatedPods needs to be empty for finished job';
    errors.push(fieldError.invalidText('status.uncountedTerminatedPods', text, why));
  }
}

function checkIndexes(errors: FieldError[], { spec, now, changed }: Change): void {
  const { completedIndexes: completed = '', failedIndexes: failed } = now;
  const refuse = (name: string, value: string, why: string) =>
    errors.push(fieldError.invalid(`status.${name}`, value, why));
  const { completions } = spec;
  if (changed('completedIndexes') && completions !== undefined) {
    const counted = countIndexes(completed, completions);
    if (typeof counted === 'string') {
      refuse('completedIndexes', completed, `error parsing completedIndexes: ${counted}`);
    }
  }
  if (
    changed('failedIndexes') &&
    failed !== undefined &&
    completions !== undefined &&
    spec.backoffLimitPerIndex !== undefined
  ) {
    const counted = countIndexes(failed, completions);
    if (typeof counted === 'string') refuse('failedIndexes', failed, `error parsing failedIndexes: ${counted}`);
  }
  if (changed('completedIndexes') && completed !== '' && spec.completionMode !== 'Indexed') {
    refuse('completedIndexes', completed, 'cannot set non-empty completedIndexes when non-indexed completion mode');
  }
  if (failed === undefined) return;
  if (changed('failedIndexes') && spec.backoffLimitPerIndex === undefined) {
    refuse('failedIndexes', failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null');
  }
  if (changed('failedIndexes', 'completedIndexes') && completions !== undefined) {
    const at = overlapOf(intervalsOf(completed, completions), intervalsOf(failed, completions));
    if (at !== undefined) {
      refuse('failedIndexes', failed, `failedIndexes and completedIndexes overlap at index: ${at}`);
    }
  }
}

type Interval = readonly [from: number, to: number];

/** Those of '0,2-4' that are right; the others are reported elsewhere. */
function intervalsOf(text: string, completions: number): Interval[] {
  return text
    .split(',')
    .filter((part) => part !== '' && typeof countIndexes(part, completions) === 'number')
    .map((part) => {
      const [from, to = from] = part.split('-').map(Number) as [number, number?];
      return [from, to] as const;
    });
}

/** The first index that is in both; both are in order. Models validateFailedIndexesNotOverlapCompleted (1.36). */
function overlapOf(some: readonly Interval[], others: readonly Interval[]): number | undefined {
  for (let i = 0, k = 0; i < some.length && k < others.length;) {
    const [[a, b], [x, y]] = [some[i]!, others[k]!];
    if (a <= y && x <= b) return Math.max(a, x);
    if (a <= x) i++;
    else k++;
  }
  return undefined;
}

function checkCounts(errors: FieldError[], { now, is, changed }: Change): void {
  const { active = 0, ready, terminating = 0 } = now;
  if (changed('finished', 'terminating') && terminating > 0 && is.finished) {
    errors.push(fieldError.invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'));
  }
  if (changed('ready', 'active') && ready !== undefined && ready > active) {
    errors.push(fieldError.invalid('status.ready', ready, 'cannot set more ready pods than active'));
  }
}

function checkCriteria(errors: FieldError[], { spec, is }: Change): void {
  const refuse = (why: string) => errors.push(fieldError.invalidOmitted(CONDITIONS, why));
  if (is.criteriaMet && is.failed) refuse('cannot set SuccessCriteriaMet=True and Failed=true conditions');
  if (is.criteriaMet && is.failureTarget) {
    refuse('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions');
  }
  if (spec.successPolicy && !is.criteriaMet && is.complete) {
    refuse('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True');
  }
}

const TERMINAL = [
  ['Failed', 'failed'],
  ['Complete', 'complete'],
  ['FailureTarget', 'failureTarget'],
] as const;

/** What was reported once stays so. */
function checkHistory(errors: FieldError[], { spec, now, old, is, was }: Change): void {
  for (const [type, name] of TERMINAL) {
    if (was[name] && !is[name])
      errors.push(fieldError.invalidOmitted(CONDITIONS, `cannot disable the terminal ${type}=True condition`));
  }
  // An indexed job that has as many workers as indexes may lose some of both.
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  for (const name of isElastic ? (['failed'] as const) : (['failed', 'succeeded'] as const)) {
    const count = now[name] ?? 0;
    if (count < (old[name] ?? 0)) {
      errors.push(fieldError.invalid(`status.${name}`, count, `cannot decrease the ${name} counter`));
    }
  }
  if (now.completionTime && old.completionTime && now.completionTime !== old.completionTime) {
    const why = 'completionTime cannot be mutated';
    errors.push(fieldError.invalid('status.completionTime', now.completionTime, why));
  }
  if (old.startTime && now.startTime !== old.startTime && spec.suspend !== true) {
    errors.push(fieldError.required('status.startTime', 'startTime cannot be removed for unsuspended job'));
  }
  if (was.criteriaMet && !is.criteriaMet) {
    errors.push(fieldError.invalidOmitted(CONDITIONS, 'cannot disable the SuccessCriteriaMet=True condition'));
  }
  if (was.complete && !was.criteriaMet && is.criteriaMet) {
    const why = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions';
    errors.push(fieldError.invalidOmitted(CONDITIONS, why));
  }
}
