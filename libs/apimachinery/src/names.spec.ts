import { describe, expect, it } from '@jest/globals';
import { dns1035Label, dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from './names.js';

describe('names', () => {
  it.each([['a'], ['web-1'], ['a.b.c'], ['1a'], ['x'.repeat(253)]])('%s is a subdomain', (name) =>
    expect(dns1123Subdomain(name)).toEqual([]),
  );

  const SUBDOMAIN =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
  it.each(['A', 'a_b', '-a', 'a.', '', 'a..b', 'ä'])('%s is no subdomain', (name) => {
    expect(dns1123Subdomain(name)).toEqual([SUBDOMAIN]);
  });

  it('limits lengths, in bytes', () => {
    expect(dns1123Subdomain('x'.repeat(254))).toEqual(['must be no more than 253 characters']);
    expect(dns1123Label('x'.repeat(64))).toEqual(['must be no more than 63 characters']);
    expect(labelValue('ä'.repeat(32))).toHaveLength(2);
  });

  it('tells labels from subdomains', () => {
    expect(dns1123Label('a.b')).toEqual(['must not contain dots']);
    expect(dns1123Label('web')).toEqual([]);
    expect(dns1123Label('A')[0]).toContain("(e.g. 'my-name',  or '123-abc', regex used for validation is");
    expect(dns1035Label('1a')[0]).toContain('start with an alphabetic character');
    expect(dns1035Label('a1')).toEqual([]);
  });

  it.each([
    ['app', 0],
    ['example.com/app', 0],
    ['App_1.x', 0],
    ['', 2],
    ['/a', 1],
    ['a/', 2],
    ['a/b/c', 1],
    ['A/b', 1],
    ['-a', 1],
    ['x'.repeat(64), 1],
  ])('%s as a qualified name: %d messages', (name, count) => expect(qualifiedName(name)).toHaveLength(count));

  it.each([
    ['', 0],
    ['web', 0],
    ['a b', 1],
    ['-', 1],
  ])('%s as a label value: %d messages', (value, count) => expect(labelValue(value)).toHaveLength(count));

  it('answers long hostile names at once', () => {
    const long = `${'a-'.repeat(500_000)}!`;
    for (const check of [dns1123Label, dns1123Subdomain, dns1035Label, qualifiedName, labelValue]) {
      expect(check(long).length).toBeGreaterThan(0);
    }
  });
});
