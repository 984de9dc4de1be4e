import { describe, expect, it } from '@jest/globals';
import { addressesIn, hostAddresses } from './host-addresses.js';

const HOSTS =
  '127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # six\n# 10.0.0.9 hidden\nnonsense hook\n10.0.0.7  Hook hook.example\n';

describe('addressesIn', () => {
  it.each([
    ['localhost', ['127.0.0.1', '::1']],
    ['HOOK', ['10.0.0.7']],
    ['hook.example', ['10.0.0.7']],
    ['hidden', []],
    ['six', []],
  ])('finds %s', (host, addresses) => {
    expect(addressesIn(HOSTS, host)).toEqual(addresses);
  });
});

describe('hostAddresses', () => {
  it('asks nobody about an address', async () => {
    const resolve = hostAddresses();
    expect(await resolve('203.0.113.7')).toEqual(['203.0.113.7']);
    expect(await resolve('::1')).toEqual(['::1']);
  });
});
