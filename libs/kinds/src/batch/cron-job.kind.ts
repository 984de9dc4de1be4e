import { selectorText, templateAndSelectorColumns, templateCells } from '../apps/workload-columns.js';
import { column, since } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { CronJob } from '../generated/types.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

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
});
