import { parseQuantity, rfc3339, rfc3339Micro, timeOf } from '#apimachinery';

/** The canonical text of a scalar, or why it is none. */
type ScalarText = { text: string } | { error: string };

/** Quantities repeat ('100m', '128Mi'); reading one costs far more than finding it. Bounded, emptied when full. */
const QUANTITIES_MAX = 4096;
const quantities = new Map<string, ScalarText>();

/** As Go writes a quantity after reading it: '0.5' → '500m', '1024Mi' → '1Gi'. */
export function canonicalQuantity(value: string | number): ScalarText {
  const key = typeof value === 'string' ? value : String(value);
  let result = quantities.get(key);
  if (!result) {
    result = readQuantity(key);
    if (quantities.size >= QUANTITIES_MAX) quantities.clear();
    if (key.length <= 32) quantities.set(key, result);
  }
  return result;
}

function readQuantity(text: string): ScalarText {
  try {
    return { text: parseQuantity(text).toString() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { error: error.message };
  }
}

const ZERO = 48;
const NINE = 57;

/** 'dddd-dd-ddTdd:dd:ddZ' is by far the usual form and needs only the check that it is a time at all. */
function isPlainTime(text: string): boolean {
  if (text.length !== 20 || text[19] !== 'Z') return false;
  for (let i = 0; i < 19; i++) {
    if (i === 4 || i === 7 || i === 10 || i === 13 || i === 16) continue;
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) return false;
  }
  // Days up to 28 exist in every month; the rest takes the thorough way.
  return text[4] === '-' && text[7] === '-' && text[10] === 'T' && Number(text.slice(8, 10)) <= 28 && plausible(text);
}

function plausible(text: string): boolean {
  const at = (start: number) => Number(text.slice(start, start + 2));
  const isDate = at(5) >= 1 && at(5) <= 12 && at(8) >= 1;
  return isDate && text[13] === ':' && text[16] === ':' && at(11) < 24 && at(14) < 60 && at(17) < 60;
}

/** As Go writes a time after reading it: UTC, whole seconds (or microseconds). */
export function canonicalTime(text: string, isMicro: boolean): ScalarText {
  if (!isMicro && isPlainTime(text)) return { text };
  const ms = timeOf(text);
  if (ms !== undefined) return { text: isMicro ? microText(text, ms) : rfc3339(ms) };
  const layout = isMicro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00';
  const shown = JSON.stringify(text);
  return { error: `parsing time ${shown} as ${JSON.stringify(layout)}: cannot parse ${shown} as "2006"` };
}

function microText(text: string, ms: number): string {
  return text.length === 27 && text.endsWith('Z') ? text : rfc3339Micro(ms);
}

const BASE64_CODES = new Uint8Array(128);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/')
  BASE64_CODES[char.charCodeAt(0)] = 1;
const PADDING = 61;

/** Standard, padded base64; Go skips line ends inside. The text itself when it is fine. */
export function isBase64(text: string): ScalarText {
  const clean = text.includes('\n') || text.includes('\r') ? text.replaceAll('\n', '').replaceAll('\r', '') : text;
  let end = clean.length;
  if (end > 0 && clean.charCodeAt(end - 1) === PADDING) end -= clean.charCodeAt(end - 2) === PADDING ? 2 : 1;
  for (let i = 0; i < end; i++) {
    if (BASE64_CODES[clean.charCodeAt(i)] !== 1) return { error: `illegal base64 data at input byte ${i}` };
  }
  if (clean.length % 4 !== 0)
    return { error: `illegal base64 data at input byte ${clean.length - (clean.length % 4)}` };
  return { text: clean };
}
