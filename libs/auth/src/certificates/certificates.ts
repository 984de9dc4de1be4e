import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { isIP } from 'node:net';
import { entropy } from '#base';
import {
  derBits,
  derChildren,
  derExplicit,
  derImplicit,
  derOctets,
  derOid,
  derSequence,
  derSet,
  derText,
  derTime,
  derTrue,
  derUnsigned,
} from './der.js';
import { ipBytes } from './ip-bytes.js';

/** A certificate and the private key that belongs to it, both PEM (PKCS #8). The key is a secret. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** P-256 makes a key in a fraction of a millisecond; RSA would need most of the time a sandbox may take to be made. */
const CURVE = 'P-256';
const ECDSA_WITH_SHA256 = derSequence(derOid('1.2.840.10045.4.3.2'));
const COMMON_NAME = derOid('2.5.4.3');
const ORGANIZATION = derOid('2.5.4.10');
const SERVER_AUTH = derOid('1.3.6.1.5.5.7.3.1');
const CLIENT_AUTH = derOid('1.3.6.1.5.5.7.3.2');
const BASIC_CONSTRAINTS = derOid('2.5.29.19');
const KEY_USAGE = derOid('2.5.29.15');
const EXTENDED_KEY_USAGE = derOid('2.5.29.37');
const SUBJECT_ALTERNATIVE_NAME = derOid('2.5.29.17');
const SUBJECT_KEY_ID = derOid('2.5.29.14');
const AUTHORITY_KEY_ID = derOid('2.5.29.35');
/** Bit 0 is the highest: digitalSignature 0, keyEncipherment 2, keyCertSign 5. */
const LEAF_USAGE = derBits(Buffer.of(0b1010_0000), 5);
const CA_USAGE = derBits(Buffer.of(0b1010_0100), 2);
const VERSION_3 = derExplicit(0, derUnsigned(Buffer.of(2)));

const DAY_MS = 24 * 60 * 60 * 1000;
/** As kubeadm's authorities. Leaves live as long: a sandbox whose clock jumps a year must not lock its owner out. */
const VALID_DAYS = 3650;
/** Clocks of clients may be a little behind. */
const SKEW_MS = 60 * 60 * 1000;

interface Wish {
  /** DER of the Name. */
  readonly subject: Buffer;
  readonly nowMs: number;
  readonly extensions: readonly Buffer[];
  /** Who signs; absent: itself. */
  readonly ca?: CertifiedKey;
}

/** A self-signed authority. `nowMs` is when it begins (epoch ms). */
export function createCa(commonName: string, nowMs: number): CertifiedKey {
  const extensions = [critical(BASIC_CONSTRAINTS, derSequence(derTrue)), critical(KEY_USAGE, CA_USAGE)];
  return certify({ subject: nameOf([], commonName), nowMs, extensions });
}

/** The authority that signs the front door's certificate, shared by all sandboxes of a server. */
export function createServerCa(nowMs: number): CertifiedKey {
  return createCa('sandkube-server-ca', nowMs);
}

/** What the front door shows. `hosts`: DNS names and IP addresses, at least one. */
export function createServerCertificate(ca: CertifiedKey, hosts: readonly string[], nowMs: number): CertifiedKey {
  const names = hosts.map((host) => (isIP(host) ? derImplicit(7, ipBytes(host)) : derImplicit(2, Buffer.from(host))));
  const extensions = [...leaf(SERVER_AUTH), extension(SUBJECT_ALTERNATIVE_NAME, derSequence(...names))];
  return certify({ subject: nameOf([], 'sandkube'), nowMs, ca, extensions });
}

/** Proves that its holder is `username` in `groups` wherever `ca` is trusted. */
export function createClientCertificate(
  ca: CertifiedKey,
  { username, groups }: { username: string; groups: readonly string[] },
  nowMs: number,
): CertifiedKey {
  return certify({ subject: nameOf(groups, username), nowMs, ca, extensions: leaf(CLIENT_AUTH) });
}

function leaf(usage: Buffer): Buffer[] {
  return [
    critical(BASIC_CONSTRAINTS, derSequence()),
    critical(KEY_USAGE, LEAF_USAGE),
    extension(EXTENDED_KEY_USAGE, derSequence(usage)),
  ];
}

function extension(oid: Buffer, value: Buffer): Buffer {
  return derSequence(oid, derOctets(value));
}

function critical(oid: Buffer, value: Buffer): Buffer {
  return derSequence(oid, derTrue, derOctets(value));
}

function nameOf(organizations: readonly string[], commonName: string): Buffer {
  const part = (type: Buffer, text: string) => derSet(derSequence(type, derText(text)));
  return derSequence(...organizations.map((text) => part(ORGANIZATION, text)), part(COMMON_NAME, commonName));
}

/** An X.509 version 3 certificate (RFC 5280). */
function certify({ subject, nowMs, ca, extensions }: Wish): CertifiedKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: CURVE });
  const issuer = ca && authorityOf(ca);
  const keyIds = [extension(SUBJECT_KEY_ID, derOctets(keyIdOf(publicKey)))];
  if (issuer) keyIds.push(extension(AUTHORITY_KEY_ID, derSequence(derImplicit(0, issuer.keyId))));
  const content = derSequence(
    VERSION_3,
    derUnsigned(Buffer.from(`01${entropy(15)}`, 'hex')),
    ECDSA_WITH_SHA256,
    issuer?.name ?? subject,
    derSequence(derTime(nowMs - SKEW_MS), derTime(nowMs + VALID_DAYS * DAY_MS)),
    subject,
    spkiOf(publicKey),
    derExplicit(3, derSequence(...extensions, ...keyIds)),
  );
  const signature = sign('sha256', content, issuer?.key ?? privateKey);
  return {
    certificate: pemOf(derSequence(content, ECDSA_WITH_SHA256, derBits(signature))),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

interface Authority {
  readonly key: KeyObject;
  readonly keyId: Buffer;
  /** DER, byte for byte as in its own certificate: that is how verifiers find it. */
  readonly name: Buffer;
}

function authorityOf(ca: CertifiedKey): Authority {
  const key = createPrivateKey(ca.privateKey);
  const [content] = derChildren(new X509Certificate(ca.certificate).raw);
  // version, serial number, algorithm, issuer, validity, subject
  return { key, keyId: keyIdOf(createPublicKey(key)), name: derChildren(content!)[5]! };
}

/** SHA-1 of the public key's bits (RFC 5280, 4.2.1.2): a name, not a protection. */
function keyIdOf(publicKey: KeyObject): Buffer {
  const bits = derChildren(spkiOf(publicKey))[1]!;
  // Tag, length and the count of unused bits come before the key.
  return createHash('sha1').update(bits.subarray(3)).digest();
}

function spkiOf(publicKey: KeyObject): Buffer {
  return publicKey.export({ type: 'spki', format: 'der' });
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
