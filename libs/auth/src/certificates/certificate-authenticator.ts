// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import type { UserInfo } from '../user.js';
import { GROUP_AUTHENTICATED } from '../user.js';

const CLIENT_AUTH_OID = '1.3.6.1.5.5.7.3.2';
/** The attribute of a subject that holds a user's uid, and how it stands in a certificate. */
const UID_OID = '1.3.6.1.4.1.57683.2';
const UID_BYTES = Buffer.from('2b0601040183c25302', 'hex');

interface Verified {
  /** undefined: not of this authority, not for clients, or without a name. */
  readonly user: UserInfo | undefined;
  readonly validFromMs: number;
  readonly validToMs: number;
}

/**
 * Users by client certificate: CN is the name, each O a group, one attribute the uid. Models the x509 request authenticator (1.36). Signatures
 * are checked once per certificate object; the dates at every question.
 */
export class CertificateAuthenticator {
  private readonly ca: X509Certificate;
  private readonly verified = new WeakMap<X509Certificate, Verified>();

  /** `caCertificate` is PEM. */
  constructor(caCertificate: string) {
    this.ca = new X509Certificate(caCertificate);
  }

  /** undefined: it proves nothing here, now. */
  userOf(certificate: X509Certificate, nowMs: number): UserInfo | undefined {
    let verified = this.verified.get(certificate);
    if (!verified) {
      verified = this.verify(certificate);
      this.verified.set(certificate, verified);
    }
    return nowMs >= verified.validFromMs && nowMs < verified.validToMs ? verified.user : undefined;
  }

  private verify(certificate: X509Certificate): Verified {
    const validFromMs = Date.parse(certificate.validFrom);
    const validToMs = Date.parse(certificate.validTo);
    return { user: this.signedUser(certificate), validFromMs, validToMs };
  }

  private signedUser(certificate: X509Certificate): UserInfo | undefined {
    if (certificate.ca || !certificate.checkIssued(this.ca) || !certificate.verify(this.ca.publicKey)) return undefined;
    const usages: readonly string[] = certificate.keyUsage ?? [];
    if (!usages.includes(CLIENT_AUTH_OID)) return undefined;
    const { CN, O } = certificate.toLegacyObject().subject as { CN?: string | string[]; O?: string | string[] };
    // As Go reads it: of several common names the last one counts.
    const username = listOf(CN).at(-1);
    const uids = uidsOf(certificate);
    if (!username || uids.length > 1 || uids[0] === '') return undefined;
    return {
      username,
      ...(uids[0] === undefined ? {} : { uid: uids[0] }),
      groups: [...listOf(O), GROUP_AUTHENTICATED],
      extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${fingerprintOf(certificate)}`] },
    };
  }
}

/** Node leaves out attributes that it has no name for; few certificates have this one, and only they are parsed again. */
function uidsOf({ raw }: X509Certificate): string[] {
  return raw.includes(UID_BYTES) ? new ParsedCertificate(new Uint8Array(raw)).subjectName.getField(UID_OID) : [];
}

function fingerprintOf(certificate: X509Certificate): string {
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

function listOf(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
