// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, Pkcs10CertificateRequestGenerator, X509CertificateGenerator } from '@peculiar/x509';

/** Keys and certificates for this folder's specs. */

const EC = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface SpecKeys {
  readonly privateKey: KeyObject;
  /** In the form of PKIX. */
  readonly publicDer: Buffer;
}

export function newKeys(curve = 'P-256'): SpecKeys {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return { privateKey, publicDer: publicKey.export({ type: 'spki', format: 'der' }) };
}

async function webKeys({ privateKey, publicDer }: SpecKeys): Promise<webcrypto.CryptoKeyPair> {
  const { subtle } = webcrypto;
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' });
  return {
    privateKey: await subtle.importKey('pkcs8', pkcs8, EC, true, ['sign']),
    publicKey: await subtle.importKey('spki', publicDer, EC, true, ['verify']),
  };
}

export async function aCertificate(
  keys: SpecKeys,
  { ca = false, startMs = 0, hours = 24 }: { ca?: boolean; startMs?: number; hours?: number } = {},
): Promise<string> {
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=spec',
      keys: await webKeys(keys),
      notBefore: new Date(startMs),
      notAfter: new Date(startMs + hours * 3_600_000),
      signingAlgorithm: EC,
      extensions: [new BasicConstraintsExtension(ca)],
    },
    webcrypto,
  );
  return `${certificate.toString('pem')}\n`;
}

/** DER in base64, as spec.stubPKCS10Request has it. */
export async function aStubRequest(keys: SpecKeys): Promise<string> {
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: '', keys: await webKeys(keys), signingAlgorithm: EC },
    webcrypto,
  );
  return Buffer.from(request.rawData).toString('base64');
}
