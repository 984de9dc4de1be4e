import { apiVersionOf } from '#apimachinery';
import { mutatingAdmissionPolicyKind } from './admissionregistration/mutating-admission-policy.kind.js';
import { mutatingAdmissionPolicyBindingKind } from './admissionregistration/mutating-admission-policy-binding.kind.js';
import { mutatingAdmissionPolicyBindingV1alpha1Kind } from './admissionregistration/mutating-admission-policy-binding-v1alpha1.kind.js';
import { mutatingAdmissionPolicyBindingV1beta1Kind } from './admissionregistration/mutating-admission-policy-binding-v1beta1.kind.js';
import { mutatingAdmissionPolicyV1alpha1Kind } from './admissionregistration/mutating-admission-policy-v1alpha1.kind.js';
import { mutatingAdmissionPolicyV1beta1Kind } from './admissionregistration/mutating-admission-policy-v1beta1.kind.js';
import { mutatingWebhookConfigurationKind } from './admissionregistration/mutating-webhook-configuration.kind.js';
import { validatingAdmissionPolicyKind } from './admissionregistration/validating-admission-policy.kind.js';
import { validatingAdmissionPolicyBindingKind } from './admissionregistration/validating-admission-policy-binding.kind.js';
import { validatingWebhookConfigurationKind } from './admissionregistration/validating-webhook-configuration.kind.js';
import { customResourceDefinitionKind } from './apiextensions/custom-resource-definition.kind.js';
import { apiServiceKind } from './apiregistration/api-service.kind.js';
import { storageVersionKind } from './apiserverinternal/storage-version.kind.js';
import { controllerRevisionKind } from './apps/controller-revision.kind.js';
import { daemonSetKind } from './apps/daemon-set.kind.js';
import { deploymentKind } from './apps/deployment.kind.js';
import { replicaSetKind } from './apps/replica-set.kind.js';
import { statefulSetKind } from './apps/stateful-set.kind.js';
import { horizontalPodAutoscalerKind } from './autoscaling/horizontal-pod-autoscaler.kind.js';
import { horizontalPodAutoscalerV2Kind } from './autoscaling/horizontal-pod-autoscaler-v2.kind.js';
import { cronJobKind } from './batch/cron-job.kind.js';
import { jobKind } from './batch/job.kind.js';
import type { KindCatalog } from './catalog.js';
import { catalogOf } from './catalog-of.js';
import { certificateSigningRequestKind } from './certificates/certificate-signing-request.kind.js';
import { clusterTrustBundleV1alpha1Kind } from './certificates/cluster-trust-bundle-v1alpha1.kind.js';
import { clusterTrustBundleV1beta1Kind } from './certificates/cluster-trust-bundle-v1beta1.kind.js';
import { podCertificateRequestKind } from './certificates/pod-certificate-request.kind.js';
import { leaseKind } from './coordination/lease.kind.js';
import { leaseCandidateV1alpha2Kind } from './coordination/lease-candidate-v1alpha2.kind.js';
import { leaseCandidateV1beta1Kind } from './coordination/lease-candidate-v1beta1.kind.js';
import { componentStatusKind } from './core/component-status.kind.js';
import { configMapKind } from './core/config-map.kind.js';
import { endpointsKind } from './core/endpoints.kind.js';
import { eventKind } from './core/event.kind.js';
import { limitRangeKind } from './core/limit-range.kind.js';
import { namespaceKind } from './core/namespace.kind.js';
import { nodeKind } from './core/node.kind.js';
import { persistentVolumeKind } from './core/persistent-volume.kind.js';
import { persistentVolumeClaimKind } from './core/persistent-volume-claim.kind.js';
import { podTemplateKind } from './core/pod-template.kind.js';
import { podKind } from './core/pod/pod.kind.js';
import { replicationControllerKind } from './core/replication-controller.kind.js';
import { resourceQuotaKind } from './core/resource-quota.kind.js';
import { secretKind } from './core/secret.kind.js';
import { serviceAccountKind } from './core/service-account.kind.js';
import { serviceKind } from './core/service/service.kind.js';
import { defineKind } from './define-kind.js';
import { resourceFacts } from './definitions.js';
import { endpointSliceKind } from './discovery/endpoint-slice.kind.js';
import { eventsEventKind } from './events/event.kind.js';
import { flowSchemaKind } from './flowcontrol/flow-schema.kind.js';
import { priorityLevelConfigurationKind } from './flowcontrol/priority-level-configuration.kind.js';
import type { Kind } from './kind.js';
import { ingressKind } from './networking/ingress.kind.js';
import { ingressClassKind } from './networking/ingress-class.kind.js';
import { ipAddressKind } from './networking/ip-address.kind.js';
import { ipAddressV1beta1Kind } from './networking/ip-address-v1beta1.kind.js';
import { networkPolicyKind } from './networking/network-policy.kind.js';
import { serviceCidrKind } from './networking/service-cidr.kind.js';
import { serviceCidrV1beta1Kind } from './networking/service-cidr-v1beta1.kind.js';
import { runtimeClassKind } from './node/runtime-class.kind.js';
import { podDisruptionBudgetKind } from './policy/pod-disruption-budget.kind.js';
import { clusterRoleKind } from './rbac/cluster-role.kind.js';
import { clusterRoleBindingKind } from './rbac/cluster-role-binding.kind.js';
import { roleKind } from './rbac/role.kind.js';
import { roleBindingKind } from './rbac/role-binding.kind.js';
import { deviceClassKind } from './resource/device-class.kind.js';
import { deviceClassV1beta1Kind } from './resource/device-class-v1beta1.kind.js';
import { deviceClassV1beta2Kind } from './resource/device-class-v1beta2.kind.js';
import { deviceTaintRuleV1alpha3Kind } from './resource/device-taint-rule-v1alpha3.kind.js';
import { deviceTaintRuleV1beta2Kind } from './resource/device-taint-rule-v1beta2.kind.js';
import { resourceClaimKind } from './resource/resource-claim.kind.js';
import { resourceClaimTemplateKind } from './resource/resource-claim-template.kind.js';
import { resourceClaimTemplateV1beta1Kind } from './resource/resource-claim-template-v1beta1.kind.js';
import { resourceClaimTemplateV1beta2Kind } from './resource/resource-claim-template-v1beta2.kind.js';
import { resourceClaimV1beta1Kind } from './resource/resource-claim-v1beta1.kind.js';
import { resourceClaimV1beta2Kind } from './resource/resource-claim-v1beta2.kind.js';
import { resourcePoolStatusRequestKind } from './resource/resource-pool-status-request.kind.js';
import { resourceSliceKind } from './resource/resource-slice.kind.js';
import { resourceSliceV1beta1Kind } from './resource/resource-slice-v1beta1.kind.js';
import { resourceSliceV1beta2Kind } from './resource/resource-slice-v1beta2.kind.js';
import { sandboxKind } from './sandkube/sandbox.kind.js';
import { sandboxTemplateKind } from './sandkube/sandbox-template.kind.js';
import { podGroupKind } from './scheduling/pod-group.kind.js';
import { priorityClassKind } from './scheduling/priority-class.kind.js';
import { workloadKind } from './scheduling/workload.kind.js';
import { csiDriverKind } from './storage/csi-driver.kind.js';
import { csiNodeKind } from './storage/csi-node.kind.js';
import { csiStorageCapacityKind } from './storage/csi-storage-capacity.kind.js';
import { storageClassKind } from './storage/storage-class.kind.js';
import { volumeAttachmentKind } from './storage/volume-attachment.kind.js';
import { volumeAttributesClassKind } from './storage/volume-attributes-class.kind.js';
import { volumeAttributesClassV1beta1Kind } from './storage/volume-attributes-class-v1beta1.kind.js';
import { storageVersionMigrationKind } from './storagemigration/storage-version-migration.kind.js';

