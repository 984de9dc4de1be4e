import { LRUCache } from 'lru-cache';
import { invariant } from '#base';
import type { StatusError } from '#apimachinery';
import type { Authorizer } from '../credentials.js';
import { serviceAccountGroups } from '../tokens/service-account-tokens.js';
import { ANONYMOUS, GROUP_AUTHENTICATED, type RequestAttributes, type UserInfo } from '../user.js';
import { askerFor, identityRefusal } from './identity-questions.js';
import { accountOf, type Mode, MODES, nodeOf } from './modes.js';

const UNAUTHENTICATED = 'system:unauthenticated';
const GROUP_NODES = 'system:nodes';
const ASSOCIATED_KEYS = 'authentication.kubernetes.io/associated-node-keys';
/** Requesters whose way is remembered. */
const REQUESTERS_MAX = 500;

/** Who really asks, by the identity that they act under, and the verb that let them; '' for the plain one. */
const acts = new WeakMap<UserInfo, { readonly requester: UserInfo; readonly constraint: string }>();

/** Whose credentials came with the request that `user` acts in; undefined when `user` impersonates nobody. For audit. */
export function requesterOf(user: UserInfo): UserInfo | undefined {
  return acts.get(user)?.requester;
}

/** 'impersonate:user-info' and the like, where the right to act as `user` was a constrained one; else ''. For audit. */
export function impersonationConstraintOf(user: UserInfo): string {
  return acts.get(user)?.constraint ?? '';
}

/**
 * Lets users act as others who may. Models WithConstrainedImpersonation (1.36): the modes are tried in turn, the one that
 * a requester last succeeded with first; when all refuse, the first refusal is told. Differs: decisions are not kept
 * for ten seconds, because asking again is cheap here.
 */
export class Impersonation {
  /** By username; an order only, nothing is decided by it. */
  private readonly last = new LRUCache<string, Mode>({ max: REQUESTERS_MAX });

  constructor(private readonly authorizer: Authorizer) {}

  /** The user that `requester` acts as in `request`; 403 when it may not. */
  async actingAs(requester: UserInfo, wish: UserInfo, request: RequestAttributes): Promise<UserInfo> {
    const last = this.last.get(requester.username);
    const modes = last ? [last, ...MODES.filter((mode) => mode !== last)] : MODES;
    let first: StatusError | undefined;
    for (const mode of modes) {
      if (!mode.applies(wish, requester)) continue;
      const refusal = await this.refusal(mode, requester, wish, request);
      if (refusal) {
        first ??= refusal;
        continue;
      }
      this.last.set(requester.username, mode);
      const acting = identityOf(mode, wish);
      acts.set(acting, { requester, constraint: mode.constrained ? mode.verb : '' });
      return acting;
    }
    invariant(first, 'the legacy mode applies to everybody');
    throw first;
  }

  private async refusal(
    mode: Mode,
    requester: UserInfo,
    wish: UserInfo,
    request: RequestAttributes,
  ): Promise<StatusError | undefined> {
    const ask = askerFor(this.authorizer, mode.name === 'associated-node' ? withoutNode(requester) : requester);
    if (mode.constrained) {
      const refusal = await ask({ ...request, verb: `impersonate-on:${mode.name}:${request.verb}` });
      if (refusal) return refusal;
    }
    return identityRefusal(ask, mode, requester, wish);
  }
}

/** Of an account on many nodes the authorizer sees the same everywhere. */
function withoutNode(requester: UserInfo): UserInfo {
  return { ...requester, extra: { [ASSOCIATED_KEYS]: Object.keys(requester.extra ?? {}).toSorted() } };
}

function identityOf(mode: Mode, wish: UserInfo): UserInfo {
  const groups = [...wish.groups];
  const account = accountOf(wish.username);
  if (groups.length === 0 && account) groups.push(...serviceAccountGroups(account.namespace));
  else if (mode.constrained && nodeOf(wish.username) !== undefined) groups.push(GROUP_NODES);
  const implied = wish.username === ANONYMOUS.username ? UNAUTHENTICATED : GROUP_AUTHENTICATED;
  if (!groups.includes(implied) && !groups.includes(UNAUTHENTICATED)) groups.push(implied);
  return { ...wish, groups };
}
