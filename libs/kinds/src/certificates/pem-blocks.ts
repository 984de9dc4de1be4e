/** One block of a PEM text: what it says it is, and its bytes. */
export interface PemBlock {
  readonly type: string;
  readonly hasHeaders: boolean;
  readonly der: Buffer;
}

const BEGIN = '-----BEGIN ';
const END = '-----END ';
const DASHES = '-----';
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The blocks of a text, in order; what stands between them is passed over, and so is what is no whole block. Models
 * encoding/pem.Decode. Each line is looked at a bounded number of times: the text is whatever somebody sent.
 */
export function* pemBlocks(text: string): Generator<PemBlock> {
  const lines = text.split('\n').map((line) => line.trimEnd());
  let nextEnd = -1;
  for (let at = 0; at < lines.length; at++) {
    const type = labelOf(lines[at]!, BEGIN);
    if (type === undefined) continue;
    // The end that was found for a broken block may be that of the next one.
    if (nextEnd <= at) nextEnd = endAfter(lines, at);
    if (nextEnd === -1) return;
    if (labelOf(lines[nextEnd]!, END) !== type) continue;
    const block = blockOf(type, lines, at + 1, nextEnd);
    if (!block) continue;
    yield block;
    at = nextEnd;
  }
}

/** 'CERTIFICATE' of '-----BEGIN CERTIFICATE-----'. */
function labelOf(line: string, start: string): string | undefined {
  if (!line.startsWith(start) || !line.endsWith(DASHES)) return undefined;
  return line.slice(start.length, -DASHES.length);
}

function endAfter(lines: readonly string[], at: number): number {
  for (let i = at + 1; i < lines.length; i++) if (lines[i]!.startsWith(END)) return i;
  return -1;
}

/** From its first line to the one of its end. */
function blockOf(type: string, lines: readonly string[], start: number, end: number): PemBlock | undefined {
  let body = start;
  while (body < end && lines[body]!.includes(':')) body++;
  const text = lines
    .slice(body, end)
    .map((line) => line.trim())
    .join('');
  if (!BASE64.test(text) || text.length % 4 !== 0) return undefined;
  return { type, hasHeaders: body > start, der: Buffer.from(text, 'base64') };
}
