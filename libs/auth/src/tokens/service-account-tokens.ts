import type { Random } from '#base';
import type { KubeObject } from '#apimachinery';
import { type Kind, nodeKind, podKind, secretKind, serviceAccountKind } from '#kinds';
import { GROUP_AUTHENTICATED, type UserInfo } from '../user.js';
import type { ServiceAccountKey } from './service-account-key.js';

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
  const { namespace, account, audiences, expirationSeconds, bound, node } = wish;
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

/**
 * The user of a service account token that is signed, in time, meant for one of `audiences`, and whose account (and what
 * it is bound to) still exists under the same uid. undefined: not valid here. Models the JWT token authenticator (1.36).
 */
export async function openToken(
  key: ServiceAccountKey,
  token: string,
  nowMs: number,
  reads: ClusterReads,
  audiences: readonly string[] = API_AUDIENCES,
): Promise<TokenUser | undefined> {
  const claims = key.open(token) as Partial<Claims> | undefined;
  if (!claims || claims.iss !== ISSUER) return undefined;
  const now = nowMs / 1000;
  if (!(typeof claims.exp === 'number' && now < claims.exp)) return undefined;
  if (typeof claims.nbf === 'number' && now < claims.nbf) return undefined;
  const meant = audiences.filter((audience) => claims.aud?.includes(audience));
  const about = claims[CLAIM];
  if (meant.length === 0 || !about) return undefined;
  if (!(await allAlive(about, reads))) return undefined;
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
  jti: string;
  'kubernetes.io': About;
}

async function allAlive(about: About, reads: ClusterReads): Promise<boolean> {
  const { namespace, serviceaccount, pod, secret, node } = about;
  if (!(await alive(reads, serviceAccountKind, namespace, serviceaccount))) return false;
  if (pod && !(await alive(reads, podKind, namespace, pod))) return false;
  if (secret && !(await alive(reads, secretKind, namespace, secret))) return false;
  // A pod's token names its node for information only; one bound to a node alone dies with it.
  return !(node && !pod && !(await alive(reads, nodeKind, '', node)));
}

async function alive(reads: ClusterReads, kind: Kind, namespace: string, { name, uid }: Named): Promise<boolean> {
  return (await reads.get(kind, namespace, name))?.metadata.uid === uid;
}

function userOf({ namespace, serviceaccount, pod, node }: About, jti: string | undefined): UserInfo {
  const extra: Record<string, readonly string[]> = {};
  if (jti) extra[`${EXTRA}credential-id`] = [`JTI=${jti}`];
  if (node) {
    extra[`${EXTRA}node-name`] = [node.name];
    extra[`${EXTRA}node-uid`] = [node.uid];
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
