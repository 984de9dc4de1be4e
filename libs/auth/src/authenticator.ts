import { createHash, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { StatusError } from '#apimachinery';
import { CertificateAuthenticator } from './certificates/certificate-authenticator.js';
import type { Authenticator, Authorizer, Credentials } from './credentials.js';
import { Impersonation } from './impersonation/impersonation.js';
import { ADMIN, type SandboxCredentials } from './sandbox-credentials.js';
import { isBootstrapToken, openBootstrapToken } from './tokens/bootstrap-tokens.js';
import { isOfSecret, openSecretToken, type TokenUsed } from './tokens/secret-tokens.js';
import { ServiceAccountKey } from './tokens/service-account-key.js';
import {
  API_AUDIENCES,
  type ClusterReads,
  NOT_A_TOKEN,
  openToken,
  type TokenAnswer,
} from './tokens/service-account-tokens.js';
import type { RequestAttributes, UserInfo } from './user.js';

export interface AuthenticatorParts {
  readonly credentials: SandboxCredentials;
  /** Service account tokens live on the sandbox's clock. */
  readonly clock: { nowMs(): number };
  /** Certificates and the admin's token on real time: a clock that was moved must not lock anybody out. */
  readonly realClock: { nowMs(): number };
  readonly reads: ClusterReads;
  readonly authorizer: Authorizer;
  /** Told at most once a day of a Secret. */
  readonly secretTokenUsed?: TokenUsed;
}

/** An authenticator that can also be asked about a bare token, as TokenReview does. */
export interface SandboxAuthenticator extends Authenticator {
  /** Refused when not valid, or for none of `audiences` (default: the API server's own). */
  reviewToken(token: string, audiences?: readonly string[]): Promise<TokenAnswer>;
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
  private impersonation: Impersonation | undefined;
  /** By uid of the Secret, the day that was told of. */
  private secretsUsed: LRUCache<string, string> | undefined;

  constructor(private readonly parts: AuthenticatorParts) {
    this.certificates = new CertificateAuthenticator(parts.credentials.caCertificate);
    this.adminTokenHash = hashOf(parts.credentials.adminToken);
  }

  /** Read when first needed: waking a sandbox for its admin does not need it. */
  get serviceAccountKey(): ServiceAccountKey {
    return (this.madeKey ??= new ServiceAccountKey(this.parts.credentials.serviceAccountPrivateKey));
  }

  async authenticate({ certificate, bearerToken }: Credentials): Promise<UserInfo | undefined> {
    let user: UserInfo | undefined;
    if (certificate) user = this.certificates.userOf(certificate, this.parts.realClock.nowMs());
    if (!user && bearerToken) {
      const answer = await this.reviewToken(bearerToken);
      if ('user' in answer) user = answer.user;
    }
    if (!user && (certificate || bearerToken)) throw StatusError.unauthorized();
    return user;
  }

  impersonate(requester: UserInfo, wish: UserInfo, request: RequestAttributes): Promise<UserInfo> {
    this.impersonation ??= new Impersonation(this.parts.authorizer);
    return this.impersonation.actingAs(requester, wish, request);
  }

  /** The public half of what signs tokens, as JSON Web Keys. */
  tokenKeys(): readonly object[] {
    return [this.serviceAccountKey.jwk()];
  }

  async reviewToken(token: string, audiences: readonly string[] = API_AUDIENCES): Promise<TokenAnswer> {
    const hash = hashOf(token);
    const answer = await this.openAny(token, hash, audiences);
    if (!('user' in answer) || answer.user === ADMIN) return answer;
    // The same object for the same token: the authorizer remembers by identity.
    const key = hash.toString('base64');
    this.tokenUsers ??= new LRUCache<string, UserInfo>({ max: TOKEN_USERS_MAX });
    const known = this.tokenUsers.get(key);
    if (known && sameUser(known, answer.user)) return { ...answer, user: known };
    this.tokenUsers.set(key, answer.user);
    return answer;
  }

  private async openAny(token: string, hash: Buffer, audiences: readonly string[]): Promise<TokenAnswer> {
    const { clock, reads } = this.parts;
    // Tokens that say nothing of audiences are for the API server.
    const own = audiences.filter((audience) => API_AUDIENCES.includes(audience));
    if (timingSafeEqual(hash, this.adminTokenHash))
      return own.length > 0 ? { user: ADMIN, audiences: own } : NOT_A_TOKEN;
    if (isBootstrapToken(token)) {
      const user = own.length > 0 ? await openBootstrapToken(token, clock.nowMs(), reads) : undefined;
      return user ? { user, audiences: own } : NOT_A_TOKEN;
    }
    const claims = this.serviceAccountKey.open(token);
    if (!claims) return NOT_A_TOKEN;
    if (!isOfSecret(claims)) return openToken(claims, clock.nowMs(), reads, audiences);
    if (own.length === 0) return NOT_A_TOKEN;
    return openSecretToken(token, claims, { reads, nowMs: clock.nowMs(), used: this.secretUsed }, own);
  }

  /** What could not be written then is tried again tomorrow. */
  private readonly secretUsed: TokenUsed = (secret, day) => {
    const { secretTokenUsed } = this.parts;
    if (!secretTokenUsed) return;
    this.secretsUsed ??= new LRUCache<string, string>({ max: TOKEN_USERS_MAX });
    const uid = secret.metadata.uid!;
    if (this.secretsUsed.get(uid) === day) return;
    this.secretsUsed.set(uid, day);
    secretTokenUsed(secret, day);
  };
}

/** A bootstrap token's groups may change while it stays the same text. */
function sameUser(a: UserInfo, b: UserInfo): boolean {
  return a.username === b.username && a.uid === b.uid && a.groups.join() === b.groups.join();
}

/** Equal lengths for the comparison, and nothing of the token in caches. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
