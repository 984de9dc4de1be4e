import { type FieldError, fieldError } from '#apimachinery';
import { column, labelsText } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { DaemonSet } from '../generated/types.js';
import { checkAmount, checkCollisions, checkNotMoreThanAll, isNothing } from './rollout-rules.js';
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
    checkAlwaysRestarts(errors, spec.template, 'DaemonSet');
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    checkStrategy(errors, spec);
    checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
    return errors;
  },
  validateUpdate: (daemonSet, old) => selectorUnchanged(daemonSet.spec.selector, old.spec.selector),
  validateStatusUpdate({ status }, old) {
    const errors: FieldError[] = [];
    for (const name of COUNTS) checkNonNegative(errors, `status.${name}`, status?.[name]);
    checkCollisions(errors, status?.collisionCount, old.status?.collisionCount);
    return errors;
  },
});

const COUNTS = [
  'currentNumberScheduled',
  'numberMisscheduled',
  'desiredNumberScheduled',
  'numberReady',
  'observedGeneration',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
] as const;

/** Either pods go before others come, or others come before they go. Models ValidateDaemonSetUpdateStrategy (1.36). */
function checkStrategy(errors: FieldError[], { updateStrategy: strategy }: DaemonSet['spec']): void {
  const at = 'spec.updateStrategy';
  if (strategy?.type === 'OnDelete') return;
  if (strategy?.type !== 'RollingUpdate') {
    errors.push(fieldError.notSupported(at, strategy ?? {}, ['RollingUpdate', 'OnDelete']));
    return;
  }
  const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {};
  for (const [name, amount] of Object.entries({ maxUnavailable, maxSurge })) {
    checkAmount(errors, `${at}.rollingUpdate.${name}`, amount);
    checkNotMoreThanAll(errors, `${at}.rollingUpdate.${name}`, amount);
  }
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge)) {
    const why = 'may not be set when maxUnavailable is non-zero';
    errors.push(fieldError.invalid(`${at}.rollingUpdate.maxSurge`, maxSurge, why));
  } else if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    errors.push(fieldError.required(`${at}.rollingUpdate.maxUnavailable`, 'cannot be 0 when maxSurge is 0'));
  }
}
