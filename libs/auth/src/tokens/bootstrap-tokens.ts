import { createHash, timingSafeEqual } from 'node:crypto';
import { timeOf } from '#apimachinery';
import { type Secret, secretKind } from '#kinds';
import { GROUP_AUTHENTICATED, type UserInfo } from '../user.js';
import type { ClusterReads } from './service-account-tokens.js';

const FORM = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const TYPE = 'bootstrap.kubernetes.io/token';
const GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

export function isBootstrapToken(token: string): boolean {
  return FORM.test(token);
}

/**
 * The user of a token `<id>.<secret>` that Secret kube-system/bootstrap-token-<id> vouches for; undefined: not valid.
 * Models plugin/pkg/auth/authenticator/token/bootstrap (1.36).
 */
export async function openBootstrapToken(
  token: string,
  nowMs: number,
  reads: ClusterReads,
): Promise<UserInfo | undefined> {
  const [, id, secret] = FORM.exec(token) ?? [];
  if (id === undefined || secret === undefined) return undefined;
  const stored = await reads.get<Secret>(secretKind, 'kube-system', `bootstrap-token-${id}`);
  if (!stored || stored.metadata.deletionTimestamp !== undefined || stored.type !== TYPE) return undefined;
  const entry = (key: string) => Buffer.from(stored.data?.[key] ?? '', 'base64').toString('utf8');
  if (!sameText(entry('token-secret'), secret) || entry('token-id') !== id) return undefined;
  const expiration = entry('expiration');
  // What cannot be read has expired.
  if (expiration !== '' && !((timeOf(expiration) ?? -Infinity) > nowMs)) return undefined;
  if (entry('usage-bootstrap-authentication') !== 'true') return undefined;
  const extra = entry('auth-extra-groups');
  const groups = extra === '' ? [] : extra.split(',');
  if (!groups.every((group) => EXTRA_GROUP.test(group))) return undefined;
  return {
    username: `system:bootstrap:${id}`,
    groups: [...new Set([...groups, GROUP].toSorted()), GROUP_AUTHENTICATED],
  };
}

/** Equal lengths for the comparison. */
export function sameText(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
