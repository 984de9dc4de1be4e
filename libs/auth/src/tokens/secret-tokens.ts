import { rfc3339 } from '#apimachinery';
import { type Secret, secretKind, type ServiceAccount, serviceAccountKind } from '#kinds';
import { sameText } from './bootstrap-tokens.js';
import type { ServiceAccountKey } from './service-account-key.js';
import {
  type ClusterReads,
  INVALIDATED,
  refused,
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

const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const DAY_MS = 24 * 60 * 60 * 1000;

/** Tells that the token of this Secret was used on that day ('2026-01-31'). Returns at once, and never throws. */
export type TokenUsed = (secret: Secret, day: string) => void;

/**
 * The user behind the (verified) claims of such a token. Models the legacy token validator (1.36). Differs: no warning tells
 * who uses one that an account lists, and the label of its last use is written after the answer, not before.
 */
export async function openSecretToken(
  token: string,
  claims: Record<string, unknown>,
  cluster: { readonly reads: ClusterReads; readonly nowMs: number; readonly used: TokenUsed },
  apiAudiences: readonly string[],
): Promise<TokenAnswer> {
  const { reads, nowMs, used } = cluster;
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
  const { name: secretName, labels = {} } = secret.metadata;
  if (labels[INVALID_SINCE]) return refused(markedInvalid(`${namespace}/${secretName}`, `${namespace}/${name}`));
  const today = dayOf(nowMs);
  // Another server's clock may already be there.
  if (labels[LAST_USED] !== today && labels[LAST_USED] !== dayOf(nowMs + DAY_MS)) used(secret, today);
  return {
    user: { username: serviceAccountUsername(namespace, name), uid, groups: serviceAccountGroups(namespace) },
    audiences: apiAudiences,
  };
}

const dayOf = (ms: number): string => rfc3339(ms).slice(0, 'yyyy-mm-dd'.length);

function markedInvalid(secret: string, account: string): string {
  return (
    `the token in secret ${secret} for service account ${account} has been marked invalid. Use tokens from the TokenRequest ` +
    `API or manually created secret-based tokens, or remove the '${INVALID_SINCE}' label from the secret to temporarily ` +
    'allow use of this token'
  );
}

/** What is to be written to the Secret. */
export function lastUsedPatch({ metadata }: Secret, day: string): { metadata: { uid: string; labels: object } } {
  return { metadata: { uid: metadata.uid!, labels: { [LAST_USED]: day } } };
}
