// The library below registers its algorithms through decorators and needs this first.
import 'reflect-metadata';
import { isIP } from 'node:net';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  type Extension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { entropy } from '#base';

/** A certificate and the private key that belongs to it, both PEM (PKCS #8). The key is a secret. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** P-256 makes a key in a fraction of a millisecond; RSA would need most of the time a sandbox may take to be made. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
/** As kubeadm's authorities. Leaves live as long: a sandbox whose clock jumps a year must not lock its owner out. */
const VALID_DAYS = 3650;
/** Clocks of clients may be a little behind. */
const SKEW_MS = 60 * 60 * 1000;

interface Wish {
  readonly subject: JsonName;
  readonly nowMs: number;
  readonly extensions: Extension[];
  /** Who signs; absent: itself. */
  readonly ca?: CertifiedKey;
}

/** A self-signed authority. `nowMs` is when it begins (epoch ms). */
export async function createCa(commonName: string, nowMs: number): Promise<CertifiedKey> {
  return certify({
    subject: [{ CN: [commonName] }],
    nowMs,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(
        KeyUsageFlags.keyCertSign | KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment,
        true,
      ),
    ],
  });
}

/** The authority that signs the front door's certificate, shared by all sandboxes of a server. */
export function createServerCa(nowMs: number): Promise<CertifiedKey> {
  return createCa('sandkube-server-ca', nowMs);
}

/** What the front door shows. `hosts`: DNS names and IP addresses, at least one. */
export async function createServerCertificate(
  ca: CertifiedKey,
  hosts: readonly string[],
  nowMs: number,
): Promise<CertifiedKey> {
  const names = hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host }));
  return certify({
    subject: [{ CN: ['sandkube'] }],
    nowMs,
    ca,
    extensions: [...leaf(ExtendedKeyUsage.serverAuth), new SubjectAlternativeNameExtension(names)],
  });
}

/** Proves that its holder is `username` in `groups` wherever `ca` is trusted. */
export async function createClientCertificate(
  ca: CertifiedKey,
  { username, groups }: { username: string; groups: readonly string[] },
  nowMs: number,
): Promise<CertifiedKey> {
  const subject: JsonName = [...groups.map((group) => ({ O: [group] })), { CN: [username] }];
  return certify({ subject, nowMs, ca, extensions: leaf(ExtendedKeyUsage.clientAuth) });
}

function leaf(usage: ExtendedKeyUsage): Extension[] {
  return [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment, true),
    new ExtendedKeyUsageExtension([usage]),
  ];
}

async function certify({ subject, nowMs, ca, extensions }: Wish): Promise<CertifiedKey> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const params = {
    serialNumber: `01${entropy(15)}`,
    subject,
    notBefore: new Date(nowMs - SKEW_MS),
    notAfter: new Date(nowMs + VALID_DAYS * DAY_MS),
    signingAlgorithm: SIGNING,
    publicKey: keys.publicKey,
    extensions: [...extensions, await SubjectKeyIdentifierExtension.create(keys.publicKey)],
  };
  const certificate = ca
    ? await signedBy(ca, params)
    : await X509CertificateGenerator.createSelfSigned({ ...params, name: subject, keys });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: pem(certificate.toString('pem')), privateKey: pem(PemConverter.encode(pkcs8, 'PRIVATE KEY')) };
}

/** The certificate of `params` under `ca`'s name and key, its issuer named by key as well. */
export async function signedBy(
  ca: CertifiedKey,
  params: Omit<Parameters<typeof X509CertificateGenerator.create>[0], 'issuer' | 'signingKey'>,
): Promise<X509Certificate> {
  const authority = new X509Certificate(ca.certificate);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    PemConverter.decodeFirst(ca.privateKey),
    ALGORITHM,
    false,
    ['sign'],
  );
  const extensions = [...(params.extensions ?? []), await AuthorityKeyIdentifierExtension.create(authority.publicKey)];
  return X509CertificateGenerator.create({ ...params, extensions, issuer: authority.subjectName, signingKey });
}

function pem(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
