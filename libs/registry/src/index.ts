/**
 * registry: the generic verbs of any kind over store, authorization and admission. The one place where a StoreError
 * becomes a StatusError. Knows no HTTP.
 */
export * from './request.js';
export { annotateDecision } from './authorization.js';
export { auditedVerbs } from './audited-verbs.js';
export { type ActedCluster, apiFor, type ApiOptions } from './api-for.js';
export type { ClusterDirectory, ServedCluster } from './cluster.js';
export { createRegistry, type RegistryOptions } from './create-registry.js';
export { KindsView } from './kinds-view.js';
export { Heartbeats } from './heartbeats.js';
export type { WorkGate } from './work-gate.js';
