import { isIP, isIPv4, isIPv6 } from 'node:net';

/** An address as a number of so many bits. */
export interface AddressBits {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** A CIDR: the addresses whose first `prefix` bits are those of `value`. */
export interface AddressBlock extends AddressBits {
  readonly prefix: number;
}

/** undefined: no address. A zone ('fe80::1%eth0') is none either. */
export function addressBits(ip: string): AddressBits | undefined {
  if (isIPv4(ip)) return { bits: 32, value: ipv4Value(ip) };
  if (!isIPv6(ip) || ip.includes('%')) return undefined;
  return { bits: 128, value: ipv6Value(ip) };
}

/** '10.0.0.0/8', 'fd00::/8', or an address alone for itself; undefined: neither. */
export function addressBlock(text: string): AddressBlock | undefined {
  const [ip = '', length, ...more] = text.split('/');
  const address = isIP(ip) === 0 ? undefined : addressBits(ip);
  if (!address || more.length > 0) return undefined;
  if (length === undefined) return { ...address, prefix: address.bits };
  if (!/^\d{1,3}$/.test(length) || Number(length) > address.bits) return undefined;
  return { ...address, prefix: Number(length) };
}

export function inBlock(address: AddressBits, block: AddressBlock): boolean {
  if (address.bits !== block.bits) return false;
  const after = BigInt(block.bits - block.prefix);
  return address.value >> after === block.value >> after;
}

function ipv4Value(ip: string): bigint {
  return ip.split('.').reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** Groups before and after '::', the last two perhaps written as an IPv4 address. */
function ipv6Value(ip: string): bigint {
  const dotted = /[^:]+\.[^:]+$/.exec(ip)?.[0];
  const text = dotted === undefined ? ip : ip.slice(0, -dotted.length) + groupsOf(ipv4Value(dotted));
  const [head = '', tail] = text.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = !tail ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function groupsOf(value: bigint): string {
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}
