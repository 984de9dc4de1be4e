import { deepEqual, type FieldError, fieldError } from '#apimachinery';
import { column } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { checkNonNegative, checkOneOf } from '../field-rules.js';
import { wideTableOf } from '../generic-columns.js';
import type { StatefulSet } from '../generated/types.js';
import { scaleSubresource } from './scale.js';
import { checkAlwaysRestarts, checkSelectorAndTemplate } from './template-rules.js';
import { templateCells, templateColumns } from './workload-columns.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

const MUTABLE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

/** Models pkg/apis/apps/v1 defaults and ValidateStatefulSet (1.36). */
export const statefulSetKind = defineKind<StatefulSet>({
  apiVersion: 'apps/v1',
  resource: 'statefulsets',
  warnings: ({ spec }) => templateWarnings('spec.template', spec?.template),
  generation: true,
  table: wideTableOf<StatefulSet>(
    [column('Ready')],
    ({ spec, status }) => [`${status?.readyReplicas ?? 0}/${spec.replicas ?? 0}`],
    templateColumns,
    ({ spec }) => templateCells(spec.template),
  ),
  applyDefaults({ spec }) {
    spec.podManagementPolicy ||= 'OrderedReady';
    spec.updateStrategy ??= {};
    spec.updateStrategy.type ||= 'RollingUpdate';
    if (spec.updateStrategy.type === 'RollingUpdate') {
      spec.updateStrategy.rollingUpdate ??= {};
      spec.updateStrategy.rollingUpdate.partition ??= 0;
    }
    spec.persistentVolumeClaimRetentionPolicy ??= {};
    spec.persistentVolumeClaimRetentionPolicy.whenDeleted ||= 'Retain';
    spec.persistentVolumeClaimRetentionPolicy.whenScaled ||= 'Retain';
    spec.replicas ??= 1;
    spec.revisionHistoryLimit ??= 10;
    if (spec.template?.spec) applyPodSpecDefaults(spec.template.spec);
    for (const claim of spec.volumeClaimTemplates ?? []) {
      claim.apiVersion = 'v1';
      claim.kind = 'PersistentVolumeClaim';
      claim.spec = { ...claim.spec, volumeMode: claim.spec?.volumeMode || 'Filesystem' };
      claim.status = { phase: 'Pending' };
    }
  },
  validate({ spec }) {
    const errors: FieldError[] = [];
    checkOneOf(errors, 'spec.podManagementPolicy', spec.podManagementPolicy, ['OrderedReady', 'Parallel']);
    checkOneOf(errors, 'spec.updateStrategy', spec.updateStrategy?.type, ['RollingUpdate', 'OnDelete']);
    checkNonNegative(errors, 'spec.replicas', spec.replicas);
    checkNonNegative(errors, 'spec.minReadySeconds', spec.minReadySeconds);
    checkSelectorAndTemplate(errors, spec.selector, spec.template, 'statefulset');
    checkAlwaysRestarts(errors, spec.template);
    return errors;
  },
  validateUpdate({ spec }, { spec: before }) {
    const restored: StatefulSet['spec'] = { ...spec };
    for (const name of MUTABLE) {
      if (before[name] === undefined) delete restored[name];
      else Object.assign(restored, { [name]: before[name] });
    }
    if (deepEqual(restored, before)) return [];
    const names = MUTABLE.map((name) => `'${name}'`);
    const why = `updates to statefulset spec for fields other than ${names.slice(0, -1).join(', ')} and ${names.at(-1)} are forbidden`;
    return [fieldError.forbidden('spec', why)];
  },
  subresources: [scaleSubresource<StatefulSet>()],
});
