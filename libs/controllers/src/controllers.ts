import type { ControllerDefinition } from '#controller-runtime';
import { bootstrapSignerController } from './bootstrap/bootstrap-signer.controller.js';
import { tokenCleanerController } from './bootstrap/token-cleaner.controller.js';
import { authenticationTrustController } from './certificates/authentication-trust.controller.js';
import { csrApprovingController } from './certificates/csr-approving.controller.js';
import { csrCleanerController } from './certificates/csr-cleaner.controller.js';
import { csrSigningController } from './certificates/csr-signing.controller.js';
import { clusterRoleAggregationController } from './cluster-role-aggregation.controller.js';
import { crdRegistrationController } from './crd-registration.controller.js';
import { customResourceDefinitionController } from './customresourcedefinition/custom-resource-definition.controller.js';
import { deploymentController } from './deployment/deployment.controller.js';
import { disruptionController } from './disruption/disruption.controller.js';
import { endpointsController } from './endpoints/endpoints.controller.js';
import { endpointSliceController } from './endpointslice/endpointslice.controller.js';
import { flowBootstrapController } from './flow-bootstrap.controller.js';
import { flowSchemaStatusController } from './flow-schema-status.controller.js';
import { garbageCollectorController } from './garbage-collector/garbage-collector.controller.js';
import { namespaceController } from './namespace/namespace.controller.js';
import { nodeLifecycleController } from './nodelifecycle/nodelifecycle.controller.js';
import { podGarbageCollectorController } from './pod-garbage-collector.controller.js';
import { replicaSetController } from './replicaset/replicaset.controller.js';
import { resourceQuotaController } from './resourcequota/resource-quota.controller.js';
import { legacyTokenTrackingController } from './serviceaccount/legacy-token-tracking.controller.js';
import { rootCaCertPublisherController } from './serviceaccount/root-ca-cert-publisher.controller.js';
import { serviceAccountTokensController } from './serviceaccount/service-account-tokens.controller.js';
import { serviceAccountController } from './serviceaccount/serviceaccount.controller.js';
import { persistentVolumeClaimProtectionController } from './storage-protection/persistent-volume-claim-protection.controller.js';
import { persistentVolumeProtectionController } from './storage-protection/persistent-volume-protection.controller.js';
import { taintEvictionController } from './taint-eviction/taint-eviction.controller.js';
import { validatingAdmissionPolicyStatusController } from './validating-admission-policy-status.controller.js';

/**
 * All that kube-controller-manager runs here, and what the API server's own controllers do to CRDs. Each stands alone; those that look at metadata of everything come last, so
 * that they share the informers that others need whole.
 */
export const controllers: readonly ControllerDefinition[] = [
  customResourceDefinitionController,
  crdRegistrationController,
  deploymentController,
  replicaSetController,
  endpointSliceController,
  endpointsController,
  nodeLifecycleController,
  taintEvictionController,
  podGarbageCollectorController,
  disruptionController,
  persistentVolumeClaimProtectionController,
  persistentVolumeProtectionController,
  validatingAdmissionPolicyStatusController,
  flowBootstrapController,
  flowSchemaStatusController,
  serviceAccountController,
  serviceAccountTokensController,
  rootCaCertPublisherController,
  clusterRoleAggregationController,
  resourceQuotaController,
  csrApprovingController,
  csrSigningController,
  csrCleanerController,
  authenticationTrustController,
  legacyTokenTrackingController,
  bootstrapSignerController,
  tokenCleanerController,
  namespaceController,
  garbageCollectorController,
];
