/**
 * kinds: one source for everything that is said of a resource: schema (generated), defaulting, validation, strategy,
 * columns, selectable fields, subresources. REST, discovery, OpenAPI, tables, GraphQL and actors derive from it.
 * A kind with rules of its own is one `*.kind.ts` and one row in kinds.ts; all others are served from the published facts.
 */
export type { KindCatalog } from './catalog.js';
export { catalogOf } from './catalog-of.js';
export { CustomCatalogs } from './custom/custom-catalogs.js';
export type { CustomFacts } from './custom/custom-facts.js';
export { type DecodeErrors, decodeErrors } from './decode.js';
export { defineKind, type KindSource } from './define-kind.js';
export { definitionNameOf, definitionOf, refName } from './definitions.js';
export { describedDefinitions } from './described-definitions.js';
export type * from './generated/types.js';
export {
  type Cell,
  type Kind,
  type KindEnv,
  type StorageIdentity,
  storageKey,
  storagePrefix,
  type Subresource,
  type Verb,
} from './kind.js';
export {
  compilePolicyExpression,
  type ComposedVariable,
  composeVariables,
  type PolicyScope,
  policyVariables,
} from './admissionregistration/policy-environment.js';
export { expressionWarnings } from './admissionregistration/type-check.js';
export { validatingAdmissionPolicyKind } from './admissionregistration/validating-admission-policy.kind.js';
export { joinHostPort } from './ip-text.js';
export { builtInKinds, hostKinds } from './kinds.js';
export { bodySchemaOf, isBuiltInSchema, mergeSchemaOf } from './merge-schema.js';
export type { OpenApiSchema } from './schema.js';
export { applySchemaDefaults } from './schema-defaults.js';
export type { Sandbox, SandboxSpec, SandboxStatus, SandboxTemplate } from './sandkube/sandkube-objects.js';
export { type Shape, shapeOf, type ShapeType, type WithSchema } from './shape.js';

export { apiApprovalOf } from './apiextensions/api-approval.js';
export {
  CUSTOM_RESOURCE_CLEANUP,
  customResourceDefinitionKind,
} from './apiextensions/custom-resource-definition.kind.js';
export { structuralViolations } from './apiextensions/structural-violations.js';
export { apiServiceKind } from './apiregistration/api-service.kind.js';
export {
  AUTOMANAGED,
  builtInApiServices,
  definitionApiService,
  isBuiltInApiService,
} from './apiregistration/local-api-services.js';
export { controllerRevisionKind } from './apps/controller-revision.kind.js';
export { daemonSetKind } from './apps/daemon-set.kind.js';
export { deploymentKind } from './apps/deployment.kind.js';
export { replicaSetKind } from './apps/replica-set.kind.js';
export { statefulSetKind } from './apps/stateful-set.kind.js';
export { horizontalPodAutoscalerV2Kind } from './autoscaling/horizontal-pod-autoscaler-v2.kind.js';
export { horizontalPodAutoscalerKind } from './autoscaling/horizontal-pod-autoscaler.kind.js';
export { cronJobKind } from './batch/cron-job.kind.js';
export { jobKind } from './batch/job.kind.js';
export { type CertificateRequest, parseCertificateRequest } from './certificates/certificate-request.js';
export { certificateSigningRequestKind } from './certificates/certificate-signing-request.kind.js';
export { leaseKind } from './coordination/lease.kind.js';
export { configMapKind } from './core/config-map.kind.js';
export { endpointsKind } from './core/endpoints.kind.js';
export { eventKind } from './core/event.kind.js';
export { limitRangeKind } from './core/limit-range.kind.js';
export { namespaceKind } from './core/namespace.kind.js';
export { nodeKind } from './core/node.kind.js';
export { persistentVolumeClaimKind } from './core/persistent-volume-claim.kind.js';
export { persistentVolumeKind } from './core/persistent-volume.kind.js';
export { podTemplateKind } from './core/pod-template.kind.js';
export { qosClassOf } from './core/pod/pod-qos.js';
export { podKind } from './core/pod/pod.kind.js';
export { replicationControllerKind } from './core/replication-controller.kind.js';
export { resourceQuotaKind } from './core/resource-quota.kind.js';
export { secretKind } from './core/secret.kind.js';
export { serviceAccountKind } from './core/service-account.kind.js';
export { serviceKind } from './core/service/service.kind.js';
export { endpointSliceKind } from './discovery/endpoint-slice.kind.js';
export { eventsEventKind } from './events/event.kind.js';
export { bootstrapFlows, mandatoryLevels, mandatorySchemas } from './flowcontrol/bootstrap-flows.js';
export { danglingCondition } from './flowcontrol/flow-conditions.js';
export { flowSchemaKind } from './flowcontrol/flow-schema.kind.js';
export { priorityLevelConfigurationKind } from './flowcontrol/priority-level-configuration.kind.js';
export { ingressClassKind } from './networking/ingress-class.kind.js';
export { ingressKind } from './networking/ingress.kind.js';
export { networkPolicyKind } from './networking/network-policy.kind.js';
export { runtimeClassKind } from './node/runtime-class.kind.js';
export { withDisruptionAllowed } from './policy/disruption-allowed.js';
export { podDisruptionBudgetKind } from './policy/pod-disruption-budget.kind.js';
export { clusterRoleBindingKind } from './rbac/cluster-role-binding.kind.js';
export { clusterRoleKind } from './rbac/cluster-role.kind.js';
export { roleBindingKind } from './rbac/role-binding.kind.js';
export { roleKind } from './rbac/role.kind.js';
export { resourceClaimTemplateV1beta1Kind } from './resource/resource-claim-template-v1beta1.kind.js';
export { resourceClaimV1beta1Kind } from './resource/resource-claim-v1beta1.kind.js';
export { resourceSliceV1beta1Kind } from './resource/resource-slice-v1beta1.kind.js';
export { sandboxTemplateKind } from './sandkube/sandbox-template.kind.js';
export { PURGE_FINALIZER, sandboxKind } from './sandkube/sandbox.kind.js';
export { priorityClassKind } from './scheduling/priority-class.kind.js';
export { csiDriverKind } from './storage/csi-driver.kind.js';
export { storageClassKind } from './storage/storage-class.kind.js';
export { checkDomainPrefixedPath } from './path-rules.js';
export { decodeProtobuf } from './protobuf/decode.js';
