import { isIPv4 } from 'node:net';

const IPV6_GROUPS = 8;

/** An IPv4 or IPv6 address (net.isIP) as the bytes that certificates name it by; a zone is dropped. */
export function ipBytes(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address in hexadecimal groups, '::' standing for the zeros left out.
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`);
  const [head = [], tail = []] = hostname
    .slice(1, -1)
    .split('::')
    .map((half) => half.split(':').filter((group) => group !== ''));
  const zeros = new Array<string>(IPV6_GROUPS - head.length - tail.length).fill('0');
  return Buffer.from(
    [...head, ...zeros, ...tail].flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 0xff]),
  );
}
