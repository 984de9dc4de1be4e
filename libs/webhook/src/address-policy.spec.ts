import { describe, expect, it } from '@jest/globals';
import { AddressPolicy } from './address-policy.js';

const policyOf = (text: string) => {
  const policy = AddressPolicy.parse(text);
  if (!(policy instanceof AddressPolicy)) throw new Error(`${policy.wrong} is wrong`);
  return policy;
};

describe('AddressPolicy', () => {
  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.100.100.200',
    '127.0.0.1',
    '127.255.255.254',
    '168.63.129.16',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.0.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'ff02::1',
    '2001:0::1',
    '2001:db8::1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::a00:1',
    '2002:7f00:1::',
    'not an address',
    '',
    '127.1',
    '0x7f.0.0.1',
  ])('refuses %s', (ip) => {
    expect(new AddressPolicy().allows(ip)).toBe(false);
  });

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.15.255.255',
    '172.32.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '2606:4700:4700::1111',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2002:808:808::1',
  ])('allows %s', (ip) => {
    expect(new AddressPolicy().allows(ip)).toBe(true);
  });

  it.each([
    ['127.0.0.0/8', '127.9.9.9', true],
    ['127.0.0.0/8', '::ffff:127.0.0.1', true],
    ['127.0.0.0/8', '::1', false],
    ['127.0.0.0/8', '10.0.0.1', false],
    ['127.0.0.0/8', '64:ff9b::127.0.0.1', false],
    ['::1', '::1', true],
    ['::1', '::2', false],
    ['10.0.0.0/8, fd00::/8', 'fd12::1', true],
    ['10.0.0.0/8, fd00::/8', '10.255.0.1', true],
    ['10.96.0.0/12', '10.112.0.0', false],
    ['0.0.0.0/0', '169.254.169.254', true],
  ])('with %s answers for %s: %s', (allowed, ip, expected) => {
    expect(policyOf(allowed).allows(ip)).toBe(expected);
  });

  it.each(['x', '10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/-1', '10.0/8', '/8', '10.0.0.0/'])(
    'names what is wrong in the list %j',
    (text) => {
      expect(AddressPolicy.parse(`127.0.0.1,${text}`)).toEqual({ wrong: text });
    },
  );
});
