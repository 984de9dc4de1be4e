import { type Secret, secretKind, type ServiceAccount, serviceAccountKind } from '#kinds';
import { sameText } from './bootstrap-tokens.js';
import type { ServiceAccountKey } from './service-account-key.js';
import {
  type ClusterReads,
  INVALIDATED,
  serviceAccountGroups,
  serviceAccountUsername,
  type TokenAnswer,
} from './service-account-tokens.js';

const ISSUER = 'kubernetes/serviceaccount';
const PREFIX = 'kubernetes.io/serviceaccount/';

/** A token of the account that is good as long as the Secret holds it. Models serviceaccount.LegacyClaims (1.36). */
export function issueSecretToken(
  key: ServiceAccountKey,
  about: {
    readonly namespace: string;
    readonly account: { readonly name: string; readonly uid: string };
    readonly secret: string;
  },
): string {
  const { namespace, account, secret } = about;
  return key.sign({
    iss: ISSUER,
    [`${PREFIX}namespace`]: namespace,
    [`${PREFIX}secret.name`]: secret,
    [`${PREFIX}service-account.name`]: account.name,
    [`${PREFIX}service-account.uid`]: account.uid,
    sub: serviceAccountUsername(namespace, account.name),
  });
}

export function isOfSecret(claims: Record<string, unknown>): boolean {
  return claims['iss'] === ISSUER;
}

/**
 * The user behind the (verified) claims of such a token. Models the legacy token validator (1.36). Differs: it leaves no
 * label on the Secret of when it was last used.
 */
export async function openSecretToken(
  token: string,
  claims: Record<string, unknown>,
  reads: ClusterReads,
  apiAudiences: readonly string[],
): Promise<TokenAnswer> {
  const claim = (name: string) => {
    const value = claims[PREFIX + name];
    return typeof value === 'string' ? value : '';
  };
  const namespace = claim('namespace');
  const name = claim('service-account.name');
  const uid = claim('service-account.uid');
  if (claims['sub'] !== serviceAccountUsername(namespace, name) || !uid || !claim('secret.name')) return INVALIDATED;
  const secret = await reads.get<Secret>(secretKind, namespace, claim('secret.name'));
  if (!secret || secret.metadata.deletionTimestamp !== undefined) return INVALIDATED;
  const held = Buffer.from(secret.data?.['token'] ?? '', 'base64').toString('utf8');
  if (!sameText(held, token)) return INVALIDATED;
  const account = await reads.get<ServiceAccount>(serviceAccountKind, namespace, name);
  if (!account || account.metadata.deletionTimestamp !== undefined || account.metadata.uid !== uid) return INVALIDATED;
  return {
    user: { username: serviceAccountUsername(namespace, name), uid, groups: serviceAccountGroups(namespace) },
    audiences: apiAudiences,
  };
}
