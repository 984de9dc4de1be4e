import { describe, expect, it } from '@jest/globals';
import { derBits, derChildren, derExplicit, derImplicit, derOid, derSequence, derTime, derUnsigned } from './der.js';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const YEAR_2049_LAST = Date.UTC(2049, 11, 31, 23, 59, 59);

describe('DER', () => {
  it.each([
    ['an integer', derUnsigned(Buffer.of(2)), '020102'],
    ['an integer whose first bit is set', derUnsigned(Buffer.of(0x80, 1)), '0203008001'],
    ['bits', derBits(Buffer.of(0xa0), 5), '030205a0'],
    ['an object identifier', derOid('2.5.29.19'), '0603551d13'],
    ['an object identifier of long parts', derOid('1.2.840.10045.4.3.2'), '06082a8648ce3d040302'],
    ['a date until 2049', derTime(YEAR_2049_LAST), `170d${hex(Buffer.from('491231235959Z'))}`],
    ['a date from 2050', derTime(YEAR_2049_LAST + 1999), `180f${hex(Buffer.from('20500101000000Z'))}`],
    ['something in brackets', derExplicit(0, derUnsigned(Buffer.of(2))), 'a003020102'],
    ['something instead of its tag', derImplicit(2, Buffer.from('x')), '820178'],
    ['a sequence of nothing', derSequence(), '3000'],
  ])('writes %s', (_what, bytes, expected) => {
    expect(hex(bytes)).toBe(expected);
  });

  it.each([0, 127, 128, 255, 256, 65_535, 65_536])('writes and reads lengths: %i bytes', (length) => {
    const parts = [derImplicit(1, Buffer.alloc(length, 7)), derUnsigned(Buffer.of(1))];
    expect(derChildren(derSequence(...parts))).toEqual(parts);
  });

  it('does not read beyond what is there', () => {
    expect(() => derChildren(Buffer.of(0x30, 0x05, 0x02, 0x01))).toThrow('ends before its length');
  });
});
