import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';

const COMPACT = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

/** A sandbox's key for service account tokens: ES256, since one signature a token must not cost a millisecond. */
export class ServiceAccountKey {
  /** Names the key in a token's header: base64url of SHA-256 over the public key, as upstream does. */
  readonly id: string;
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;

  /** `pem`: PKCS #8. */
  constructor(pem: string) {
    this.privateKey = createPrivateKey(pem);
    this.publicKey = createPublicKey(this.privateKey);
    this.id = createHash('sha256')
      .update(this.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64url');
  }

  static generate(): string {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** The public key as a JSON Web Key, for /openid/v1/jwks. */
  jwk(): Record<string, unknown> {
    return { ...this.publicKey.export({ format: 'jwk' }), use: 'sig', kid: this.id, alg: 'ES256' };
  }

  sign(claims: object): string {
    const signed = `${part({ alg: 'ES256', kid: this.id })}.${part(claims)}`;
    const signature = sign('sha256', Buffer.from(signed), { key: this.privateKey, dsaEncoding: 'ieee-p1363' });
    return `${signed}.${signature.toString('base64url')}`;
  }

  /** The claims of a token that this very key signed; undefined for anything else. Dates are the caller's question. */
  open(token: string): Record<string, unknown> | undefined {
    // Node's decoder skips what is no base64; such a text is another token, and none of ours.
    const [, header = '', claims = '', signature = ''] = COMPACT.exec(token) ?? [];
    if (signature === '') return undefined;
    const head = parsed(header);
    // The algorithm is ours, whatever the token says; one that says otherwise is none of ours.
    if (head?.['alg'] !== 'ES256' || head['kid'] !== this.id) return undefined;
    const good = verify(
      'sha256',
      Buffer.from(`${header}.${claims}`),
      { key: this.publicKey, dsaEncoding: 'ieee-p1363' },
      Buffer.from(signature, 'base64url'),
    );
    return good ? parsed(claims) : undefined;
  }
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
