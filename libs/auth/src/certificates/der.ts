import { invariant } from '#base';

/**
 * The part of ASN.1 DER (X.690) that certificates are written in. Each function gives one whole element: tag, length
 * and content.
 */
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT = 0x80;
const CONSTRUCTED = 0x20;

/** From this year on a certificate's dates have four-digit years (RFC 5280, 4.1.2.5). */
const FOUR_DIGIT_YEAR = 2050;

export const derTrue = Buffer.from([0x01, 0x01, 0xff]);

export function derSequence(...elements: readonly Uint8Array[]): Buffer {
  return element(SEQUENCE, Buffer.concat(elements));
}

export function derSet(...elements: readonly Uint8Array[]): Buffer {
  return element(SET, Buffer.concat(elements));
}

/** `bytes`: big-endian, without a sign. */
export function derUnsigned(bytes: Uint8Array): Buffer {
  return element(INTEGER, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes);
}

export function derBits(bytes: Uint8Array, unusedBits = 0): Buffer {
  return element(BIT_STRING, Buffer.concat([Buffer.of(unusedBits), bytes]));
}

export function derOctets(bytes: Uint8Array): Buffer {
  return element(OCTET_STRING, bytes);
}

export function derText(text: string): Buffer {
  return element(UTF8_STRING, Buffer.from(text));
}

/** `dotted`: '2.5.4.3'. */
export function derOid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const digits = [part % 128];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      digits.unshift(0x80 | (left % 128));
    bytes.push(...digits);
  }
  return element(OBJECT_IDENTIFIER, Buffer.from(bytes));
}

/** Epoch milliseconds; fractions of a second are dropped. */
export function derTime(ms: number): Buffer {
  const text = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const short = Number(text.slice(0, 4)) < FOUR_DIGIT_YEAR;
  return element(short ? UTC_TIME : GENERALIZED_TIME, Buffer.from(short ? text.slice(2) : text, 'latin1'));
}

/** [number] around whole elements. */
export function derExplicit(number: number, ...elements: readonly Uint8Array[]): Buffer {
  return element(CONTEXT | CONSTRUCTED | number, Buffer.concat(elements));
}

/** [number] in place of a primitive element's own tag. */
export function derImplicit(number: number, content: Uint8Array): Buffer {
  return element(CONTEXT | number, content);
}

/** The elements inside of the first element of `bytes`. */
export function derChildren(bytes: Uint8Array): Buffer[] {
  const children: Buffer[] = [];
  const { start, end } = contentOf(bytes);
  for (let at = start; at < end;) {
    const rest = bytes.subarray(at, end);
    const child = contentOf(rest).end;
    children.push(Buffer.from(rest.subarray(0, child)));
    at += child;
  }
  return children;
}

function element(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(tag, ...lengthOf(content.length)), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let left = length; left > 0; left >>>= 8) bytes.unshift(left & 0xff);
  return [0x80 | bytes.length, ...bytes];
}

function contentOf(bytes: Uint8Array): { start: number; end: number } {
  const [, first = 0] = bytes;
  const long = first >= 0x80 ? first & 0x7f : 0;
  let length = long === 0 ? first : 0;
  for (const byte of bytes.subarray(2, 2 + long)) length = length * 256 + byte;
  const start = 2 + long;
  invariant(start + length <= bytes.length, 'a DER element ends before its length');
  return { start, end: start + length };
}
