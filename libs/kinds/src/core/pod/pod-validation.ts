import { dns1123Label, dns1123Subdomain, type FieldError, fieldError } from '#apimachinery';
import { checkForm, checkNonNegative, checkOneOf } from '../../field-rules.js';
import type { Pod, PodSpec, PodTemplateSpec } from '../../generated/types.js';
import { checkContainers } from './container-validation.js';
import { checkScheduling } from './scheduling-validation.js';
import { checkVolumes } from './volume-validation.js';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const ACTIVE_DEADLINE_MAX = 2 ** 31 - 1;

/** Models ValidatePodSpec of pkg/apis/core/validation (1.36) in the parts that the simulation can show. */
function checkPodSpec(errors: FieldError[], field: string, spec: PodSpec): void {
  checkVolumes(errors, `${field}.volumes`, spec.volumes ?? []);
  checkContainers(errors, field, spec);
  checkOneOf(errors, `${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES);
  checkOneOf(errors, `${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  if (spec.dnsPolicy === 'None' && !spec.dnsConfig?.nameservers?.length) {
    const why = 'must provide at least one DNS nameserver when `dnsPolicy` is None';
    errors.push(fieldError.required(`${field}.dnsConfig.nameservers`, why));
  }
  checkScheduling(errors, field, spec);
  checkForm(errors, `${field}.serviceAccountName`, spec.serviceAccountName, dns1123Subdomain);
  checkForm(errors, `${field}.nodeName`, spec.nodeName, dns1123Subdomain);
  checkForm(errors, `${field}.hostname`, spec.hostname, dns1123Label);
  checkForm(errors, `${field}.subdomain`, spec.subdomain, dns1123Label);
  checkForm(errors, `${field}.priorityClassName`, spec.priorityClassName, dns1123Subdomain);
  checkForm(errors, `${field}.runtimeClassName`, spec.runtimeClassName, dns1123Subdomain);
  checkNonNegative(errors, `${field}.terminationGracePeriodSeconds`, spec.terminationGracePeriodSeconds);
  const deadline = spec.activeDeadlineSeconds;
  if (deadline !== undefined && (deadline < 1 || deadline > ACTIVE_DEADLINE_MAX)) {
    const why = `must be between 1 and ${ACTIVE_DEADLINE_MAX}, inclusive`;
    errors.push(fieldError.invalid(`${field}.activeDeadlineSeconds`, deadline, why));
  }
  for (const [i, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    if (!name) errors.push(fieldError.required(`${field}.imagePullSecrets[${i}].name`));
  }
  checkNonNegative(errors, `${field}.securityContext.runAsUser`, spec.securityContext?.runAsUser);
  checkNonNegative(errors, `${field}.securityContext.runAsGroup`, spec.securityContext?.runAsGroup);
  checkNonNegative(errors, `${field}.securityContext.fsGroup`, spec.securityContext?.fsGroup);
}

export function validatePod({ spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  checkPodSpec(errors, 'spec', spec);
  return errors;
}

/** Of a new pod alone: ephemeral containers come later, through their subresource. */
export function checkTemplate(errors: FieldError[], field: string, template: PodTemplateSpec): void {
  checkPodSpec(errors, `${field}.spec`, template.spec ?? { containers: [] });
  if (template.spec?.ephemeralContainers?.length) {
    errors.push(
      fieldError.forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  }
}
