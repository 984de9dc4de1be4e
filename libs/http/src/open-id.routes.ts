import { ISSUER } from '#auth';
import { sendBody } from './answer.js';
import type { Exchange } from './exchange.js';

/** Keys never change while a sandbox lives; clients ask again after an hour all the same, as upstream tells them. */
const CACHED = { 'cache-control': 'public, max-age=3600' };

/** What there is of OpenID Connect: enough to verify a service account's token without asking the API server. */
export const OPEN_ID_PATHS: readonly string[] = ['/.well-known/openid-configuration', '/openid/v1/jwks'];

/** undefined: another path. Models pkg/routes/openidmetadata (1.36); `serverAddress` is host:port. */
export function openIdServer(x: Exchange, serverAddress: string): (() => Promise<void>) | undefined {
  const keys = x.cluster.authenticator.tokenKeys?.();
  if (!keys) return undefined;
  // As upstream's router: a slash at the end is none.
  const path = x.path.endsWith('/') ? x.path.slice(0, -1) : x.path;
  if (path === OPEN_ID_PATHS[0]) {
    const document = {
      issuer: ISSUER,
      jwks_uri: `https://${serverAddress}${x.base}${OPEN_ID_PATHS[1]}`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['ES256'],
    };
    return () => sendBody(x, 200, JSON.stringify(document), 'application/json', CACHED);
  }
  if (path !== OPEN_ID_PATHS[1]) return undefined;
  return () => sendBody(x, 200, JSON.stringify({ keys }), 'application/jwk-set+json', CACHED);
}
