import { isIPv6 } from 'node:net';
import { CelType } from '../typing/cel-type.js';
import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelOpaque, type Value } from '../value/value.js';

const IP = CelType.opaque('net.IP');
const CIDR = CelType.opaque('net.CIDR');

type Family = 4 | 6;
const BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

class AddressValue extends CelOpaque {
  readonly celType = IP;

  constructor(
    readonly family: Family,
    readonly bits: bigint,
  ) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof AddressValue && other.family === this.family && other.bits === this.bits;
  }

  override get costSize(): number {
    return BITS[this.family] / 8;
  }

  startsWith(prefix: bigint, length: number): boolean {
    return this.bits >> BigInt(BITS[this.family] - length) === prefix;
  }

  override toString(): string {
    return this.family === 4
      ? [24n, 16n, 8n, 0n].map((shift) => (this.bits >> shift) & 255n).join('.')
      : shown6(this.bits);
  }
}

class NetworkValue extends CelOpaque {
  readonly celType = CIDR;

  constructor(
    readonly address: AddressValue,
    readonly length: number,
  ) {
    super();
  }

  equals(other: Value): boolean {
    return other instanceof NetworkValue && other.length === this.length && other.address.equals(this.address);
  }

  override get costSize(): number {
    return Math.ceil(this.length / 8);
  }

  masked(): NetworkValue {
    const rest = BigInt(BITS[this.address.family] - this.length);
    return new NetworkValue(new AddressValue(this.address.family, (this.address.bits >> rest) << rest), this.length);
  }

  contains({ family, bits }: AddressValue): boolean {
    const rest = BigInt(BITS[family] - this.length);
    return family === this.address.family && bits >> rest === this.address.bits >> rest;
  }

  override toString(): string {
    return `${this.address.toString()}/${this.length}`;
  }
}

type A = AddressValue;
type N = NetworkValue;
const A = IP.name;
const N = CIDR.name;

/** Models apiserver's cel/library/ip.go and cidr.go (1.36). */
export const ADDRESSES: readonly OverloadRow[] = [
  ['string_to_ip', `ip(string) -> ${A}`, parseAddress],
  ['ip_family', `<${A}>.family() -> int`, ({ family }: A) => BigInt(family)],
  [
    'ip_is_canonical',
    'ip.isCanonical(string) -> bool',
    (text: string) => onAddress(text, (address) => address.toString() === text),
  ],
  ['ip_is_unspecified', `<${A}>.isUnspecified() -> bool`, ({ bits }: A) => bits === 0n],
  ['ip_is_loopback', `<${A}>.isLoopback() -> bool`, isLoopback],
  ['ip_is_link_local_multicast', `<${A}>.isLinkLocalMulticast() -> bool`, isLinkLocalMulticast],
  ['ip_is_link_local_unicast', `<${A}>.isLinkLocalUnicast() -> bool`, isLinkLocalUnicast],
  ['ip_is_global_unicast', `<${A}>.isGlobalUnicast() -> bool`, isGlobalUnicast],
  ['is_ip', 'isIP(string) -> bool', (text: string) => parseAddress(text) instanceof AddressValue],
  ['ip_to_string', `string(${A}) -> string`, (address: A) => address.toString()],
  ['string_to_cidr', `cidr(string) -> ${N}`, parseNetwork],
  [
    'cidr_contains_ip_string',
    `<${N}>.containsIP(string) -> bool`,
    (network: N, text: string) => onAddress(text, (address) => network.contains(address)),
  ],
  ['cidr_contains_ip_ip', `<${N}>.containsIP(${A}) -> bool`, (network: N, address: A) => network.contains(address)],
  ['cidr_contains_cidr_string', `<${N}>.containsCIDR(string) -> bool`, containsText],
  ['cidr_contains_cidr', `<${N}>.containsCIDR(${N}) -> bool`, containsNetwork],
  ['cidr_ip', `<${N}>.ip() -> ${A}`, ({ address }: N) => address],
  ['cidr_masked', `<${N}>.masked() -> ${N}`, (network: N) => network.masked()],
  ['cidr_prefix_length', `<${N}>.prefixLength() -> int`, ({ length }: N) => BigInt(length)],
  ['is_cidr', 'isCIDR(string) -> bool', (text: string) => parseNetwork(text) instanceof NetworkValue],
  ['cidr_to_string', `string(${N}) -> string`, (network: N) => network.toString()],
];

