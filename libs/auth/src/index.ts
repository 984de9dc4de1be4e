/**
 * auth: who asks, and may they. Authentication by client certificate and token, RBAC over the sandbox's own objects,
 * which FlowSchema a request belongs to, certificate authorities and tokens of each sandbox. Identities of different sandboxes never mix.
 */
export { ANONYMOUS, GROUP_AUTHENTICATED, GROUP_MASTERS, type RequestAttributes, type UserInfo } from './user.js';
export { type AuthenticatorParts, createAuthenticator, type SandboxAuthenticator } from './authenticator.js';
export {
  type CertifiedKey,
  createCa,
  createClientCertificate,
  createServerCa,
  createServerCertificate,
} from './certificates/certificates.js';
export { type CertificateSigner, certificateSigner } from './certificates/certificate-signer.js';
export type { Authenticator, Authorizer, Credentials, Decision } from './credentials.js';
export { type FlowClassifier, flowClassifier, type FlowMatch } from './flow/flow-classifier.js';
export { forbidden, forbiddenMessage } from './forbidden.js';
export { impersonationConstraintOf, requesterOf } from './impersonation/impersonation.js';
export { kubeconfigFor, kubeconfigOf, type KubeconfigCluster } from './kubeconfig.js';
export { bootstrapPolicy } from './policy/bootstrap-policy.js';
export { escalationMessage, rulesNotHeld } from './rbac/escalation.js';
export type { PolicyRule } from './rbac/policy-rule.js';
export { type RbacAuthorizer, rbacAuthorizer, type UserRules } from './rbac/rbac-authorizer.js';
export { ADMIN, caOf, createSandboxCredentials, type SandboxCredentials } from './sandbox-credentials.js';
export { issueSecretToken, lastUsedPatch, type TokenUsed } from './tokens/secret-tokens.js';
export { ServiceAccountKey } from './tokens/service-account-key.js';
export {
  API_AUDIENCES,
  type Bound,
  type ClusterReads,
  ISSUER,
  issueToken,
  serviceAccountGroups,
  serviceAccountUsername,
  type TokenAnswer,
  type TokenUser,
  type TokenWish,
} from './tokens/service-account-tokens.js';
