import { type AddressBlock, addressBlock, addressBits, inBlock } from './address-block.js';

/** What is not the public internet, or stands for something nearer. IANA's special-purpose registries, and clouds' metadata. */
const REFUSED = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; a cloud's metadata at 100.100.100.200
  '127.0.0.0/8',
  '168.63.129.16/32', // a cloud's metadata outside every private range
  '169.254.0.0/16', // link-local; most clouds' metadata at .169.254
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '2001::/23', // protocol assignments, Teredo among them
  '2001:db8::/32',
  '3fff::/20',
].map(known);

/** The only space from which IPv6 gives public addresses; loopback, unique-local, link-local and multicast lie outside. */
const GLOBAL_UNICAST = known('2000::/3');

/** IPv6 addresses that mean an IPv4 one: the block, and how many bits follow the embedded address. */
const EMBEDDINGS: readonly (readonly [block: AddressBlock, bitsAfter: bigint])[] = [
  [known('::ffff:0:0/96'), 0n], // mapped: the same address in another notation
  [known('64:ff9b::/96'), 0n], // NAT64
  [known('2002::/16'), 80n], // 6to4
];
const MAPPED = EMBEDDINGS[0]![0];

function known(text: string): AddressBlock {
  return addressBlock(text)!;
}

/**
 * Which addresses tenants' webhooks may be at: public ones, and those that the host's configuration names. A tenant must
 * not reach what only this machine can (CVE-2018-1002102, CVE-2020-8562: the judged address is the one connected to).
 */
export class AddressPolicy {
  /** `allowed`: CIDRs, from the configuration. */
  constructor(private readonly allowed: readonly AddressBlock[] = []) {}

  /** undefined and the text at fault when `text` (comma-separated CIDRs or addresses, '' for none) is no such list. */
  static parse(text: string): AddressPolicy | { readonly wrong: string } {
    const parts = text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const blocks: AddressBlock[] = [];
    for (const part of parts) {
      const block = addressBlock(part);
      if (!block) return { wrong: part };
      blocks.push(block);
    }
    return new AddressPolicy(blocks);
  }

  /** `ip`: an address without brackets and zone. Anything else is refused. */
  allows(ip: string): boolean {
    const address = addressBits(ip);
    if (!address) return false;
    if (this.allowed.some((block) => inBlock(address, block))) return true;
    if (address.bits === 128) {
      const embedding = EMBEDDINGS.find(([block]) => inBlock(address, block));
      if (embedding) {
        const inner = { bits: 32, value: (address.value >> embedding[1]) & 0xffff_ffffn } as const;
        if (inBlock(address, MAPPED) && this.allowed.some((block) => inBlock(inner, block))) return true;
        return !REFUSED.some((block) => inBlock(inner, block));
      }
      if (!inBlock(address, GLOBAL_UNICAST)) return false;
    }
    return !REFUSED.some((block) => inBlock(address, block));
  }
}
