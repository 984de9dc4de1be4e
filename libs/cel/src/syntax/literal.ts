import { CelUint } from '../value/uint.js';

const INT_MAX = 2n ** 63n - 1n;
const UINT_MAX = 2n ** 64n - 1n;
const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};
const ESCAPE = /\\([0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[^])/g;

/** The number that the digits say, or the error that upstream reports. */
export function intOf(text: string, isNegative: boolean): bigint | string {
  const magnitude = BigInt(text);
  return magnitude > (isNegative ? INT_MAX + 1n : INT_MAX)
    ? 'invalid int literal'
    : isNegative
      ? -magnitude
      : magnitude;
}

export function uintOf(text: string): CelUint | string {
  const value = BigInt(text.slice(0, -1));
  return value > UINT_MAX ? 'invalid uint literal' : new CelUint(value);
}

/** Too large numbers are no literals. */
export function doubleOf(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) ? value : 'invalid double literal';
}

/** The text between the quotes, or the reason why it is none. */
export function stringOf(token: string): { value: string } | { error: string } {
  const { body, isRaw } = bodyOf(token);
  if (isRaw) return { value: body };
  let error: string | undefined;
  const value = body.replace(ESCAPE, (_whole, escape: string) => {
    const code = codeOf(escape);
    if (code === undefined) return ESCAPES[escape] ?? escape;
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      error = 'invalid unicode code point';
      return '';
    }
    return String.fromCodePoint(code);
  });
  return error === undefined ? { value } : { error };
}

/** In bytes, octal and hex escapes are octets; all else is UTF-8. */
export function bytesOf(token: string): { value: Uint8Array } | { error: string } {
  const { body, isRaw } = bodyOf(token);
  if (isRaw) return { value: new TextEncoder().encode(body) };
  const parts: Uint8Array[] = [];
  const encoder = new TextEncoder();
  let last = 0;
  for (const match of body.matchAll(ESCAPE)) {
    parts.push(encoder.encode(body.slice(last, match.index)));
    last = match.index + match[0].length;
    const escape = match[1]!;
    if (/^[uU]/.test(escape)) return { error: 'unable to unescape string' };
    const code = codeOf(escape);
    parts.push(code === undefined ? encoder.encode(ESCAPES[escape] ?? escape) : Uint8Array.of(code));
  }
  parts.push(encoder.encode(body.slice(last)));
  return { value: Uint8Array.from(parts.flatMap((part) => [...part])) };
}

function codeOf(escape: string): number | undefined {
  if (/^[0-3]/.test(escape)) return parseInt(escape, 8);
  return escape.length > 1 && /^[xXuU]/.test(escape) ? parseInt(escape.slice(1), 16) : undefined;
}

function bodyOf(token: string): { body: string; isRaw: boolean } {
  const [prefix, quote] = /^[bBrR]*("""|'''|"|')/.exec(token)!;
  const body = token.slice(prefix.length, -quote!.length).replaceAll('\r\n', '\n').replaceAll('\r', '\n');
  return { body, isRaw: /r/i.test(prefix) };
}
