import type { FieldError } from '#apimachinery';
import { column, labelsText } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, checkOneOf } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { DaemonSet } from '../generated/types.js';
import { checkAlwaysRestarts, checkSelectorAndTemplate, selectorUnchanged } from './template-rules.js';
import { selectorText, templateAndSelectorColumns, templateCells } from './workload-columns.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

/** Models pkg/apis/apps/v1 defaults and ValidateDaemonSet (1.36). */
export const daemonSetKind = defineKind<DaemonSet>({
  apiVersion: 'apps/v1',
  resource: 'daemonsets',
  warnings: ({ spec }) => templateWarnings('spec.template', spec?.template),
  generation: true,
  table: wideTableOf<DaemonSet>(
    [
      column('Desired', 'integer'),
      column('Current', 'integer'),
      column('Ready', 'integer'),
      column('Up-to-date', 'integer'),
      column('Available', 'integer'),
      column('Node Selector'),
    ],
    ({ spec, status }) => [
      status?.desiredNumberScheduled ?? 0,
      status?.currentNumberScheduled ?? 0,
      status?.numberReady ?? 0,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
      labelsText(spec.template.spec?.nodeSelector),
    ],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec.template), selectorText(spec.selector)],
  ),
  applyDefaults({ spec }) {
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ||= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
      spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
    }
    spec.revisionHistoryLimit ??= 10;
    if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(daemonSet) {
    daemonSet.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  },
  prepareForUpdate(daemonSet, old) {
    if (old.status) daemonSet.status = old.status;
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkSelectorAndTemplate(errors, spec.selector, spec.template, 'daemonset');
    checkAlwaysRestarts(errors, spec.template);
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    checkOneOf(errors, 'spec.updateStrategy.type', spec.updateStrategy?.type, ['OnDelete', 'RollingUpdate']);
    return errors;
  },
  validateUpdate: (daemonSet, old) => selectorUnchanged(daemonSet.spec.selector, old.spec.selector),
});
