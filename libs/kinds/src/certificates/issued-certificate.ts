// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509Certificate } from '@peculiar/x509';

/** What an issued certificate says of itself. */
export interface IssuedCertificate {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly dnsNames: readonly string[];
  readonly emailAddresses: readonly string[];
  /** In the form of PKIX. */
  readonly publicKey: Buffer;
}

/** undefined: it is no certificate. */
export function readCertificate(der: Buffer): IssuedCertificate | undefined {
  try {
    const certificate = new X509Certificate(new Uint8Array(der));
    const names =
      certificate.extensions.find((one) => one instanceof SubjectAlternativeNameExtension)?.names.items ?? [];
    const of = (kind: string) => names.filter(({ type }) => type === kind).map(({ value }) => value);
    return {
      notBeforeMs: certificate.notBefore.getTime(),
      notAfterMs: certificate.notAfter.getTime(),
      dnsNames: of('dns'),
      emailAddresses: of('email'),
      publicKey: Buffer.from(certificate.publicKey.rawData),
    };
  } catch {
    return undefined;
  }
}
