import type { FieldError } from '#apimachinery';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { column } from '../columns.js';
import { checkNonNegative } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { ReplicaSet } from '../generated/types.js';
import { checkReplicaStatus } from './replica-status.js';
import { scaleSubresource } from './scale.js';
import { checkAlwaysRestarts, checkSelectorAndTemplate, selectorUnchanged } from './template-rules.js';
import { selectorText, templateAndSelectorColumns, templateCells } from './workload-columns.js';
import { makerNameWarnings } from '../name-warnings.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

/** Models pkg/registry/apps/replicaset, pkg/apis/apps/v1 defaults and pkg/apis/apps/validation (1.36). */
export const replicaSetKind = defineKind<ReplicaSet>({
  apiVersion: 'apps/v1',
  resource: 'replicasets',
  warnings: (object, old) => [
    ...makerNameWarnings(object, old),
    ...templateWarnings('spec.template', object.spec?.template),
  ],
  generation: true,
  table: wideTableOf<ReplicaSet>(
    [column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer')],
    ({ spec, status }) => [spec.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec.template), selectorText(spec.selector)],
  ),
  applyDefaults({ spec }) {
    spec.replicas ??= 1;
    if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(replicaSet) {
    replicaSet.status = { replicas: 0 };
  },
  prepareForUpdate(replicaSet, old) {
    replicaSet.status = old.status ?? { replicas: 0 };
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkNonNegative(errors, 'spec.replicas', spec.replicas);
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    checkSelectorAndTemplate(errors, spec.selector, spec.template, 'replicaset');
    checkAlwaysRestarts(errors, spec.template, 'ReplicaSet');
    return errors;
  },
  validateUpdate: (replicaSet, old) => selectorUnchanged(replicaSet.spec.selector, old.spec.selector),
  validateStatusUpdate: ({ status }) => checkReplicaStatus(status ?? { replicas: 0 }),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  subresources: [scaleSubresource<ReplicaSet>()],
});
