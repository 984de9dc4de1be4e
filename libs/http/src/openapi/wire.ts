/** Protocol buffers' wire types that are used here. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Writes one protocol buffer message. Absent and empty values are left out, as proto3 does. Nested messages are given
 * as what another writer holds.
 */
export class WireMessage {
  private readonly parts: Buffer[] = [];
  private length = 0;

  text(field: number, value: string | undefined): this {
    if (value) this.delimited(field, Buffer.from(value));
    return this;
  }

  texts(field: number, values: readonly string[] | undefined): this {
    for (const value of values ?? []) this.delimited(field, Buffer.from(value));
    return this;
  }

  flag(field: number, value: boolean | undefined): this {
    if (value) this.push(Buffer.from([...varint((field << 3) | VARINT), 1]));
    return this;
  }

  message(field: number, value: WireMessage | undefined): this {
    if (!value) return this;
    this.header(field, value.length);
    for (const part of value.parts) this.push(part);
    return this;
  }

  messages(field: number, values: readonly WireMessage[]): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  bytes(): Buffer {
    return Buffer.concat(this.parts, this.length);
  }

  private delimited(field: number, value: Buffer): void {
    this.header(field, value.length);
    this.push(value);
  }

  private header(field: number, length: number): void {
    this.push(Buffer.from([...varint((field << 3) | LENGTH_DELIMITED), ...varint(length)]));
  }

  private push(part: Buffer): void {
    this.parts.push(part);
    this.length += part.length;
  }
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest & 127) | 128);
  }
}
