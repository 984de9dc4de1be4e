/**
 * Arrays in PostgreSQL's binary form: `pg` sends Buffers as they are, while a text array would have every quote of every
 * object escaped on one side and parsed on the other.
 *
 * Form: dimensions (1), has-null flag, element type's OID, length, lower bound (1); then per element its length (-1: null)
 * and bytes. All integers big-endian.
 */
const HEADER_BYTES = 20;
const TEXT_OID = 25;
const INT8_OID = 20;
const INT2_OID = 21;

export function textArray(values: readonly (string | null)[]): Buffer {
  const lengths = values.map((value) => (value === null ? 0 : Buffer.byteLength(value)));
  let size = HEADER_BYTES + values.length * 4;
  for (const length of lengths) size += length;
  const buffer = withHeader(size, TEXT_OID, values.length, 1);
  let offset = HEADER_BYTES;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    offset = buffer.writeInt32BE(value === null ? -1 : lengths[i]!, offset);
    if (value !== null) offset += buffer.write(value, offset, 'utf8');
  }
  return buffer;
}

/** Integers up to 2^53. */
export function int8Array(values: readonly number[]): Buffer {
  const buffer = withHeader(HEADER_BYTES + values.length * 12, INT8_OID, values.length, 0);
  let offset = HEADER_BYTES;
  for (const value of values) {
    offset = buffer.writeInt32BE(8, offset);
    offset = buffer.writeInt32BE(Math.floor(value / 2 ** 32), offset);
    offset = buffer.writeUInt32BE(value >>> 0, offset);
  }
  return buffer;
}

export function int2Array(values: readonly number[]): Buffer {
  const buffer = withHeader(HEADER_BYTES + values.length * 6, INT2_OID, values.length, 0);
  let offset = HEADER_BYTES;
  for (const value of values) {
    offset = buffer.writeInt32BE(2, offset);
    offset = buffer.writeInt16BE(value, offset);
  }
  return buffer;
}

function withHeader(size: number, oid: number, length: number, hasNull: 0 | 1): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(hasNull, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer;
}
