import { timeOf } from '#apimachinery';
import type { Secret } from '#kinds';

export const TOKENS_NAMESPACE = 'kube-system';
export const TOKEN_TYPE = 'bootstrap.kubernetes.io/token';
const NAME = /^bootstrap-token-([a-z0-9]{6})$/;

/** The token that a Secret of this name holds; undefined: such a Secret holds none. */
export function tokenIdOf(secretName: string): string | undefined {
  return NAME.exec(secretName)?.[1];
}

/** When the token ends: undefined for never; what cannot be read has ended. Models secrets.GetExpiration (1.36). */
export function expiryMsOf(secret: Secret): number | undefined {
  const text = entryOf(secret, 'expiration');
  return text === '' ? undefined : (timeOf(text) ?? -Infinity);
}

export interface SigningToken {
  readonly id: string;
  readonly secret: string;
}

/** The token by which the Secret lets cluster-info be signed, if it does. Models bootstrap validateSecretForSigning (1.36). */
export function signingTokenOf(secret: Secret, nowMs: number): SigningToken | undefined {
  const id = tokenIdOf(secret.metadata.name ?? '');
  const value = entryOf(secret, 'token-secret');
  if (id === undefined || entryOf(secret, 'token-id') !== id || value === '') return undefined;
  if ((expiryMsOf(secret) ?? Infinity) <= nowMs) return undefined;
  return entryOf(secret, 'usage-bootstrap-signing') === 'true' ? { id, secret: value } : undefined;
}

function entryOf({ data = {} }: Secret, key: string): string {
  return Object.hasOwn(data, key) ? Buffer.from(data[key]!, 'base64').toString('utf8') : '';
}
