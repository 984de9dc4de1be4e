import {
  dns1123Label,
  dns1123Subdomain,
  type FieldError,
  fieldError,
  validateAnnotations,
  validateLabels,
} from '#apimachinery';
import { checkForm, checkRange, checkRequiredOneOf } from '../../field-rules.js';
import type { Pod, PodSpec, PodTemplateSpec } from '../../generated/types.js';
import { checkPodAnnotations, checkProfilesAgree } from './annotation-validation.js';
import { checkContainers } from './container-validation.js';
import { checkDns, checkHostAliases, checkHostNetwork, checkHostname, checkHostUsers } from './network-validation.js';
import { checkFileVolumes } from './env-validation.js';
import { checkPodClaims, claimNamesOf } from './pod-claim-validation.js';
import { checkPodResources, checkResources } from './resources-validation.js';
import { checkAffinity, checkGates, checkSpread, checkTolerations } from './scheduling-validation.js';
import { checkLabelKey } from '../node-selector-rules.js';
import { checkPodSecurityContext } from './security-validation.js';
import { checkVolumes } from './volume-validation.js';
import { checkHostProcess, checkOs } from './windows-validation.js';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'];
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never'];
const INT32_MAX = 2 ** 31 - 1;

/** Of a pod or of a template; `podName` only of a pod. Models ValidatePodSpec (1.36), in its order. */
function checkPodSpec(
  errors: FieldError[],
  field: string,
  spec: PodSpec,
  isPod: boolean,
  podName: string | undefined,
): void {
  if (spec.terminationGracePeriodSeconds === undefined) {
    errors.push(fieldError.required(`${field}.terminationGracePeriodSeconds`));
  }
  const volumes = checkVolumes(errors, `${field}.volumes`, spec.volumes, { podName, isPod });
  if (spec.resourceClaims) checkPodClaims(errors, `${field}.resourceClaims`, spec.resourceClaims);
  checkContainers(errors, field, { volumes, claimNames: claimNamesOf(spec), spec, isPod });
  checkPodResources(errors, `${field}.resources`, spec);
  if (spec.hostNetwork) checkHostNetwork(errors, field, spec, isPod);
  checkRequiredOneOf(errors, `${field}.restartPolicy`, spec.restartPolicy, RESTART_POLICIES);
  checkRequiredOneOf(errors, `${field}.dnsPolicy`, spec.dnsPolicy, DNS_POLICIES);
  if (spec.nodeSelector) errors.push(...validateLabels(spec.nodeSelector, `${field}.nodeSelector`));
  checkPodSecurityContext(errors, `${field}.securityContext`, spec);
  if (spec.affinity) checkAffinity(errors, `${field}.affinity`, spec.affinity);
  checkDns(errors, `${field}.dnsConfig`, spec);
  for (const [i, { conditionType }] of (spec.readinessGates ?? []).entries()) {
    checkLabelKey(errors, `${field}.readinessGates[${i}].conditionType`, conditionType);
  }
  if (spec.schedulingGates) checkGates(errors, `${field}.schedulingGates`, spec.schedulingGates);
  if (spec.topologySpreadConstraints) {
    checkSpread(errors, `${field}.topologySpreadConstraints`, spec.topologySpreadConstraints);
  }
  checkHostProcess(errors, field, spec);
  checkHostUsers(errors, field, spec);
  checkForm(errors, `${field}.serviceAccountName`, spec.serviceAccountName, dns1123Subdomain);
  checkForm(errors, `${field}.nodeName`, spec.nodeName, dns1123Subdomain);
  if (spec.activeDeadlineSeconds !== undefined) {
    checkRange(errors, `${field}.activeDeadlineSeconds`, spec.activeDeadlineSeconds, 1, INT32_MAX);
  }
  checkForm(errors, `${field}.hostname`, spec.hostname, dns1123Label);
  checkForm(errors, `${field}.subdomain`, spec.subdomain, dns1123Label);
  checkHostname(errors, field, spec);
  if (spec.tolerations) checkTolerations(errors, `${field}.tolerations`, spec.tolerations);
  if (spec.hostAliases) checkHostAliases(errors, `${field}.hostAliases`, spec.hostAliases);
  checkForm(errors, `${field}.priorityClassName`, spec.priorityClassName, dns1123Subdomain);
  if (spec.runtimeClassName !== undefined) {
    for (const why of dns1123Subdomain(spec.runtimeClassName)) {
      errors.push(fieldError.invalid(`${field}.runtimeClassName`, spec.runtimeClassName, why));
    }
  }
  if (spec.preemptionPolicy !== undefined) {
    checkRequiredOneOf(errors, `${field}.preemptionPolicy`, spec.preemptionPolicy, PREEMPTION_POLICIES);
  }
  if (spec.overhead) checkResources(errors, `${field}.overhead`, { limits: spec.overhead });
  if (spec.os) checkOs(errors, field, spec);
  checkFileVolumes(errors, field, spec);
}

/** Of new and changed pods alike. Models validatePodMetadataAndSpec (1.36). */
export function validatePod({ metadata, spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  checkPodAnnotations(errors, 'metadata.annotations', metadata.annotations, spec);
  checkPodSpec(errors, 'spec', spec, true, metadata.name);
  if (!spec.serviceAccountName && spec.volumes) checkNoTokens(errors, spec);
  return errors;
}

function checkNoTokens(errors: FieldError[], { volumes = [] }: PodSpec): void {
  for (const [i, { projected }] of volumes.entries()) {
    for (const [k, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (!serviceAccountToken) continue;
      const at = `spec.volumes[${i}].projected.sources[${k}].serviceAccountToken`;
      errors.push(fieldError.forbidden(at, 'must not be specified when serviceAccountName is not set'));
    }
  }
}

/** Of new pods alone. Models ValidatePodCreate (1.36). */
export function validateNewPod({ metadata, spec }: Pod): FieldError[] {
  const errors: FieldError[] = [];
  if (spec.ephemeralContainers?.length) {
    errors.push(fieldError.forbidden('spec.ephemeralContainers', 'cannot be set on create'));
  }
  if (spec.nodeName && spec.schedulingGates?.length) {
    errors.push(fieldError.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  }
  checkProfilesAgree(errors, 'spec', metadata.annotations, spec);
  return errors;
}

/** Models ValidatePodTemplateSpec (1.36). */
export function checkTemplate(errors: FieldError[], field: string, { metadata, spec }: PodTemplateSpec): void {
  const pod: PodSpec = spec ?? { containers: [] };
  if (metadata?.labels) errors.push(...validateLabels(metadata.labels, `${field}.labels`));
  if (metadata?.annotations) {
    errors.push(...validateAnnotations(metadata.annotations, `${field}.annotations`));
    checkPodAnnotations(errors, `${field}.annotations`, metadata.annotations, pod);
  }
  checkPodSpec(errors, `${field}.spec`, pod, false, undefined);
  checkProfilesAgree(errors, `${field}.spec`, metadata?.annotations, pod);
  if (pod.ephemeralContainers?.length) {
    const why = 'ephemeral containers not allowed in pod template';
    errors.push(fieldError.forbidden(`${field}.spec.ephemeralContainers`, why));
  }
}
