/**
 * audit: what was done in a sandbox, by whom, and what came of it, as an audit.k8s.io/v1 Policy asks for it.
 *
 * It decides (policy), describes (events) and keeps (bounded, in rows of the store). It knows no HTTP and no verbs: they
 * tell it. Invariants: a sandbox without a policy pays one look at a field per request; what is kept and what waits to be
 * kept is bounded; bodies of secrets and tokens are recorded only where a rule names them, and are sealed at rest.
 */
export { AuditLog, type AuditLogLimits, type AuditRead } from './audit-log.js';
export { AuditedRequest, type RequestFacts } from './audited-request.js';
export { Auditor, MODE_KEY, POLICY_KEY, POLICY_NAME, POLICY_NAMESPACE } from './auditor.js';
export { type AuditLevel, type AuditPolicy, type AuditStage, MODES } from './policy.js';
export { parsePolicy } from './policy-document.js';
