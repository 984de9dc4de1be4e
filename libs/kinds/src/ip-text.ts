import { isIP } from 'node:net';

export function isIp(text: string | undefined): boolean {
  return text !== undefined && isIP(text) !== 0;
}

/** As Go's net.JoinHostPort: an IPv6 address in brackets. */
export function joinHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
