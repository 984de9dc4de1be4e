import { BlockList, isIP, SocketAddress } from 'node:net';

export function isIp(text: string | undefined): boolean {
  return text !== undefined && isIP(text) !== 0;
}

/** As Go's net.JoinHostPort: an IPv6 address in brackets. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const SPECIAL: readonly [form: RegExp, message: string][] = [
  [/^(127\.|(0*:)*:?0*1$)/, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
  [/^(169\.254\.|fe[89ab][0-9a-f]:)/i, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
  [/^(224\.0\.0\.|ff02:)/i, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
];

/** Why an address (a valid one) can be nobody's endpoint. Models ValidateNonSpecialIP (1.36). */
export function specialIpErrors(ip: string): string[] {
  if (/^(0\.0\.0\.0|[0:]*::[0:]*)$/.test(ip)) return [`may not be unspecified (${ip})`];
  return SPECIAL.filter(([form]) => form.test(ip)).map(([, message]) => message);
}

const CIDR = /^([^/]+)\/(0|[1-9][0-9]{0,2})$/;

/** '10.0.0.0/8' */
export function isCidr(text: string): boolean {
  const match = CIDR.exec(text);
  if (!match) return false;
  const family = isIP(match[1]!);
  return family !== 0 && Number(match[2]) <= (family === 4 ? 32 : 128);
}

/** 'ipv4' or 'ipv6', as node:net calls them; for addresses that are ones. */
const familyOf = (ip: string) => (ip.includes(':') ? 'ipv6' : 'ipv4');

/** '2001:DB8:0::1' → '2001:db8::1'. `ip` is an address. */
export function canonicalIp(ip: string): string {
  return new SocketAddress({ address: ip, family: familyOf(ip) }).address;
}

function partsOf(cidr: string): { ip: string; prefix: number } {
  const slash = cidr.indexOf('/');
  return { ip: cidr.slice(0, slash), prefix: Number(cidr.slice(slash + 1)) };
}

/** Whether all of `inner` lies in `outer` and is less than it; both are CIDRs. */
export function isStrictSubnet(inner: string, outer: string): boolean {
  const [small, large] = [partsOf(inner), partsOf(outer)];
  if (familyOf(small.ip) !== familyOf(large.ip) || small.prefix <= large.prefix) return false;
  const range = new BlockList();
  range.addSubnet(large.ip, large.prefix, familyOf(large.ip));
  return range.check(small.ip, familyOf(small.ip));
}

/** The groups of an address: four of 8 bits or eight of 16. */
function groupsOf(ip: string): number[] {
  if (!ip.includes(':')) return ip.split('.').map(Number);
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(ip);
  const [, start, a, b, c, d] = embedded ?? [];
  const hex = (high: string | undefined, low: string | undefined) => (Number(high) * 256 + Number(low)).toString(16);
  const [head = '', tail] = (embedded ? `${start}${hex(a, b)}:${hex(c, d)}` : ip).split('::');
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => parseInt(group, 16)));
  if (tail === undefined) return numbers(head);
  const [first, last] = [numbers(head), numbers(tail)];
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => 0), ...last];
}

/** '10.1.2.3/8' → '10.0.0.0/8': nothing set beyond the prefix, the address in canonical form. `cidr` is one. */
export function canonicalCidr(cidr: string): string {
  const { ip, prefix } = partsOf(cidr);
  const bits = ip.includes(':') ? 16 : 8;
  const masked = groupsOf(ip).map((group, i) => {
    const free = Math.min(bits, Math.max(0, (i + 1) * bits - prefix));
    return (group >> free) << free;
  });
  const text = bits === 8 ? masked.join('.') : masked.map((group) => group.toString(16)).join(':');
  return `${canonicalIp(text)}/${prefix}`;
}

/** '10.1.2.3/8' names more than the network `canonical` (its canonicalCidr): the address that it names. */
export function hostOf(cidr: string, canonical: string): string | undefined {
  const ip = canonicalIp(partsOf(cidr).ip);
  return ip === partsOf(canonical).ip ? undefined : ip;
}

/** What of a valid CIDR may be meant otherwise. Models GetWarningsForCIDR (1.36). */
export function cidrWarnings(field: string, cidr: string): string[] {
  const canonical = canonicalCidr(cidr);
  const ip = hostOf(cidr, canonical);
  if (ip !== undefined) {
    const single = `${ip}/${ip.includes(':') ? 128 : 32}`;
    return [`${field}: CIDR value "${cidr}" is ambiguous in this context (should be "${canonical}" or "${single}"?)`];
  }
  if (canonical === cidr) return [];
  return [`${field}: IPv6 CIDR value "${cidr}" should be in RFC 5952 canonical format ("${canonical}")`];
}

export const CIDR_MESSAGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** One of each family, at most two. */
export function isDualStack(all: readonly string[]): boolean {
  return all.length === 2 && all[0]!.includes(':') !== all[1]!.includes(':');
}
