import type { Random } from '#base';

/** An IPv4 network for services, as numbers. */
export interface ServiceRange {
  readonly cidr: string;
  readonly first: number;
  readonly last: number;
  /** Addresses below are left to those who ask for one. Models the static band of ServiceIPStaticSubrange (1.36). */
  readonly dynamicFirst: number;
}

export function ipNumber(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
}

export function ipText(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join('.');
}

/** '10.96.0.0/12' without its network and broadcast addresses. */
export function serviceRange(cidr: string): ServiceRange {
  const [network = '', bits = ''] = cidr.split('/');
  const base = ipNumber(network) ?? 0;
  const size = 2 ** (32 - Number(bits));
  const staticSize = Math.min(Math.max(16, size / 16), 256);
  return { cidr, first: base + 1, last: base + size - 2, dynamicFirst: base + staticSize + 1 };
}

const DRAWS = 64;

/** A free number in [first, last]: drawn by chance, and when the range fills up the next free one. undefined: none left. */
export function drawFree(
  random: Random,
  first: number,
  last: number,
  isFree: (n: number) => boolean,
): number | undefined {
  const size = last - first + 1;
  for (let draw = 0; draw < DRAWS; draw++) {
    const candidate = first + random.int(size);
    if (isFree(candidate)) return candidate;
  }
  const start = random.int(size);
  for (let step = 0; step < size; step++) {
    const candidate = first + ((start + step) % size);
    if (isFree(candidate)) return candidate;
  }
  return undefined;
}
