import { findCondition, humanDuration, isConditionTrue, timeOf } from '#apimachinery';
import { selectorText, templateAndSelectorColumns, templateCells } from '../apps/workload-columns.js';
import { column } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { Job, JobSpec } from '../generated/types.js';
import { makerNameWarnings } from '../name-warnings.js';
import { generateSelector } from './job-selector.js';
import { jobSpecWarnings } from './job-warnings.js';
import { validateJobStatus } from './job-status-validation.js';
import { validateJob, validateJobUpdate } from './job-validation.js';

/** Models SetDefaults_Job of pkg/apis/batch/v1 (1.36). */
function applyJobDefaults(spec: JobSpec): void {
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= 6;
  spec.completionMode ||= 'NonIndexed';
  spec.suspend ??= false;
  spec.podReplacementPolicy ||= spec.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed';
  spec.manualSelector ??= false;
  if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
}

function statusText({ metadata, status }: Job): string {
  if (isConditionTrue(status?.conditions, 'Complete')) return 'Complete';
  if (isConditionTrue(status?.conditions, 'Failed')) return 'Failed';
  if (metadata.deletionTimestamp) return 'Terminating';
  if (isConditionTrue(status?.conditions, 'Suspended')) return 'Suspended';
  if (isConditionTrue(status?.conditions, 'FailureTarget')) return 'FailureTarget';
  return findCondition(status?.conditions, 'SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running';
}

function completionsText({ spec, status }: Job): string {
  const done = status?.succeeded ?? 0;
  if (spec.completions !== undefined) return `${done}/${spec.completions}`;
  const parallelism = spec.parallelism ?? 1;
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`;
}

function durationText({ status }: Job, nowMs: number): string {
  const start = status?.startTime ? timeOf(status.startTime) : undefined;
  if (start === undefined) return '';
  const end = status?.completionTime ? timeOf(status.completionTime) : undefined;
  return humanDuration((end ?? nowMs) - start);
}

export const jobKind = defineKind<Job>({
  apiVersion: 'batch/v1',
  resource: 'jobs',
  warnings: (job, old) => [...makerNameWarnings(job, old), ...jobSpecWarnings('spec', job.spec)],
  generation: true,
  table: wideTableOf<Job>(
    [column('Status'), column('Completions'), column('Duration')],
    (job, nowMs) => [statusText(job), completionsText(job), durationText(job, nowMs)],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec.template), selectorText(spec.selector)],
  ),
  applyDefaults: ({ spec }) => applyJobDefaults(spec),
  prepareForCreate(job) {
    generateSelector(job);
    job.status = {};
  },
  prepareForUpdate(job, old) {
    job.status = old.status ?? {};
  },
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
});