/** Every `*.kind.ts` that a sandbox serves: one row each. Resources without one are served by the published facts alone. */
const kindsWithRules: readonly Kind[] = [
  mutatingWebhookConfigurationKind,
  validatingWebhookConfigurationKind,
  validatingAdmissionPolicyKind,
  validatingAdmissionPolicyBindingKind,
  mutatingAdmissionPolicyBindingKind,
  mutatingAdmissionPolicyBindingV1alpha1Kind,
  mutatingAdmissionPolicyBindingV1beta1Kind,
  mutatingAdmissionPolicyKind,
  mutatingAdmissionPolicyV1alpha1Kind,
  mutatingAdmissionPolicyV1beta1Kind,
  customResourceDefinitionKind,
  apiServiceKind,
  controllerRevisionKind,
  daemonSetKind,
  deploymentKind,
  replicaSetKind,
  statefulSetKind,
  horizontalPodAutoscalerV2Kind,
  horizontalPodAutoscalerKind,
  cronJobKind,
  jobKind,
  certificateSigningRequestKind,
  leaseCandidateV1alpha2Kind,
  leaseCandidateV1beta1Kind,
  leaseKind,
  configMapKind,
  endpointsKind,
  eventKind,
  limitRangeKind,
  namespaceKind,
  nodeKind,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  podTemplateKind,
  podKind,
  replicationControllerKind,
  resourceQuotaKind,
  secretKind,
  serviceAccountKind,
  serviceKind,
  endpointSliceKind,
  eventsEventKind,
  flowSchemaKind,
  priorityLevelConfigurationKind,
  ingressClassKind,
  ingressKind,
  ipAddressV1beta1Kind,
  ipAddressKind,
  networkPolicyKind,
  serviceCidrV1beta1Kind,
  serviceCidrKind,
  runtimeClassKind,
  podDisruptionBudgetKind,
  clusterRoleBindingKind,
  clusterRoleKind,
  roleBindingKind,
  roleKind,
  priorityClassKind,
  podGroupKind,
  workloadKind,
  csiDriverKind,
  csiNodeKind,
  csiStorageCapacityKind,
  storageClassKind,
  volumeAttachmentKind,
  volumeAttributesClassKind,
  volumeAttributesClassV1beta1Kind,
  deviceClassKind,
  resourceClaimKind,
  resourceClaimTemplateKind,
  resourceSliceKind,
  deviceClassV1beta1Kind,
  deviceClassV1beta2Kind,
  deviceTaintRuleV1alpha3Kind,
  deviceTaintRuleV1beta2Kind,
  resourcePoolStatusRequestKind,
  resourceClaimV1beta2Kind,
  resourceClaimTemplateV1beta2Kind,
  resourceSliceV1beta2Kind,
  clusterTrustBundleV1alpha1Kind,
  clusterTrustBundleV1beta1Kind,
  podCertificateRequestKind,
  storageVersionMigrationKind,
  storageVersionKind,
  componentStatusKind,
  resourceClaimTemplateV1beta1Kind,
  resourceClaimV1beta1Kind,
  resourceSliceV1beta1Kind,
];

