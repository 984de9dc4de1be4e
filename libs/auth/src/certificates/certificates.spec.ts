import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { type CertifiedKey, createCa, createClientCertificate, createServerCertificate } from './certificates.js';
import { ipBytes } from './ip-bytes.js';

const NOW_MS = Date.UTC(2026, 0, 1);
const read = ({ certificate }: CertifiedKey) => new X509Certificate(certificate);

describe('certificates', () => {
  const ca = createCa('kubernetes', NOW_MS);
  const authority = read(ca);

  it('makes an authority that signs itself, valid for ten years', () => {
    expect(authority.ca).toBe(true);
    expect(authority.subject).toBe('CN=kubernetes');
    expect(authority.checkIssued(authority)).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    expect(authority.checkPrivateKey(createPrivateKey(ca.privateKey))).toBe(true);
    expect(Date.parse(authority.validFrom)).toBe(NOW_MS - 3_600_000);
    expect(Date.parse(authority.validTo)).toBe(NOW_MS + 3650 * 86_400_000);
  });

  it('makes a server certificate for every name', () => {
    const server = createServerCertificate(ca, ['x.test', '10.0.0.1', '::1', 'fe80::1:2%eth0'], NOW_MS);
    const certificate = read(server);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.checkPrivateKey(createPrivateKey(server.privateKey))).toBe(true);
    expect(certificate.checkHost('x.test')).toBe('x.test');
    expect(certificate.checkHost('y.test')).toBeUndefined();
    expect(certificate.subjectAltName).toBe(
      'DNS:x.test, IP Address:10.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:FE80:0:0:0:0:0:1:2',
    );
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  });

  it('makes a client certificate of long names in any script', () => {
    const user = { username: 'jané'.repeat(100), groups: ['система', 'ops'] };
    const certificate = read(createClientCertificate(ca, user, NOW_MS));
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.toLegacyObject().subject).toMatchObject({ CN: user.username, O: user.groups });
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
  });

  it('gives no two certificates one serial number', () => {
    const [one, other] = [read(createCa('a', NOW_MS)), read(createCa('a', NOW_MS))];
    expect(one.serialNumber).not.toBe(other.serialNumber);
  });
});

it.each([
  ['10.0.0.1', '0a000001'],
  ['::', '0'.repeat(32)],
  ['::1', `${'0'.repeat(31)}1`],
  ['2001:db8::', `20010db8${'0'.repeat(24)}`],
  ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
  ['::ffff:10.0.0.1', `${'0'.repeat(20)}ffff0a000001`],
])('ipBytes: %s', (address, hex) => {
  expect(ipBytes(address).toString('hex')).toBe(hex);
});
