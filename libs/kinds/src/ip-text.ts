import { isIP } from 'node:net';

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

export const CIDR_MESSAGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

/** One of each family, at most two. */
export function isDualStack(all: readonly string[]): boolean {
  return all.length === 2 && all[0]!.includes(':') !== all[1]!.includes(':');
}
