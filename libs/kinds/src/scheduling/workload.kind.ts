import { deepEqual, dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { defineKind } from '../define-kind.js';
import { checkForm, checkName, IMMUTABLE } from '../field-rules.js';
import type { V1alpha2Workload, V1alpha2WorkloadSpec } from '../generated/types.js';
import { pathSegmentName } from '../path-rules.js';
import { checkDistinct, checkGrouped } from './pod-group-rules.js';

const TEMPLATES_MAX = 8;
const TEMPLATES = 'spec.podGroupTemplates';

function checkController(errors: FieldError[], { controllerRef }: Partial<V1alpha2WorkloadSpec>): void {
  if (!controllerRef) return;
  const at = 'spec.controllerRef';
  checkForm(errors, `${at}.apiGroup`, controllerRef.apiGroup, dns1123Subdomain);
  checkName(errors, `${at}.kind`, controllerRef.kind, pathSegmentName);
  checkName(errors, `${at}.name`, controllerRef.name, pathSegmentName);
}

function checkTemplates(
  errors: FieldError[],
  { podGroupTemplates: templates = [] }: Partial<V1alpha2WorkloadSpec>,
): void {
  if (templates.length === 0) errors.push(fieldError.required(TEMPLATES));
  if (templates.length > TEMPLATES_MAX) {
    return void errors.push(fieldError.tooMany(TEMPLATES, templates.length, TEMPLATES_MAX));
  }
  checkDistinct(errors, TEMPLATES, templates);
  for (const [i, template] of templates.entries()) {
    checkName(errors, `${TEMPLATES}[${i}].name`, template.name, dns1123Label);
    checkGrouped(errors, `${TEMPLATES}[${i}]`, template);
  }
}

/** Models pkg/registry/scheduling/workload and the rules declared in k8s.io/api/scheduling/v1alpha2 (1.36). */
export const workloadKind = defineKind<V1alpha2Workload>({
  apiVersion: 'scheduling.k8s.io/v1alpha2',
  resource: 'workloads',
  validateCreate({ spec = {} as Partial<V1alpha2WorkloadSpec> }) {
    const errors: FieldError[] = [];
    checkController(errors, spec);
    checkTemplates(errors, spec);
    return errors;
  },
  validateUpdate({ spec }, old) {
    return (['controllerRef', 'podGroupTemplates'] as const)
      .filter((name) => !deepEqual(spec?.[name], old.spec?.[name]))
      .map((name) => fieldError.invalid(`spec.${name}`, spec?.[name] ?? null, IMMUTABLE));
  },
});
