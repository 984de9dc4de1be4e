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
import { templateWarnings } from '../core/pod/pod-warnings.js';

const NAME_LENGTH_MAX = 52;

export const cronJobKind = defineKind<CronJob>({
  apiVersion: 'batch/v1',
  resource: 'cronjobs',
  warnings: ({ spec }) => templateWarnings('spec.jobTemplate.spec.template', spec?.jobTemplate?.spec?.template),
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

/** Models validateScheduleFormat and validateTimeZone (1.36). */
function checkSchedule(errors: FieldError[], { schedule, timeZone }: CronJobSpec): void {
  if (!schedule) errors.push(fieldError.required('spec.schedule'));
  else {
    const why = scheduleError(schedule);
    if (why) errors.push(fieldError.invalid('spec.schedule', schedule, why));
    if (/TZ=/.test(schedule)) {
      const zoned =
        timeZone === undefined
          ? 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
          : 'cannot use both timeZone field and TZ or CRON_TZ in schedule';
      errors.push(fieldError.invalid('spec.schedule', schedule, zoned));
    }
  }
  if (timeZone === undefined) return;
  const at = 'spec.timeZone';
  if (timeZone === '') errors.push(fieldError.invalid(at, timeZone, 'timeZone must be nil or non-empty string'));
  else if (timeZone.toLowerCase() === 'local') {
    errors.push(
      fieldError.invalid(
        at,
        timeZone,
        'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
      ),
    );
  } else if (!isTimeZone(timeZone)) {
    errors.push(fieldError.invalid(at, timeZone, `unknown time zone ${timeZone}`));
  }
}
