import { constants, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type FieldError, fieldError } from '#apimachinery';
import type { V1beta1PodCertificateRequestSpec } from '../generated/types.js';
import { readCertificateRequest, signatureFailure } from './certificate-request.js';

/** The key that a pod asks a certificate for, and the proof that it is there. Models ValidatePodCertificateRequestCreate (1.36). */

const PART_BYTES_MAX = 10 * 1024;
const RSA_BITS = [3072, 4096];
const CURVES: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  secp224r1: 'P-224',
};
const WEAK_CURVE = 'P-224';

type Spec = Partial<V1beta1PodCertificateRequestSpec>;

const bytesOf = (base64 = ''): Buffer => Buffer.from(base64, 'base64');
/** An error that does not show what was sent. */
const hidden = (field: string, why: string): FieldError => ({
  type: 'FieldValueInvalid',
  field,
  detail: `Invalid value: ${why}`,
});

/** One error at most: each check needs what the one before it found. */
export function podKeyError(spec: Spec): FieldError | undefined {
  const { pkixPublicKey = '', proofOfPossession = '', stubPKCS10Request = '' } = spec;
  for (const [name, text] of Object.entries({ stubPKCS10Request, pkixPublicKey, proofOfPossession })) {
    if (bytesOf(text).length > PART_BYTES_MAX) return fieldError.tooLong(`spec.${name}`, PART_BYTES_MAX);
  }
  if (stubPKCS10Request !== '' && pkixPublicKey === '' && proofOfPossession === '') {
    return stubError(bytesOf(stubPKCS10Request));
  }
  if (stubPKCS10Request === '' && pkixPublicKey !== '' && proofOfPossession !== '') return proofError(spec);
  return hidden('spec', 'exactly one of (stubPKCS10Request) or (pkixPublicKey, proofOfPossession) must be set');
}

function stubError(der: Buffer): FieldError | undefined {
  const at = 'spec.stubPKCS10Request';
  try {
    const request = readCertificateRequest(der);
    const key = publicKeyOf(Buffer.from(request.request.publicKey.rawData));
    if (!key) return hidden(at, 'must be a valid PKCS#10 CSR');
    const why = signatureFailure(request);
    return keyError(at, key, '') ?? (why === undefined ? undefined : hidden(at, why));
  } catch {
    return hidden(at, 'must be a valid PKCS#10 CSR');
  }
}

function proofError({ pkixPublicKey = '', proofOfPossession, podUID = '' }: Spec): FieldError | undefined {
  const at = 'spec.pkixPublicKey';
  const key = publicKeyOf(bytesOf(pkixPublicKey));
  if (!key) return fieldError.invalid(at, pkixPublicKey, 'must be a valid PKIX-serialized public key');
  const wrong = keyError(at, key, pkixPublicKey);
  if (wrong) return wrong;
  if (isSignedBy(key, podUID, bytesOf(proofOfPossession))) return undefined;
  return hidden('spec.proofOfPossession', 'could not verify proof-of-possession signature');
}

/** Of a subject's key in the form of PKIX; undefined: it is none that Go's server knows. */
export function publicKeyOf(der: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    const curve = key.asymmetricKeyDetails?.namedCurve;
    return key.asymmetricKeyType === 'ec' && !Object.hasOwn(CURVES, curve ?? '') ? undefined : key;
  } catch {
    return undefined;
  }
}

function keyError(
  at: string,
  { asymmetricKeyType, asymmetricKeyDetails }: KeyObject,
  shown: string,
): FieldError | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  switch (asymmetricKeyType) {
    case 'ed25519':
      return undefined;
    case 'ec':
      // The longest curve is fine; the text does not know it yet.
      if (CURVES[namedCurve] !== WEAK_CURVE) return undefined;
      return fieldError.invalid(at, `curve ${WEAK_CURVE}`, 'elliptic public keys must use curve P256 or P384');
    case 'rsa':
      if (RSA_BITS.includes(modulusLength)) return undefined;
      return fieldError.invalid(at, `${modulusLength}-bit modulus`, 'RSA keys must have modulus size 3072 or 4096');
    default:
      return fieldError.invalid(at, shown, 'unknown public key type; supported types are Ed25519, ECDSA, and RSA');
  }
}

function isSignedBy(key: KeyObject, text: string, signature: Buffer): boolean {
  const padding =
    key.asymmetricKeyType === 'rsa'
      ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO }
      : {};
  const digest = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  try {
    return verify(digest, Buffer.from(text), { key, dsaEncoding: 'der', ...padding }, signature);
  } catch {
    return false;
  }
}
