/**
 * auth: who asks, and may they. Authentication by client certificate and token, RBAC over the sandbox's own objects,
 * certificate authorities and tokens of each sandbox. Identities of different sandboxes never mix.
 */
export { ANONYMOUS, GROUP_AUTHENTICATED, GROUP_MASTERS, type RequestAttributes, type UserInfo } from './user.js';
export type { Authenticator, Authorizer, Credentials, Decision } from './credentials.js';
export { forbidden, forbiddenMessage } from './forbidden.js';
