import type { IncomingHttpHeaders } from 'node:http';

/** Browsers cannot set headers of a WebSocket; they send their token among the subprotocols. */
const PROTOCOL_PREFIX = 'base64url.bearer.authorization.k8s.io.';
/** What no cluster issues: such credentials were brought, and are not valid. */
const MALFORMED = '\0';

/** The token that came with a request, unverified. */
export function bearerTokenOf(headers: IncomingHttpHeaders): string | undefined {
  return headerTokenOf(headers.authorization) ?? protocolTokenOf(headers);
}

/**
 * The token of `Authorization: Bearer …`; other schemes are none of ours. Models bearertoken (1.36): what follows the token is
 * ignored, and so is a token with more than a blank before it. Differs: no warning tells of the latter.
 */
function headerTokenOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [scheme = '', token = ''] = header.trim().split(' ', 2);
  return token !== '' && scheme.toLowerCase() === 'bearer' ? token : undefined;
}

/** Models the websocket ProtocolAuthenticator (1.36): one such protocol, in base64url, beside another. */
function protocolTokenOf(headers: IncomingHttpHeaders): string | undefined {
  const list = headers['sec-websocket-protocol'];
  if (list === undefined || !list.includes(PROTOCOL_PREFIX) || !isWebSocket(headers)) return undefined;
  const protocols = list.split(',').map((one) => one.trim());
  const tokens = protocols.filter((one) => one.startsWith(PROTOCOL_PREFIX));
  if (tokens.length !== 1 || protocols.length === 1) return MALFORMED;
  const encoded = tokens[0]!.slice(PROTOCOL_PREFIX.length);
  if (!/^[\w-]+$/.test(encoded)) return MALFORMED;
  return Buffer.from(encoded, 'base64url').toString('utf8');
}

function isWebSocket({ connection = '', upgrade = '' }: IncomingHttpHeaders): boolean {
  return /\bupgrade\b/i.test(connection) && upgrade.toLowerCase() === 'websocket';
}
