import { dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { selectorText, templateAndSelectorColumns, templateCells } from '../apps/workload-columns.js';
import { column, since } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, checkRequiredOneOf } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { CronJob, CronJobSpec, JobSpec } from '../generated/types.js';
import { isTimeZone, scheduleError } from './cron-schedule.js';
import { checkJobSpec } from './job-validation.js';
import { makerNameWarnings } from '../name-warnings.js';
import { jobSpecWarnings } from './job-warnings.js';

const NAME_LENGTH_MAX = 52;

export const cronJobKind = defineKind<CronJob>({
  apiVersion: 'batch/v1',
  resource: 'cronjobs',
  warnings: (job, old) => [
    ...makerNameWarnings(job, old),
    ...jobSpecWarnings('spec.jobTemplate.spec', job.spec?.jobTemplate?.spec),
  ],
  generation: true,
  table: wideTableOf<CronJob>(
    [
      column('Schedule'),
      column('Timezone'),
      column('Suspend', 'boolean'),
      column('Active', 'integer'),
      column('Last Schedule'),
    ],
    ({ spec, status }, nowMs) => [
      spec.schedule,
      spec.timeZone ?? '<none>',
      spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
      status?.active?.length ?? 0,
      status?.lastScheduleTime ? since(status.lastScheduleTime, nowMs) : '<none>',
    ],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec.jobTemplate.spec?.template), selectorText(spec.jobTemplate.spec?.selector)],
  ),
  applyDefaults({ spec }) {
    spec.concurrencyPolicy ||= 'Allow';
    spec.suspend ??= false;
    spec.successfulJobsHistoryLimit ??= 3;
    spec.failedJobsHistoryLimit ??= 1;
    // The rest of a Job's defaults comes when the Job is made.
    const template = spec.jobTemplate?.spec?.template?.spec;
    if (template) applyPodSpecDefaults(template);
  },
  // Jobs get eleven more characters, and pods more still.
  validateName: (name, prefix) => [
    ...dns1123Subdomain(prefix ? name.replace(/-$/, 'a') : name),
    ...(name.length > NAME_LENGTH_MAX ? [`must be no more than ${NAME_LENGTH_MAX} characters`] : []),
  ],
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkSchedule(errors, spec);
    checkNonNegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
    checkRequiredOneOf(errors, 'spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']);
    checkJobTemplate(errors, spec);
    checkNonNegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
    checkNonNegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
    return errors;
  },
  validateCreate: ({ spec }) => [...zoneInSchedule(spec), ...zoneErrors(spec)],
  validateUpdate({ spec }, { spec: old }) {
    const errors: FieldError[] = [];
    // Who used to write the zone into the schedule may go on.
    if (!old.schedule.includes('TZ')) errors.push(...zoneInSchedule(spec));
    else if (spec.schedule?.includes('TZ') && spec.timeZone !== undefined) {
      const why = 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
      errors.push(fieldError.invalid('spec.schedule', spec.schedule, why));
    }
    if (spec.timeZone !== old.timeZone) errors.push(...zoneErrors(spec));
    return errors;
  },
});

/** Models ValidateJobTemplateSpec (1.36): each job's selector is made for it. */
function checkJobTemplate(errors: FieldError[], { jobTemplate }: CronJobSpec): void {
  const at = 'spec.jobTemplate.spec';
  const spec = jobTemplate?.spec ?? ({ template: {} } as JobSpec);
  checkJobSpec(errors, at, spec);
  if (spec.selector)
    errors.push(fieldError.invalid(`${at}.selector`, spec.selector, '`selector` will be auto-generated'));
  if (spec.manualSelector) {
    errors.push(fieldError.notSupported(`${at}.manualSelector`, true, ['nil', 'false']));
  }
}

function checkSchedule(errors: FieldError[], { schedule }: CronJobSpec): void {
  const why = schedule ? scheduleError(schedule) : undefined;
  if (!schedule) errors.push(fieldError.required('spec.schedule'));
  else if (why) errors.push(fieldError.invalid('spec.schedule', schedule, why));
}

/** Models the second half of validateScheduleFormat (1.36). */
function zoneInSchedule({ schedule }: CronJobSpec): FieldError[] {
  if (!schedule?.includes('TZ')) return [];
  const why = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead';
  return [fieldError.invalid('spec.schedule', schedule, why)];
}

/** A part of a zone's name, by the rules of the IANA. */
const ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/;

/** Models validateTimeZone (1.36). */
function zoneErrors({ timeZone }: CronJobSpec): FieldError[] {
  if (timeZone === undefined) return [];
  const refuse = (why: string) => [fieldError.invalid('spec.timeZone', timeZone, why)];
  if (timeZone === '') return refuse('timeZone must be nil or non-empty string');
  const parts = timeZone.split('/');
  if (parts.some((part) => part === '.' || part === '..' || part.startsWith('-') || !ZONE_PART.test(part))) {
    return refuse(`unknown time zone ${timeZone}`);
  }
  return [
    ...(timeZone.toLowerCase() === 'local'
      ? refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
      : []),
    // Go knows its own zone by this name.
    ...(timeZone === 'Local' || isTimeZone(timeZone) ? [] : refuse(`unknown time zone ${timeZone}`)),
  ];
}
