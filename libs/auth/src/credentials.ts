import type { X509Certificate } from 'node:crypto';
import type { RequestAttributes, UserInfo } from './user.js';

/** What a connection or request brought, unverified. */
export interface Credentials {
  /** The peer's TLS certificate, if it sent one. */
  readonly certificate?: X509Certificate;
  readonly bearerToken?: string;
}

/** One cluster's: another's credentials are as good as none. */
export interface Authenticator {
  /**
   * The user; `undefined` when no credentials were brought (the caller makes that anonymous).
   * Fails with 401 when some were brought and none is valid here. A certificate of a foreign CA counts as invalid.
   */
  authenticate(credentials: Credentials): Promise<UserInfo | undefined>;
  /**
   * Whom `requester` acts as when it wishes to (Impersonate-User, -Group, -Uid, -Extra-*: names lower-cased) in `request`.
   * Fails with 403 when it may not.
   */
  impersonate(requester: UserInfo, wish: UserInfo, request: RequestAttributes): Promise<UserInfo>;
  /** The keys that tokens of this cluster are verified by, as JSON Web Keys. Absent: it issues none. */
  tokenKeys?(): readonly object[];
}

export type Decision =
  { readonly allowed: true; readonly reason: string } | { readonly allowed: false; readonly reason: string };

export interface Authorizer {
  authorize(user: UserInfo, attributes: RequestAttributes): Promise<Decision>;
}
