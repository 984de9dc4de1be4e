import { CompactSign } from 'jose';
import type { SigningToken } from './bootstrap-tokens.js';

/**
 * What proves to a joining node that `content` is of somebody who knows its token: a compact JWS (HS256, the id as key id)
 * with its payload left out. Models cluster-bootstrap jws.ComputeDetachedSignature (1.36).
 */
export async function detachedSignature(content: string, { id, secret }: SigningToken): Promise<string> {
  const signed = await new CompactSign(Buffer.from(content))
    .setProtectedHeader({ alg: 'HS256', kid: id })
    .sign(Buffer.from(secret));
  const [header, , signature] = signed.split('.');
  return `${header}..${signature}`;
}
