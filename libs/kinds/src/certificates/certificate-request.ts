// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { constants, createPublicKey, verify } from 'node:crypto';
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from '@peculiar/x509';

/** What a PKCS #10 request asks to be certified. */
export interface CertificateRequest {
  /** '' when the subject has none; of several the last one, as Go reads it. */
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly string[];
  readonly emailAddresses: readonly string[];
  readonly uris: readonly string[];
  /** For who signs it. */
  readonly request: Pkcs10CertificateRequest;
}

const BLOCK = /-----BEGIN ([^-]+)-----\s+([A-Za-z0-9+/=\s]*)-----END \1-----/;
const ASN1_ERROR = 'asn1: structure error: not a certificate request';

/** Of the text in spec.request: base64 around PEM. Fails with an Error whose message is upstream's where that can be known. */
export function parseCertificateRequest(base64: string): CertificateRequest {
  const [, type, body] = BLOCK.exec(Buffer.from(base64, 'base64').toString('latin1')) ?? [];
  if (type !== 'CERTIFICATE REQUEST') throw new Error('PEM block type must be CERTIFICATE REQUEST');
  return readCertificateRequest(Buffer.from(body!, 'base64'));
}

/** The same of the bytes themselves. */
export function readCertificateRequest(der: Buffer): CertificateRequest {
  try {
    const request = new Pkcs10CertificateRequest(new Uint8Array(der));
    const names = request.extensions.find((one) => one instanceof SubjectAlternativeNameExtension)?.names.items ?? [];
    const of = (kind: string) => names.filter(({ type: is }) => is === kind).map(({ value }) => value);
    return {
      commonName: request.subjectName.getField('CN').at(-1) ?? '',
      organizations: request.subjectName.getField('O'),
      dnsNames: of('dns'),
      ipAddresses: of('ip'),
      emailAddresses: of('email'),
      uris: of('url'),
      request,
    };
  } catch {
    throw new Error(ASN1_ERROR);
  }
}

const FAILURES: Readonly<Record<string, string>> = {
  rsa: 'crypto/rsa: verification error',
  ec: 'x509: ECDSA verification failure',
  ed25519: 'x509: Ed25519 verification failure',
};
/** As Go's crypto/rsa. */
const RSA_BITS_MIN = 1024;
const RSA_BITS_WHY = 'https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size';
const HASHES: ReadonlyMap<string, string> = new Map([
  ['SHA-1', 'sha1'],
  ['SHA-256', 'sha256'],
  ['SHA-384', 'sha384'],
  ['SHA-512', 'sha512'],
]);

/** Whether whoever made the request holds its key: a message why not, or undefined. Models CheckSignature (1.36). */
export function signatureFailure({ request }: CertificateRequest): string | undefined {
  try {
    const key = createPublicKey({ key: Buffer.from(request.publicKey.rawData), format: 'der', type: 'spki' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? RSA_BITS_MIN;
    if (bits < RSA_BITS_MIN) return `crypto/rsa: ${bits}-bit keys are insecure (see ${RSA_BITS_WHY})`;
    const { name, hash } = request.signatureAlgorithm as { name: string; hash?: { name: string } };
    const digest = hash === undefined ? null : HASHES.get(hash.name);
    if (digest === undefined) return 'x509: cannot verify signature: algorithm unimplemented';
    const padding = name === 'RSA-PSS' ? { padding: constants.RSA_PKCS1_PSS_PADDING } : {};
    const signed = signedPart(Buffer.from(request.rawData));
    const good = verify(digest, signed, { key, dsaEncoding: 'der', ...padding }, Buffer.from(request.signature));
    return good ? undefined : (FAILURES[key.asymmetricKeyType ?? ''] ?? 'x509: signature verification failure');
  } catch {
    return 'x509: cannot verify signature: algorithm unimplemented';
  }
}

/** The first element inside the outer sequence, header included: that is what was signed. */
function signedPart(der: Buffer): Buffer {
  const outer = headerOf(der, 0);
  const inner = headerOf(der, outer.contentAt);
  return der.subarray(outer.contentAt, inner.contentAt + inner.length);
}

function headerOf(der: Buffer, at: number): { contentAt: number; length: number } {
  const first = der.readUInt8(at + 1);
  if (first < 0x80) return { contentAt: at + 2, length: first };
  const bytes = first & 0x7f;
  return { contentAt: at + 2 + bytes, length: der.readUIntBE(at + 2, bytes) };
}
