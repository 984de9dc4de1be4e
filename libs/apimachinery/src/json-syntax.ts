/** Looks at JSON text by hand, where JSON.parse does not say enough: how deep it is, and what Go would say is wrong with it. */

/** True when arrays and objects are nested deeper than `max`. Linear; strings are skipped. */
export function jsonDepthExceeds(text: string, max: number): boolean {
  // Each level takes two characters, so a short text cannot.
  if (text.length < 2 * max) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = stringEnd(text, at);
      if (at === -1) return false;
    } else if (code === 0x7b || code === 0x5b) {
      if (++depth > max) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}

/** The place of the quote that closes the string opened at `open`; -1 when none does. */
export function stringEnd(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 0x5c) slashes++;
    if (slashes % 2 === 0) return quote;
  }
  return -1;
}

/** What may come next; the text that Go's scanner adds when something else does. */
const EXPECTATIONS = {
  value: 'looking for beginning of value',
  valueOrEnd: 'looking for beginning of value',
  key: 'looking for beginning of object key string',
  keyOrEnd: 'looking for beginning of object key string',
  colon: 'after object key',
  afterField: 'after object key:value pair',
  afterItem: 'after array element',
  end: 'after top-level value',
} as const;
type Expectation = keyof typeof EXPECTATIONS;

const WHITESPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const LITERALS: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };
const UNEXPECTED_END = 'unexpected end of JSON input';

/** Why `text`, which JSON.parse refused, is no JSON, in the words of Go's encoding/json. */
export function goSyntaxError(text: string): string {
  const open: ('{' | '[')[] = [];
  let expects: Expectation = 'value';
  let at = 0;
  const afterValue = (): Expectation => (open.length === 0 ? 'end' : open.at(-1) === '{' ? 'afterField' : 'afterItem');
  for (;;) {
    WHITESPACE.lastIndex = at;
    WHITESPACE.test(text);
    at = WHITESPACE.lastIndex;
    if (at >= text.length) return UNEXPECTED_END;
    const char = text[at]!;
    const next = step(expects, char, open);
    if (next !== undefined) {
      expects = next === 'closed' ? afterValue() : next;
      at++;
    } else if (char === '"' && expects !== 'colon' && !expects.startsWith('after') && expects !== 'end') {
      const end = wrongString(text, at);
      if (typeof end === 'string') return end;
      expects = expects.startsWith('key') ? 'colon' : afterValue();
      at = end + 1;
    } else if (expects === 'value' || expects === 'valueOrEnd') {
      const end = wrongScalar(text, at);
      if (typeof end === 'string') return end;
      expects = afterValue();
      at = end;
    } else return invalidCharacter(text, at, EXPECTATIONS[expects]);
  }
}

/** Punctuation: what is expected after `char`, 'closed' after a closing bracket, undefined when it is none that fits here. */
function step(expects: Expectation, char: string, open: ('{' | '[')[]): Expectation | 'closed' | undefined {
  const wantsValue = expects === 'value' || expects === 'valueOrEnd';
  if (wantsValue && (char === '{' || char === '[')) {
    open.push(char);
    return char === '{' ? 'keyOrEnd' : 'valueOrEnd';
  }
  if (expects === 'colon' && char === ':') return 'value';
  if (expects === 'afterField' && char === ',') return 'key';
  if (expects === 'afterItem' && char === ',') return 'value';
  const closes =
    ((expects === 'keyOrEnd' || expects === 'afterField') && char === '}') ||
    ((expects === 'valueOrEnd' || expects === 'afterItem') && char === ']');
  if (!closes) return undefined;
  open.pop();
  return 'closed';
}

/** The place of the closing quote, or what is wrong before it. */
function wrongString(text: string, open: number): number | string {
  for (let at = open + 1; at < text.length; at++) {
    const char = text[at]!;
    if (char === '"') return at;
    if (char < ' ') return invalidCharacter(text, at, 'in string literal');
    if (char !== '\\') continue;
    const escape = text[++at];
    if (escape === undefined) break;
    if (!'"\\/bfnrtu'.includes(escape)) return invalidCharacter(text, at, 'in string escape code');
    for (let digit = 0; escape === 'u' && digit < 4; digit++) {
      if (++at >= text.length) return UNEXPECTED_END;
      if (!/[0-9a-fA-F]/.test(text[at]!)) return invalidCharacter(text, at, 'in \\u hexadecimal character escape');
    }
  }
  return UNEXPECTED_END;
}

/** The place after a number or literal, or what is wrong with it. */
function wrongScalar(text: string, start: number): number | string {
  const literal = LITERALS[text[start]!];
  if (literal !== undefined) {
    for (let i = 1; i < literal.length; i++) {
      if (start + i >= text.length) return UNEXPECTED_END;
      if (text[start + i] !== literal[i]) {
        return invalidCharacter(text, start + i, `in literal ${literal} (expecting '${literal[i]}')`);
      }
    }
    return start + literal.length;
  }
  NUMBER.lastIndex = start;
  if (NUMBER.test(text)) return NUMBER.lastIndex;
  if (text[start] !== '-') return invalidCharacter(text, start, EXPECTATIONS.value);
  return start + 1 >= text.length ? UNEXPECTED_END : invalidCharacter(text, start + 1, 'in numeric literal');
}

function invalidCharacter(text: string, at: number, where: string): string {
  const char = String.fromCodePoint(text.codePointAt(at)!);
  const shown = char === "'" ? "\\'" : char === '"' ? '"' : JSON.stringify(char).slice(1, -1);
  return `invalid character '${shown}' ${where}`;
}
