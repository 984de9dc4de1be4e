/** .0 is the network, .1 the bridge, the last one broadcast. */
const RESERVED_LOW = 2;

function toNumber(ip: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(ip);
  if (!match) return undefined;
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number];
  return Math.max(a, b, c, d) > 255 ? undefined : ((a * 256 + b) * 256 + c) * 256 + d;
}

const toText = (value: number) => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/**
 * The pod addresses of one node. Each is given to one pod at a time, and again only after a round through the others,
 * as the host-local plugin does: so the address of a pod that just went is not at once another's.
 */
export class IpPool {
  private readonly base: number;
  private readonly size: number;
  private readonly used = new Map<string, string>();
  private last = RESERVED_LOW - 1;

  /** `cidr` as '192.168.1.0/24'; anything else gives a pool with no address. */
  constructor(cidr: string) {
    const [ip = '', prefix = ''] = cidr.split('/');
    const bits = /^\d{1,2}$/.test(prefix) ? Number(prefix) : 33;
    const start = toNumber(ip);
    this.size = start === undefined || bits > 30 || bits < 8 ? 0 : 2 ** (32 - bits);
    this.base = start === undefined || this.size === 0 ? 0 : start - (start % this.size);
  }

  /** Marks an address that a pod already has; a second owner is refused. */
  claim(ip: string, owner: string): boolean {
    const holder = this.used.get(ip);
    if (holder !== undefined) return holder === owner;
    const value = toNumber(ip);
    const offset = value === undefined ? -1 : value - this.base;
    if (offset < RESERVED_LOW || offset >= this.size - 1) return false;
    this.used.set(ip, owner);
    this.last = Math.max(this.last, offset);
    return true;
  }

  /** The next free address; undefined when all are taken. */
  take(owner: string): string | undefined {
    const usable = this.size - 1 - RESERVED_LOW;
    for (let tried = 0; tried < usable; tried++) {
      this.last = this.last + 1 >= this.size - 1 ? RESERVED_LOW : this.last + 1;
      const ip = toText(this.base + this.last);
      if (this.used.has(ip)) continue;
      this.used.set(ip, owner);
      return ip;
    }
    return undefined;
  }

  /** Only its owner can give an address back. */
  release(ip: string, owner: string): void {
    if (this.used.get(ip) === owner) this.used.delete(ip);
  }
}
