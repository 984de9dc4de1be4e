/** A field of a message as the wire has it: `bytes` for strings, bytes and messages, `number` for integers and floats. */
export type WireValue = { readonly bytes: Uint8Array } | { readonly number: number };

/** The bytes are no protocol buffer: truncated, or of a wire type that was given up long ago. */
export class WireError extends Error {}

/** Reads the fields of one message, in order. Bounded by the bytes: nothing is allocated for what is not there. */
export class WireReader {
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** undefined at the end. */
  next(): { readonly field: number; readonly value: WireValue } | undefined {
    if (this.at >= this.bytes.length) return undefined;
    const tag = this.varint();
    return { field: Math.floor(tag / 8), value: this.value(tag % 8) };
  }

  private value(wireType: number): WireValue {
    switch (wireType) {
      case 0:
        return { number: this.varint() };
      case 1:
        return { number: this.view.getFloat64(this.skip(8), true) };
      case 2: {
        const length = this.varint();
        const start = this.skip(length);
        return { bytes: this.bytes.subarray(start, start + length) };
      }
      case 5:
        return { number: this.view.getFloat32(this.skip(4), true) };
      default:
        throw new WireError(`illegal wire type ${wireType}`);
    }
  }

  /** Moves on by `length` and gives where it was. */
  private skip(length: number): number {
    const start = this.at;
    if (length < 0 || start + length > this.bytes.length) throw new WireError('unexpected EOF');
    this.at = start + length;
    return start;
  }

  /** Two's complement over 64 bits; beyond 2^53 the nearest number. */
  private varint(): number {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new WireError('unexpected EOF');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, result));
    }
    throw new WireError('integer overflow');
  }
}