const HOST_GROUP = 'sandkube.dev';

/** The rest of the published resources, by the generic path. */
function genericKinds(): Kind[] {
  const special = new Set(kindsWithRules.map((kind) => `${apiVersionOf(kind)}/${kind.resource}`));
  return Object.entries(resourceFacts).flatMap(([apiVersion, resources]) =>
    Object.keys(resources)
      .filter((resource) => !resource.includes('/') && !special.has(`${apiVersion}/${resource}`))
      .filter(() => !apiVersion.startsWith(`${HOST_GROUP}/`))
      .map((resource) => defineKind({ apiVersion, resource })),
  );
}

const allBuiltIn: readonly Kind[] = [...kindsWithRules, ...genericKinds()];

/** What every sandbox serves. */
export const builtInKinds: KindCatalog = catalogOf(allBuiltIn);

/** Groups of a cluster that mean something on the host as well; it runs no pods. */
const HOST_GROUPS: readonly string[] = [
  'authentication.k8s.io',
  'authorization.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
  'rbac.authorization.k8s.io',
];
const HOST_CORE: readonly string[] = [
  'namespaces',
  'secrets',
  'configmaps',
  'events',
  'serviceaccounts',
  'resourcequotas',
  'limitranges',
];

/** What the management plane serves at `/`. */
export const hostKinds: KindCatalog = catalogOf(
  [
    sandboxKind,
    sandboxTemplateKind,
    ...allBuiltIn.filter(({ group, resource }) =>
      group === '' ? HOST_CORE.includes(resource) : HOST_GROUPS.includes(group),
    ),
  ],
  'host',
);
