import type { AdmissionPlugin } from './plugin.js';
import { alwaysPullImages } from './plugins/always-pull-images.admission.js';
import { certificateApproval } from './plugins/certificate-approval.admission.js';
import { certificateSigning } from './plugins/certificate-signing.admission.js';
import { certificateSubjectRestriction } from './plugins/certificate-subject-restriction.admission.js';
import { clusterTrustBundleAttest } from './plugins/cluster-trust-bundle-attest.admission.js';
import { defaultIngressClass } from './plugins/default-ingress-class.admission.js';
import { defaultStorageClass } from './plugins/default-storage-class.admission.js';
import { auditPolicy } from './plugins/audit-policy.admission.js';
import { defaultTolerationSeconds } from './plugins/default-toleration-seconds.admission.js';
import { denyServiceExternalIps } from './plugins/deny-service-external-ips.admission.js';
import { extendedResourceToleration } from './plugins/extended-resource-toleration.admission.js';
import { limitPodHardAntiAffinityTopology } from './plugins/limit-pod-hard-anti-affinity-topology.admission.js';
import { limitRanger } from './plugins/limit-ranger.admission.js';
import { mutatingAdmissionPolicy } from './plugins/mutating-admission-policy.admission.js';
import { mutatingAdmissionWebhook } from './plugins/mutating-admission-webhook.admission.js';
import { namespaceExists } from './plugins/namespace-exists.admission.js';
import { namespaceLifecycle } from './plugins/namespace-lifecycle.admission.js';
import { nodeRestriction } from './plugins/node-restriction.admission.js';
import { ownerReferencesPermissionEnforcement } from './plugins/owner-references-permission-enforcement.admission.js';
import { persistentVolumeClaimResize } from './plugins/persistent-volume-claim-resize.admission.js';
import { podSecurity } from './plugins/pod-security.admission.js';
import { podTopologyLabels } from './plugins/pod-topology-labels.admission.js';
import { priority } from './plugins/priority.admission.js';
import { resourceQuota } from './plugins/resource-quota.admission.js';
import { runtimeClass } from './plugins/runtime-class.admission.js';
import { serviceAccount } from './plugins/service-account.admission.js';
import { storageObjectInUseProtection } from './plugins/storage-object-in-use-protection.admission.js';
import { taintNodesByCondition } from './plugins/taint-nodes-by-condition.admission.js';
import { validatingAdmissionPolicy } from './plugins/validating-admission-policy.admission.js';
import { validatingAdmissionWebhook } from './plugins/validating-admission-webhook.admission.js';

/**
 * The chain, in the order of kube-apiserver's AllOrderedPlugins (1.36). A new one goes where upstream has it; what calls
 * out (webhooks), counts (ResourceQuota) or denies stays last.
 */
export const plugins: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  namespaceExists,
  limitPodHardAntiAffinityTopology,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  alwaysPullImages,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  extendedResourceToleration,
  defaultStorageClass,
  storageObjectInUseProtection,
  ownerReferencesPermissionEnforcement,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  clusterTrustBundleAttest,
  certificateSubjectRestriction,
  defaultIngressClass,
  denyServiceExternalIps,
  podTopologyLabels,
  auditPolicy,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
  resourceQuota,
];
