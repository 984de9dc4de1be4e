import { type FieldError, fieldError } from '#apimachinery';
import { scaleSubresource } from '../apps/scale.js';
import { checkAlwaysRestarts } from '../apps/template-rules.js';
import { checkReplicaStatus } from '../apps/replica-status.js';
import { templateAndSelectorColumns, templateCells } from '../apps/workload-columns.js';
import { column, labelsText } from '../columns.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { ReplicationController } from '../generated/types.js';
import { applyPodSpecDefaults } from './pod/pod-spec-defaults.js';
import { checkTemplate } from './pod/pod-validation.js';
import { makerNameWarnings } from '../name-warnings.js';
import { templateWarnings } from './pod/pod-warnings.js';

/** Models SetDefaults_ReplicationController and ValidateReplicationController (1.36). */
export const replicationControllerKind = defineKind<ReplicationController>({
  apiVersion: 'v1',
  resource: 'replicationcontrollers',
  warnings: (object, old) => [
    ...makerNameWarnings(object, old),
    ...templateWarnings('spec.template', object.spec?.template),
  ],
  generation: true,
  table: wideTableOf<ReplicationController>(
    [column('Desired', 'integer'), column('Current', 'integer'), column('Ready', 'integer')],
    ({ spec, status }) => [spec?.replicas ?? 0, status?.replicas ?? 0, status?.readyReplicas ?? 0],
    templateAndSelectorColumns,
    ({ spec }) => [...templateCells(spec?.template), labelsText(spec?.selector)],
  ),
  applyDefaults(controller) {
    const spec = (controller.spec ??= {});
    const labels = spec.template?.metadata?.labels;
    if (labels) {
      if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels };
      if (Object.keys(controller.metadata.labels ?? {}).length === 0) controller.metadata.labels = { ...labels };
    }
    spec.replicas ??= 1;
    if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
  },
  prepareForCreate(controller) {
    controller.status = { replicas: 0 };
  },
  prepareForUpdate(controller, old) {
    controller.status = old.status ?? { replicas: 0 };
  },
  validate({ spec = {} }) {
    const errors: FieldError[] = [];
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    if (Object.keys(spec.selector ?? {}).length === 0) errors.push(fieldError.required('spec.selector'));
    checkNonNegative(errors, 'spec.replicas', spec.replicas);
    if (!spec.template) errors.push(fieldError.required('spec.template'));
    else {
      const labels = spec.template.metadata?.labels ?? {};
      const isSelected = Object.entries(spec.selector ?? {}).every(([key, value]) => labels[key] === value);
      if (!isSelected) {
        const why = '`selector` does not match template `labels`';
        errors.push(fieldError.invalid('spec.template.metadata.labels', labels, why));
      }
      checkTemplate(errors, 'spec.template', spec.template);
      checkAlwaysRestarts(errors, spec.template, 'ReplicationController');
    }
    return errors;
  },
  validateStatusUpdate: ({ status }) => checkReplicaStatus(status ?? { replicas: 0 }),
  selectableFields: ({ status }) => ({ 'status.replicas': String(status?.replicas ?? 0) }),
  subresources: [scaleSubresource<ReplicationController>({ plainSelector: true })],
});
