import { describe, expect, it } from '@jest/globals';
import { canonicalCidr, canonicalIp, isStrictSubnet } from './ip-text.js';

describe('canonicalIp', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['::', '::'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4'],
  ])('%s is %s', (ip, canonical) => expect(canonicalIp(ip)).toBe(canonical));
});

describe('canonicalCidr', () => {
  it.each([
    ['10.1.2.3/8', '10.0.0.0/8'],
    ['10.1.2.3/32', '10.1.2.3/32'],
    ['192.168.255.255/17', '192.168.128.0/17'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['2001:DB8::F/64', '2001:db8::/64'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['fd00::1:2/127', 'fd00::1:2/127'],
    ['::/0', '::/0'],
    ['::ffff:1.2.3.4/128', '::ffff:1.2.3.4/128'],
  ])('%s is %s', (cidr, canonical) => expect(canonicalCidr(cidr)).toBe(canonical));
});

describe('isStrictSubnet', () => {
  it.each([
    ['10.1.0.0/16', '10.0.0.0/8', true],
    ['10.0.0.0/8', '10.0.0.0/8', false],
    ['11.1.0.0/16', '10.0.0.0/8', false],
    ['10.0.0.0/8', '10.1.0.0/16', false],
    ['fd00:1::/32', 'fd00::/16', true],
    ['fd00:1::/32', '0.0.0.0/0', false],
  ])('%s in %s: %s', (inner, outer, is) => expect(isStrictSubnet(inner, outer)).toBe(is));
});
