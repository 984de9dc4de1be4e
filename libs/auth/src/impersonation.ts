import { dns1123Label, dns1123Subdomain } from '#apimachinery';
import { forbidden } from './forbidden.js';
import type { Authorizer } from './credentials.js';
import { ANONYMOUS, GROUP_AUTHENTICATED, type RequestAttributes, type UserInfo } from './user.js';
import { serviceAccountGroups } from './tokens/service-account-tokens.js';

const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;
/** Who really asks, by the identity that they act under. */
const requesters = new WeakMap<UserInfo, UserInfo>();

/** Whose credentials came with the request that `user` acts in; undefined when `user` impersonates nobody. For audit. */
export function requesterOf(user: UserInfo): UserInfo | undefined {
  return requesters.get(user);
}

/** A name that no account can have is a user's. Models serviceaccount.SplitUsername (1.36). */
function accountOf(username: string): { namespace: string; name: string } | undefined {
  const [, namespace = '', name = ''] = SERVICE_ACCOUNT.exec(username) ?? [];
  if (namespace === '' || dns1123Label(namespace).length > 0 || dns1123Subdomain(name).length > 0) return undefined;
  return { namespace, name };
}
const UNAUTHENTICATED = 'system:unauthenticated';

/**
 * The user that `requester` acts as; 403 when it may not act as one of the things asked for.
 * Models WithImpersonation (1.36).
 */
export async function impersonate(authorizer: Authorizer, requester: UserInfo, wish: UserInfo): Promise<UserInfo> {
  for (const attributes of questionsOf(wish)) {
    const decision = await authorizer.authorize(requester, attributes);
    if (!decision.allowed) throw forbidden(requester, attributes, decision.reason);
  }
  const account = accountOf(wish.username);
  const groups = [...wish.groups];
  if (groups.length === 0 && account) groups.push(...serviceAccountGroups(account.namespace));
  const implied = wish.username === ANONYMOUS.username ? UNAUTHENTICATED : GROUP_AUTHENTICATED;
  if (!groups.includes(implied) && !groups.includes(UNAUTHENTICATED)) groups.push(implied);
  const acting: UserInfo = { ...wish, groups };
  requesters.set(acting, requester);
  return acting;
}

function questionsOf({ username, uid, groups, extra }: UserInfo): RequestAttributes[] {
  const account = accountOf(username);
  const questions = [
    account
      ? attributesOf('', 'serviceaccounts', account.name, account.namespace)
      : attributesOf('', 'users', username),
  ];
  for (const group of groups) questions.push(attributesOf('', 'groups', group));
  for (const [key, values] of Object.entries(extra ?? {})) {
    for (const value of values) questions.push(attributesOf(AUTHENTICATION, 'userextras', value, '', key));
  }
  if (uid !== undefined) questions.push(attributesOf(AUTHENTICATION, 'uids', uid));
  return questions;
}

const AUTHENTICATION = 'authentication.k8s.io';

function attributesOf(
  group: string,
  resource: string,
  name: string,
  namespace = '',
  subresource = '',
): RequestAttributes {
  return { kind: 'resource', verb: 'impersonate', group, version: 'v1', resource, subresource, namespace, name };
}
