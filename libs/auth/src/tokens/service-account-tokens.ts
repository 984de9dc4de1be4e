import type { Random } from '#base';
import type { KubeObject } from '#apimachinery';
import { type Kind, nodeKind, podKind, secretKind, serviceAccountKind } from '#kinds';
import { GROUP_AUTHENTICATED, type UserInfo } from '../user.js';
import type { ServiceAccountKey } from './service-account-key.js';
import { quotedList } from '../quoted-list.js';

/** Who signs, and whom tokens without an audience are for. */
export const ISSUER = 'https://kubernetes.default.svc.cluster.local';
export const API_AUDIENCES: readonly string[] = [ISSUER];

const USERNAME_PREFIX = 'system:serviceaccount:';
const CLAIM = 'kubernetes.io';
const EXTRA = 'authentication.kubernetes.io/';

/** Reads of the cluster that a token names things of. Structurally what admission plugins get, too. */
export interface ClusterReads {
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined>;
}

/** Something that a token lives no longer than. */
export interface Bound {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

export interface TokenWish {
  readonly namespace: string;
  readonly account: { readonly name: string; readonly uid: string };
  readonly audiences: readonly string[];
  readonly expirationSeconds: number;
  readonly bound?: Bound;
  /** The node of a bound pod. */
  readonly node?: { readonly name: string; readonly uid: string };
  /** When a client that is not told of new tokens has held it too long (seconds from now); it stays good until it expires. */
  readonly warnAfterSeconds?: number;
}

export function serviceAccountUsername(namespace: string, name: string): string {
  return `${USERNAME_PREFIX}${namespace}:${name}`;
}

/** Models serviceaccount.MakeGroupNames (1.36), plus what every authenticated user is in. */
export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, GROUP_AUTHENTICATED];
}

/** Models serviceaccount.Claims (1.36). */
export function issueToken(key: ServiceAccountKey, wish: TokenWish, nowMs: number, random: Random): string {
  const { namespace, account, audiences, expirationSeconds, bound, node, warnAfterSeconds } = wish;
  const now = Math.floor(nowMs / 1000);
  const named = ({ name, uid }: { name: string; uid: string }) => ({ name, uid });
  return key.sign({
    aud: audiences,
    exp: now + expirationSeconds,
    iat: now,
    iss: ISSUER,
    jti: random.uuid(),
    [CLAIM]: {
      namespace,
      ...(node ? { node: named(node) } : {}),
      ...(bound ? { [bound.kind.toLowerCase()]: named(bound) } : {}),
      serviceaccount: named(account),
      ...(warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds }),
    },
    nbf: now,
    sub: serviceAccountUsername(namespace, account.name),
  });
}

/** What was proven; `audiences` are those of the token that were asked for. */
export interface TokenUser {
  readonly user: UserInfo;
  readonly audiences: readonly string[];
}

/** Why a token proves nothing, in the words of a TokenReview. */
export interface TokenRefusal {
  readonly refusal: string;
}
export type TokenAnswer = TokenUser | TokenRefusal;

export const refused = (why: string): TokenRefusal => ({ refusal: `[invalid bearer token, ${why}]` });
export const NOT_A_TOKEN: TokenRefusal = { refusal: 'invalid bearer token' };
export const INVALIDATED = refused('service account token has been invalidated');
const EXPIRED = refused('service account token has expired');
const TOO_EARLY = refused('service account token is not valid yet');

/** How far the clocks of who signs and who checks may be apart. As jwt.DefaultLeeway. */
const LEEWAY_SECONDS = 60;

/**
 * The user behind (verified) claims that are in time, meant for one of `audiences`, and whose account (and what it is
 * bound to) still exists under the same uid. Models the JWT token authenticator and its validator (1.36).
 */
export async function openToken(
  verified: Record<string, unknown>,
  nowMs: number,
  reads: ClusterReads,
  audiences: readonly string[] = API_AUDIENCES,
): Promise<TokenAnswer> {
  const claims = verified as Partial<Claims>;
  if (claims.iss !== ISSUER) return NOT_A_TOKEN;
  const held = Array.isArray(claims.aud) ? claims.aud.filter((one) => typeof one === 'string') : [];
  const meant = audiences.filter((audience) => held.includes(audience));
  if (meant.length === 0) {
    return refused(`token audiences ${quotedList(held)} is invalid for the target audiences ${quotedList(audiences)}`);
  }
  const now = nowMs / 1000;
  if (!(typeof claims.exp === 'number' && now < claims.exp + LEEWAY_SECONDS)) return EXPIRED;
  if (typeof claims.nbf === 'number' && now + LEEWAY_SECONDS < claims.nbf) return TOO_EARLY;
  if (typeof claims.iat === 'number' && now + LEEWAY_SECONDS < claims.iat) return TOO_EARLY;
  const about = claims[CLAIM];
  if (!about || !(await allAlive(about, nowMs, reads))) return INVALIDATED;
  return { user: userOf(about, claims.jti), audiences: meant };
}

interface Named {
  name: string;
  uid: string;
}
interface About {
  namespace: string;
  serviceaccount: Named;
  pod?: Named;
  node?: Named;
  secret?: Named;
}
interface Claims {
  iss: string;
  aud: string[];
  exp: number;
  nbf: number;
  iat: number;
  jti: string;
  'kubernetes.io': About;
}

async function allAlive(about: About, nowMs: number, reads: ClusterReads): Promise<boolean> {
  const { namespace, serviceaccount, pod, secret, node } = about;
  const alive = (kind: Kind, where: string, named: Named) => isAlive(reads, nowMs, kind, where, named);
  if (!serviceaccount || !(await alive(serviceAccountKind, namespace, serviceaccount))) return false;
  if (pod && !(await alive(podKind, namespace, pod))) return false;
  if (secret && !(await alive(secretKind, namespace, secret))) return false;
  // A pod's token names its node for information only; one bound to a node alone dies with it.
  return !(node && !pod && !(await alive(nodeKind, '', node)));
}

/** What is on its way out vouches a little longer, so that it can finish. */
async function isAlive(
  reads: ClusterReads,
  nowMs: number,
  kind: Kind,
  namespace: string,
  { name, uid }: Named,
): Promise<boolean> {
  const object = await reads.get(kind, namespace, name);
  if (!object || !uid || object.metadata.uid !== uid) return false;
  const { deletionTimestamp } = object.metadata;
  return deletionTimestamp === undefined || Date.parse(deletionTimestamp) >= nowMs - LEEWAY_SECONDS * 1000;
}

function userOf({ namespace, serviceaccount, pod, node }: About, jti: string | undefined): UserInfo {
  const extra: Record<string, readonly string[]> = {};
  if (jti) extra[`${EXTRA}credential-id`] = [`JTI=${jti}`];
  if (node) {
    extra[`${EXTRA}node-name`] = [node.name];
    if (node.uid) extra[`${EXTRA}node-uid`] = [node.uid];
  }
  if (pod) {
    extra[`${EXTRA}pod-name`] = [pod.name];
    extra[`${EXTRA}pod-uid`] = [pod.uid];
  }
  return {
    username: serviceAccountUsername(namespace, serviceaccount.name),
    uid: serviceaccount.uid,
    groups: serviceAccountGroups(namespace),
    extra,
  };
}
