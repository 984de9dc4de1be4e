import type { X509Certificate } from 'node:crypto';
import type { Http2ServerRequest, Http2Session } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { ANONYMOUS, type Credentials, forbidden, type RequestAttributes, type UserInfo } from '#auth';
import { annotateDecision, type ServedCluster } from '#registry';
import { bearerTokenOf } from './bearer-token.js';
import type { Exchange, RawRequest } from './exchange.js';
import { impersonationOf } from './impersonation-headers.js';
import type { Query } from './query.js';

/** A connection's certificate never changes, and asking OpenSSL for it is dear: asked once. */
const certificates = new WeakMap<object, X509Certificate | null>();

function certificateOf(request: RawRequest): X509Certificate | undefined {
  const session: Http2Session | undefined = (request as Http2ServerRequest).stream?.session;
  const connection: object = session ?? request.socket;
  let certificate = certificates.get(connection);
  if (certificate === undefined) {
    const socket = (session ? session.socket : request.socket) as Partial<TLSSocket>;
    certificate = socket.getPeerX509Certificate?.() ?? null;
    certificates.set(connection, certificate);
  }
  return certificate ?? undefined;
}

/** Headers are few and looked at by name; only a request that impersonates pays for reading them all. */
function impersonates(request: RawRequest): boolean {
  for (const name in request.headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

/** Credentials as they came, unverified. On the plain listener there is no TLS, hence no certificate. */
export function credentialsOf(request: RawRequest): Credentials {
  const certificate = certificateOf(request);
  const bearerToken = bearerTokenOf(request.headers);
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(bearerToken === undefined ? {} : { bearerToken }),
  };
}

/**
 * Who asks, which may be whom the bearer of the credentials acts as. Fails with 401 for credentials that are not this
 * cluster's; none at all makes anonymous. `about`: what the request is, asked for only by who acts as somebody else.
 */
export async function userOf(
  request: RawRequest,
  { authenticator }: ServedCluster,
  about: () => RequestAttributes,
): Promise<UserInfo> {
  const bearer = (await authenticator.authenticate(credentialsOf(request))) ?? ANONYMOUS;
  const wish = impersonates(request) ? impersonationOf(request.rawHeaders) : undefined;
  return wish ? authenticator.impersonate(bearer, wish, about()) : bearer;
}

/** Of a request whose credentials nobody knows: which they were, never what. Models getAuthMethods (1.36). */
export function attemptOf(request: RawRequest, query: Query): string {
  const header = (request.headers.authorization ?? '').trim();
  const attempted = [
    isBasic(header) ? 'basic' : undefined,
    /^bearer +/i.test(header) ? 'bearer' : undefined,
    query.text('access_token')?.trim() ? 'access_token' : undefined,
    certificateOf(request) ? 'x509' : undefined,
  ].filter((method) => method !== undefined);
  if (attempted.length === 0) return 'Authentication failed, no credentials provided';
  return `Authentication failed, attempted: ${attempted.join(', ')}`;
}

/** A name and a password, as Go's Request.BasicAuth has it. */
function isBasic(header: string): boolean {
  return /^basic /i.test(header) && Buffer.from(header.slice(6), 'base64').includes(':');
}

/** For what the verbs do not authorize themselves: paths, and resources that do not exist. Fails with 403. */
export async function authorize(x: Exchange, attributes: RequestAttributes): Promise<void> {
  const decision = await x.cluster.authorizer.authorize(x.user, attributes);
  if (x.audit) annotateDecision(x.audit, decision);
  if (!decision.allowed) throw forbidden(x.user, attributes, decision.reason);
}
