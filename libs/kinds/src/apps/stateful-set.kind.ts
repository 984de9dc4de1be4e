import { dns1123Label } from '#apimachinery';
import { column } from '../columns.js';
import { applyPodSpecDefaults } from '../core/pod/pod-spec-defaults.js';
import { defineKind } from '../define-kind.js';
import { wideTableOf } from '../generic-columns.js';
import type { StatefulSet } from '../generated/types.js';
import { scaleSubresource } from './scale.js';
import {
  validateNewStatefulSet,
  validateStatefulSet,
  validateStatefulSetStatus,
  validateStatefulSetUpdate,
} from './stateful-set-validation.js';
import { templateCells, templateColumns } from './workload-columns.js';
import { claimSpecWarnings } from '../core/claim-warnings.js';
import { templateWarnings } from '../core/pod/pod-warnings.js';

/** Models pkg/apis/apps/v1 defaults and ValidateStatefulSet (1.36). */
export const statefulSetKind = defineKind<StatefulSet>({
  apiVersion: 'apps/v1',
  resource: 'statefulsets',
  warnings({ spec }) {
    const warnings = templateWarnings('spec.template', spec?.template);
    for (const [i, claim] of (spec?.volumeClaimTemplates ?? []).entries()) {
      warnings.push(...claimSpecWarnings(`spec.volumeClaimTemplates[${i}].Spec`, claim.spec ?? {}));
    }
    if ((spec?.revisionHistoryLimit ?? 0) < 0) {
      warnings.push(
        'spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended',
      );
    }
    return warnings;
  },
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
  // The name becomes that of pods, with a number behind it, and their label.
  validateName: (name) => dns1123Label(name),
  validate: validateStatefulSet,
  validateCreate: validateNewStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  validateStatusUpdate: validateStatefulSetStatus,
  subresources: [scaleSubresource<StatefulSet>()],
});
