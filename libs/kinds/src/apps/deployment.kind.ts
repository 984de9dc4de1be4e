import { type FieldError, fieldError } from '#apimachinery';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { column } from '../columns.js';
import { checkNonNegative } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { Deployment } from '../generated/types.js';
import { checkAmount, checkCollisions, checkNotMoreThanAll, isNothing } from './rollout-rules.js';
import { scaleSubresource } from './scale.js';
import { checkAlwaysRestarts, checkSelectorAndTemplate, selectorUnchanged } from './template-rules.js';
import { selectorText, templateAndSelectorColumns, templateCells } from './workload-columns.js';
import { makerNameWarnings } from '../name-warnings.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

function checkStrategy(errors: FieldError[], { strategy }: Deployment['spec']): void {
  const at = 'spec.strategy';
  const rolling = strategy?.rollingUpdate;
  if (strategy?.type === 'Recreate') {
    if (!rolling) return;
    const why = "may not be specified when strategy `type` is 'Recreate'";
    errors.push(fieldError.forbidden(`${at}.rollingUpdate`, why));
  } else if (strategy?.type !== 'RollingUpdate') {
    errors.push(fieldError.notSupported(at, strategy ?? {}, ['Recreate', 'RollingUpdate']));
  } else if (rolling) {
    const { maxUnavailable, maxSurge } = rolling;
    checkAmount(errors, `${at}.rollingUpdate.maxUnavailable`, maxUnavailable);
    checkAmount(errors, `${at}.rollingUpdate.maxSurge`, maxSurge);
    if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
      const why = 'may not be 0 when `maxSurge` is 0';
      errors.push(fieldError.invalid(`${at}.rollingUpdate.maxUnavailable`, maxUnavailable, why));
    }
    checkNotMoreThanAll(errors, `${at}.rollingUpdate.maxUnavailable`, maxUnavailable);
  }
}

/** Models pkg/registry/apps/deployment, pkg/apis/apps/v1 defaults and pkg/apis/apps/validation (1.36). */
export const deploymentKind = defineKind<Deployment>({
  apiVersion: 'apps/v1',
  resource: 'deployments',
  warnings: (object, old) => [
    ...makerNameWarnings(object, old),
    ...templateWarnings('spec.template', object.spec?.template),
  ],
  generation: true,
  table: wideTableOf<Deployment>(
    [column('Ready'), column('Up-to-date', 'integer'), column('Available', 'integer')],
    ({ spec, status }) => [
      `${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
      status?.updatedReplicas ?? 0,
      status?.availableReplicas ?? 0,
    ],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec.template), selectorText(spec.selector)],
  ),
  applyDefaults({ spec }) {
    spec.replicas ??= 1;
    spec.strategy ??= {};
    spec.strategy.type ||= 'RollingUpdate';
    if (spec.strategy.type === 'RollingUpdate') {
      spec.strategy.rollingUpdate ??= {};
      spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
      spec.strategy.rollingUpdate.maxSurge ??= '25%';
    }
    spec.revisionHistoryLimit ??= 10;
    spec.progressDeadlineSeconds ??= 600;
    if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(deployment) {
    deployment.status = {};
  },
  prepareForUpdate(deployment, old) {
    deployment.status = old.status ?? {};
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkNonNegative(errors, 'spec.replicas', spec.replicas);
    checkSelectorAndTemplate(errors, spec.selector, spec.template, 'deployment');
    checkAlwaysRestarts(errors, spec.template, 'ReplicaSet');
    checkStrategy(errors, spec);
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    checkNonNegative(errors, 'spec.revisionHistoryLimit', spec.revisionHistoryLimit);
    checkNonNegative(errors, 'spec.progressDeadlineSeconds', spec.progressDeadlineSeconds);
    if (spec.progressDeadlineSeconds !== undefined && spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
      const why = 'must be greater than minReadySeconds';
      errors.push(fieldError.invalid('spec.progressDeadlineSeconds', spec.progressDeadlineSeconds, why));
    }
    return errors;
  },
  validateUpdate: (deployment, old) => selectorUnchanged(deployment.spec.selector, old.spec.selector),
  validateStatusUpdate({ status }, old) {
    const errors = checkCounts(status ?? {});
    checkCollisions(errors, status?.collisionCount, old.status?.collisionCount);
    return errors;
  },
  subresources: [scaleSubresource<Deployment>()],
});

/** Numbers of replicas fit together. Models ValidateDeploymentStatus (1.36). */
function checkCounts(status: NonNullable<Deployment['status']>): FieldError[] {
  const errors: FieldError[] = [];
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0 } = status;
  checkNonNegative(errors, 'status.observedGeneration', status.observedGeneration);
  checkNonNegative(errors, 'status.replicas', replicas);
  const atMost = (name: string, value: number, limit: number, limitName: string) => {
    checkNonNegative(errors, `status.${name}`, value);
    if (value > limit) {
      errors.push(fieldError.invalid(`status.${name}`, value, `cannot be greater than ${limitName}`));
    }
  };
  atMost('updatedReplicas', updatedReplicas, replicas, 'status.replicas');
  atMost('readyReplicas', readyReplicas, replicas, 'status.replicas');
  atMost('availableReplicas', availableReplicas, replicas, 'status.replicas');
  if (availableReplicas > readyReplicas) {
    errors.push(
      fieldError.invalid('status.availableReplicas', availableReplicas, 'cannot be greater than readyReplicas'),
    );
  }
  return errors;
}
