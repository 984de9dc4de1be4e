import { fieldErrorsText } from '#apimachinery';
import type { FieldError, StatusError } from '#apimachinery';
import { checkDomainPrefixedPath } from '#kinds';
import type { Authorizer } from '../credentials.js';
import { forbidden } from '../forbidden.js';
import { GROUP_MASTERS, type RequestAttributes, type UserInfo } from '../user.js';
import { accountOf, AUTHENTICATION, type Mode, nodeOf } from './modes.js';

/** From so many on, one question about all of them comes first. As manyAuthorizationChecksInLoop. */
const MANY = 4;
const ALL = '*';

/** Asks the authorizer as the requester; gives the 403 when it says no. */
export type Ask = (attributes: RequestAttributes) => Promise<StatusError | undefined>;

/** `requester` as the authorizer shall see it. */
export function askerFor(authorizer: Authorizer, requester: UserInfo): Ask {
  return async (attributes) => {
    const decision = await authorizer.authorize(requester, attributes);
    return decision.allowed ? undefined : forbidden(requester, attributes, decision.reason);
  };
}

/**
 * May the requester be `wish`: its name, uid, each group and each extra value. Models impersonationModeState (1.36). Costs
 * one question a value at most; the header block bounds how many there can be.
 */
export async function identityRefusal(
  ask: Ask,
  mode: Mode,
  requester: UserInfo,
  wish: UserInfo,
): Promise<StatusError | undefined> {
  return (
    (await ask(nameQuestion(mode, wish.username))) ??
    (wish.uid ? await ask(question(mode, AUTHENTICATION, 'uids', wish.uid)) : undefined) ??
    (await groupsRefusal(ask, mode, requester, wish.groups)) ??
    (await extraRefusal(ask, mode, requester, Object.entries(wish.extra ?? {})))
  );
}

function nameQuestion(mode: Mode, username: string): RequestAttributes {
  const node = mode.constrained ? nodeOf(username) : undefined;
  // Whichever node: an account of pods on many nodes is asked about once.
  if (node !== undefined) return question(mode, mode.group, 'nodes', mode.name === 'associated-node' ? ALL : node);
  const account = accountOf(username);
  if (account) return question(mode, mode.group, 'serviceaccounts', account.name, account.namespace);
  return question(mode, mode.group, 'users', username);
}

async function groupsRefusal(
  ask: Ask,
  mode: Mode,
  requester: UserInfo,
  groups: readonly string[],
): Promise<StatusError | undefined> {
  const about = (group: string) => question(mode, mode.group, 'groups', group);
  if (mode.constrained) {
    if (groups.includes('')) {
      return forbidden(requester, about(''), 'impersonating the empty string group is not allowed');
    }
    if (groups.includes(GROUP_MASTERS)) {
      return forbidden(requester, about(GROUP_MASTERS), `impersonating the ${GROUP_MASTERS} group is not allowed`);
    }
    if (groups.length >= MANY && !(await ask(about(ALL)))) return undefined;
  }
  for (const group of groups) {
    const refusal = await ask(about(group));
    if (refusal) return refusal;
  }
  return undefined;
}

type Extra = readonly (readonly [key: string, values: readonly string[]])[];

async function extraRefusal(ask: Ask, mode: Mode, requester: UserInfo, extra: Extra): Promise<StatusError | undefined> {
  const about = (key: string, value: string) => question(mode, AUTHENTICATION, 'userextras', value, '', key);
  if (mode.constrained && extra.length > 0) {
    const wrong = wrongWith(extra);
    if (wrong !== undefined) return forbidden(requester, about('', ''), wrong);
    const count = extra.reduce((sum, [, values]) => sum + values.length, 0);
    if (count >= MANY && !(await ask(about(ALL, ALL)))) return undefined;
  }
  for (const [key, values] of extra) {
    for (const value of values) {
      const refusal = await ask(about(key, value));
      if (refusal) return refusal;
    }
  }
  return undefined;
}

/** Models validateExtra (1.36). */
function wrongWith(extra: Extra): string | undefined {
  for (const [key, values] of extra) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    const errors: FieldError[] = [];
    checkDomainPrefixedPath(errors, 'extra.key', key);
    if (errors.length > 0) return `impersonating an invalid key in extra is not allowed: ${fieldErrorsText(errors)}`;
    if (key !== key.toLowerCase()) {
      return `impersonating a non-lowercase key in extra is not allowed: ${JSON.stringify(key)}`;
    }
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function question(
  mode: Mode,
  group: string,
  resource: string,
  name: string,
  namespace = '',
  subresource = '',
): RequestAttributes {
  return { kind: 'resource', verb: mode.verb, group, version: 'v1', resource, subresource, namespace, name };
}
