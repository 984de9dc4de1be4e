import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { StatusError } from '#apimachinery';
import { CertificateAuthenticator } from './certificates/certificate-authenticator.js';
import type { Authenticator, Authorizer, Credentials } from './credentials.js';
import { impersonate } from './impersonation.js';
import { ADMIN, type SandboxCredentials } from './sandbox-credentials.js';
import { ServiceAccountKey } from './tokens/service-account-key.js';
import { type ClusterReads, openToken, type TokenUser } from './tokens/service-account-tokens.js';
import { ANONYMOUS, type UserInfo } from './user.js';

export interface AuthenticatorParts {
  readonly credentials: SandboxCredentials;
  /** Service account tokens live on the sandbox's clock. */
  readonly clock: { nowMs(): number };
  /** Certificates and the admin's token on real time: a clock that was moved must not lock anybody out. */
  readonly realClock: { nowMs(): number };
  readonly reads: ClusterReads;
  readonly authorizer: Authorizer;
}

/** An authenticator that can also be asked about a bare token, as TokenReview does. */
export interface SandboxAuthenticator extends Authenticator {
  /** undefined: not valid, or for none of `audiences` (default: the API server's own). */
  reviewToken(token: string, audiences?: readonly string[]): Promise<TokenUser | undefined>;
  readonly serviceAccountKey: ServiceAccountKey;
}

/** How many users of tokens keep their identity, and with it what the authorizer remembers of them. */
const TOKEN_USERS_MAX = 500;

export function createAuthenticator(parts: AuthenticatorParts): SandboxAuthenticator {
  return new ByCredentials(parts);
}

class ByCredentials implements SandboxAuthenticator {
  private madeKey: ServiceAccountKey | undefined;
  private readonly certificates: CertificateAuthenticator;
  private readonly adminTokenHash: Buffer;
  /** Made with the first token: most sandboxes are used by certificate only. */
  private tokenUsers: LRUCache<string, UserInfo> | undefined;

  constructor(private readonly parts: AuthenticatorParts) {
    this.certificates = new CertificateAuthenticator(parts.credentials.caCertificate);
    this.adminTokenHash = hashOf(parts.credentials.adminToken);
  }

  /** Read when first needed: waking a sandbox for its admin does not need it. */
  get serviceAccountKey(): ServiceAccountKey {
    return (this.madeKey ??= new ServiceAccountKey(this.parts.credentials.serviceAccountPrivateKey));
  }

  async authenticate({ certificate, bearerToken, impersonate: wish }: Credentials): Promise<UserInfo | undefined> {
    let user: UserInfo | undefined;
    if (certificate) user = this.certificates.userOf(certificate, this.parts.realClock.nowMs());
    if (!user && bearerToken) user = (await this.reviewToken(bearerToken))?.user;
    if (!user && (certificate || bearerToken)) throw StatusError.unauthorized();
    if (!wish) return user;
    return impersonate(this.parts.authorizer, user ?? ANONYMOUS, wish);
  }

  async reviewToken(token: string, audiences?: readonly string[]): Promise<TokenUser | undefined> {
    const hash = hashOf(token);
    if (timingSafeEqual(hash, this.adminTokenHash)) return { user: ADMIN, audiences: audiences ?? [] };
    const { clock, reads } = this.parts;
    const found = await openToken(this.serviceAccountKey, token, clock.nowMs(), reads, audiences);
    if (!found) return undefined;
    // The same object for the same token: the authorizer remembers by identity.
    const key = hash.toString('base64');
    this.tokenUsers ??= new LRUCache<string, UserInfo>({ max: TOKEN_USERS_MAX });
    const known = this.tokenUsers.get(key);
    if (known) return { ...found, user: known };
    this.tokenUsers.set(key, found.user);
    return found;
  }
}

/** Equal lengths for the comparison, and nothing of the token in caches. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