/** Without zones and without IPv4 in IPv6, which upstream refuses, and without leading zeros. */
function parseAddress(text: string): AddressValue | CelFault {
  const bits4 = bitsOf4(text);
  if (bits4 !== undefined) return new AddressValue(4, bits4);
  if (!isIPv6(text))
    return new CelFault(
      `IP Address "${text}" parse error during conversion from string: ParseAddr("${text}"): unable to parse IP`,
    );
  if (text.includes('%')) return new CelFault(`IP address "${text}" with zone value is not allowed`);
  const bits = bitsOf6(text);
  if (bits >> 32n === 0xffffn) return new CelFault(`IPv4-mapped IPv6 address "${text}" is not allowed`);
  return new AddressValue(6, bits);
}

function bitsOf4(text: string): bigint | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  const parts = match?.slice(1) ?? [];
  if (!match || parts.some((part) => Number(part) > 255 || (part.length > 1 && part.startsWith('0')))) return undefined;
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function bitsOf6(text: string): bigint {
  const dotted = /[\d.]+$/.exec(text)?.[0] ?? '';
  const tail = dotted.includes('.') ? bitsOf4(dotted)! : undefined;
  const hex =
    tail === undefined
      ? text
      : `${text.slice(0, -dotted.length)}${(tail >> 16n).toString(16)}:${(tail & 0xffffn).toString(16)}`;
  const [head = '', rest] = hex.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const first = groups(head);
  const last = rest === undefined ? [] : groups(rest);
  const middle = Array.from({ length: 8 - first.length - last.length }, () => '0');
  return [...first, ...middle, ...last].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** The longest run of zeros, of two groups at least, is left out. */
function shown6(bits: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - 16 * index)) & 0xffffn).toString(16));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === '0') length++;
    if (length > best.length) best = { start, length };
  }
  if (best.start < 0) return groups.join(':');
  return `${groups.slice(0, best.start).join(':')}::${groups.slice(best.start + best.length).join(':')}`;
}

function parseNetwork(text: string): NetworkValue | CelFault {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const length = text.slice(slash + 1);
  const failed = (why: string): CelFault =>
    new CelFault(`network address parse error during conversion from string: netip.ParsePrefix("${text}"): ${why}`);
  if (slash < 0) return failed("no '/'");
  if (!(address instanceof AddressValue)) return failed(`ParseAddr("${text.slice(0, slash)}"): unable to parse IP`);
  if (!/^(0|[1-9]\d{0,2})$/.test(length)) return failed(`bad bits after slash: "${length}"`);
  if (Number(length) > BITS[address.family]) return failed('prefix length out of range');
  return new NetworkValue(address, Number(length));
}

function onAddress(text: string, test: (address: AddressValue) => boolean): Value {
  const address = parseAddress(text);
  return address instanceof CelFault ? address : test(address);
}

function containsText(network: NetworkValue, text: string): Value {
  const other = parseNetwork(text);
  return other instanceof CelFault ? other : containsNetwork(network, other);
}

function containsNetwork(network: NetworkValue, other: NetworkValue): boolean {
  return network.length <= other.length && network.contains(other.address);
}

function isLoopback(address: AddressValue): boolean {
  return address.family === 4 ? address.startsWith(127n, 8) : address.bits === 1n;
}

function isLinkLocalMulticast(address: AddressValue): boolean {
  if (address.family === 4) return address.startsWith(0xe00000n, 24);
  return address.startsWith(0xffn, 8) && ((address.bits >> 112n) & 0xfn) === 2n;
}

function isLinkLocalUnicast(address: AddressValue): boolean {
  return address.family === 4 ? address.startsWith(0xa9fen, 16) : address.startsWith(0x3fan, 10);
}

function isGlobalUnicast(address: AddressValue): boolean {
  const isMulticast = address.family === 4 ? address.startsWith(0xen, 4) : address.startsWith(0xffn, 8);
  const isBroadcast = address.family === 4 && address.bits === 0xffffffffn;
  return address.bits !== 0n && !isLoopback(address) && !isMulticast && !isBroadcast && !isLinkLocalUnicast(address);
}
