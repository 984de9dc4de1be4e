import { deepEqual, dns1123Label, type FieldError, fieldError } from '#apimachinery';
import { checkConditions } from '../condition-rules.js';
import { defineKind, statusAlone } from '../define-kind.js';
import { checkName, IMMUTABLE } from '../field-rules.js';
import type { V1alpha2PodGroup, V1alpha2PodGroupSpec, V1alpha2PodGroupTemplateReference } from '../generated/types.js';
import { checkGrouped, checkUnion } from './pod-group-rules.js';

/** All that a group says stays as it was said. */
const FIELDS = [
  ...(['podGroupTemplateRef', 'schedulingPolicy', 'schedulingConstraints', 'resourceClaims'] as const),
  ...(['disruptionMode', 'priorityClassName', 'priority'] as const),
];

function checkReference(errors: FieldError[], { workload }: V1alpha2PodGroupTemplateReference): void {
  const at = 'spec.podGroupTemplateRef';
  checkUnion(errors, at, { workload });
  if (!workload) return;
  checkName(errors, `${at}.workload.workloadName`, workload.workloadName, dns1123Label);
  checkName(errors, `${at}.workload.podGroupTemplateName`, workload.podGroupTemplateName, dns1123Label);
}

/** Models pkg/registry/scheduling/podgroup and the rules declared in k8s.io/api/scheduling/v1alpha2 (1.36). */
export const podGroupKind = defineKind<V1alpha2PodGroup>({
  apiVersion: 'scheduling.k8s.io/v1alpha2',
  resource: 'podgroups',
  validateCreate({ spec = {} as Partial<V1alpha2PodGroupSpec> }) {
    const errors: FieldError[] = [];
    if (spec.podGroupTemplateRef) checkReference(errors, spec.podGroupTemplateRef);
    checkGrouped(errors, 'spec', spec);
    return errors;
  },
  validateUpdate({ spec }, old) {
    return FIELDS.filter((name) => !deepEqual(spec?.[name], old.spec?.[name])).map((name) =>
      fieldError.invalid(`spec.${name}`, spec?.[name] ?? null, IMMUTABLE),
    );
  },
  validateStatusUpdate({ spec, status = {} }) {
    const errors: FieldError[] = [];
    checkConditions(errors, 'status.conditions', status.conditions);
    for (const [i, { name = '' }] of (status.resourceClaimStatuses ?? []).entries()) {
      if (spec?.resourceClaims?.some((claim) => claim.name === name)) continue;
      const why = 'must match the name of an entry in `spec.resourceClaims`';
      errors.push(fieldError.invalid(`status.resourceClaimStatuses[${i}].name`, name, why));
    }
    return errors;
  },
  subresources: [statusAlone<V1alpha2PodGroup>()],
});
