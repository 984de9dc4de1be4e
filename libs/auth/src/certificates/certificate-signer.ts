import { X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from '@peculiar/x509';
import { entropy } from '#base';
import { parseCertificateRequest } from '#kinds';
import { type CertifiedKey, signedBy } from './certificates.js';

const SECOND_MS = 1000;
/** As kube-controller-manager's --cluster-signing-duration. */
const TTL_MS_MAX = 365 * 24 * 60 * 60 * SECOND_MS;
const TTL_MS_MIN = 10 * 60 * SECOND_MS;
/** Clocks of who checks may be a little behind. */
const BACKDATE_MS = 5 * 60 * SECOND_MS;
/** Below that the end is not moved with the beginning. */
const SHORT_MS = 8 * 60 * 60 * SECOND_MS;

const KEY_USAGES: ReadonlyMap<string, KeyUsageFlags> = new Map([
  ['signing', KeyUsageFlags.digitalSignature],
  ['digital signature', KeyUsageFlags.digitalSignature],
  ['content commitment', KeyUsageFlags.nonRepudiation],
  ['key encipherment', KeyUsageFlags.keyEncipherment],
  ['key agreement', KeyUsageFlags.keyAgreement],
  ['data encipherment', KeyUsageFlags.dataEncipherment],
  ['cert sign', KeyUsageFlags.keyCertSign],
  ['crl sign', KeyUsageFlags.cRLSign],
  ['encipher only', KeyUsageFlags.encipherOnly],
  ['decipher only', KeyUsageFlags.decipherOnly],
]);

const EXTENDED_USAGES: ReadonlyMap<string, string> = new Map([
  ['any', '2.5.29.37.0'],
  ['server auth', ExtendedKeyUsage.serverAuth],
  ['client auth', ExtendedKeyUsage.clientAuth],
  ['code signing', ExtendedKeyUsage.codeSigning],
  ['email protection', ExtendedKeyUsage.emailProtection],
  ['s/mime', ExtendedKeyUsage.emailProtection],
  ['ipsec end system', '1.3.6.1.5.5.7.3.5'],
  ['ipsec tunnel', '1.3.6.1.5.5.7.3.6'],
  ['ipsec user', '1.3.6.1.5.5.7.3.7'],
  ['timestamping', ExtendedKeyUsage.timeStamping],
  ['ocsp signing', ExtendedKeyUsage.ocspSigning],
  ['microsoft sgc', '1.3.6.1.4.1.311.10.3.3'],
  ['netscape sgc', '2.16.840.1.113730.4.1'],
]);

/** Signs what a CertificateSigningRequest asks for; the key stays inside. */
export interface CertificateSigner {
  /** Under whose name; PEM. */
  readonly authority: string;
  /** `request` as in spec.request; the answer as in status.certificate (base64 around PEM). */
  sign(request: string, usages: readonly string[], expirationSeconds: number | undefined): Promise<string>;
  /** Of a certificate as in status.certificate. */
  isExpired(certificate: string): boolean;
}

/**
 * Models the permissive policy of pkg/controller/certificates/authority (1.36). On real time, as what it signs is checked:
 * a sandbox's clock that was moved must not make certificates that nobody accepts.
 */
export function certificateSigner(ca: CertifiedKey, clock: { nowMs(): number }): CertificateSigner {
  return {
    authority: ca.certificate,
    async sign(base64, usages, expirationSeconds) {
      const { request } = parseCertificateRequest(base64);
      const nowMs = clock.nowMs();
      const ttlMs = ttlOf(expirationSeconds);
      const fromMs = nowMs - BACKDATE_MS;
      const caUntilMs = Date.parse(new X509Certificate(ca.certificate).validTo);
      const untilMs = Math.min((ttlMs < SHORT_MS ? nowMs : fromMs) + ttlMs, caUntilMs);
      const names = request.extensions.filter((one) => one instanceof SubjectAlternativeNameExtension);
      const certificate = await signedBy(ca, {
        // Positive, whatever the first random byte is.
        serialNumber: `01${entropy(15)}`,
        subject: request.subjectName,
        notBefore: new Date(fromMs),
        notAfter: new Date(untilMs),
        signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
        publicKey: request.publicKey,
        extensions: [...extensionsOf(usages), ...names],
      });
      return Buffer.from(`${certificate.toString('pem').trimEnd()}\n`).toString('base64');
    },
    isExpired: (certificate) =>
      clock.nowMs() > Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo),
  };
}

function ttlOf(expirationSeconds: number | undefined): number {
  if (expirationSeconds === undefined) return TTL_MS_MAX;
  return Math.min(Math.max(expirationSeconds * SECOND_MS, TTL_MS_MIN), TTL_MS_MAX);
}

function extensionsOf(usages: readonly string[]): Extension[] {
  const flags = usages.reduce((all, usage) => all | (KEY_USAGES.get(usage) ?? 0), 0);
  const extended = [...new Set(usages.flatMap((usage) => EXTENDED_USAGES.get(usage) ?? []))];
  return [
    ...(flags === 0 ? [] : [new KeyUsagesExtension(flags, true)]),
    ...(extended.length === 0 ? [] : [new ExtendedKeyUsageExtension(extended)]),
    new BasicConstraintsExtension(false, undefined, true),
  ];
}
