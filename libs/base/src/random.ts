import { createHash, randomBytes } from 'node:crypto';

/**
 * The alphabet of generated names: no vowels and no look-alikes, so that no word arises.
 * Models k8s.io/apimachinery/pkg/util/rand (1.36).
 */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

/** 128 bits of real entropy as hex: seeds and secrets, never simulated things. */
export function entropy(bytes = 16): string {
  return randomBytes(bytes).toString('hex');
}

/**
 * Seeded chance (xorshift128+ over a SHA-256 of the seed): the same seed gives the same names, IPs and delays.
 * `derive` gives an independent stream, so that one consumer's draws do not shift another's.
 */
export class Random {
  private a: bigint;
  private b: bigint;

  constructor(private readonly seed: string) {
    const digest = createHash('sha256').update(seed).digest();
    this.a = digest.readBigUInt64LE(0);
    this.b = digest.readBigUInt64LE(8) | 1n;
  }

  derive(label: string): Random {
    return new Random(`${this.seed}/${label}`);
  }

  /** Uniform in [0, 1). */
  next(): number {
    return Number(this.next64() >> 11n) / 2 ** 53;
  }

  /** Uniform integer in [0, below). */
  int(below: number): number {
    return Math.floor(this.next() * below);
  }

  /** The random tail of a generated name. */
  nameSuffix(length = 5): string {
    let suffix = '';
    for (let i = 0; i < length; i++) suffix += NAME_ALPHABET[this.int(NAME_ALPHABET.length)];
    return suffix;
  }

  /** An RFC 4122 version 4 UUID. */
  uuid(): string {
    const high = ((this.next64() & 0xffff_ffff_ffff_0fffn) | 0x4000n).toString(16).padStart(16, '0');
    const low = ((this.next64() & 0x3fff_ffff_ffff_ffffn) | 0x8000_0000_0000_0000n).toString(16).padStart(16, '0');
    return `${high.slice(0, 8)}-${high.slice(8, 12)}-${high.slice(12)}-${low.slice(0, 4)}-${low.slice(4)}`;
  }

  private next64(): bigint {
    let x = this.a;
    const y = this.b;
    this.a = y;
    x ^= BigInt.asUintN(64, x << 23n);
    this.b = x ^ y ^ (x >> 17n) ^ (y >> 26n);
    return BigInt.asUintN(64, this.b + y);
  }
}
