import type { CelSource } from './source.js';

export type TokenKind =
  'punctuation' | 'identifier' | 'quoted' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

const SPACE = /[\t\n\f\r ]+|\/\/[^\n]*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const QUOTED_IDENTIFIER = /`[A-Za-z0-9_.\-/ ]+`/y;
const NUMBER =
  /0x[0-9a-fA-F]+[uU]?|[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+|\.[0-9]+(?:[eE][+-]?[0-9]+)?|[0-9]+[uU]?/y;
const PUNCTUATION = /==|!=|<=|>=|&&|\|\||[[\]{}().,\-!?:+*/%<>]/y;
const STRING_START = /[bB]?[rR]?("""|'''|"|')/y;
const ESCAPE_IN_LINE = /\\(?:["'`\\?abfnrtv]|[0-3][0-7]{2}|[xX][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})/y;

/**
 * The words of an expression. What is no word of the language is reported and left out, as cel-go's lexer does.
 * Linear in the text.
 */
export function tokensOf(source: CelSource): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0];
  };
  while (at < text.length) {
    const space = take(SPACE);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const token = stringAt(text, at) ?? numberAt(take(NUMBER), at) ?? wordAt(take, at);
    if (token) {
      tokens.push(token);
      at += token.text.length;
      continue;
    }
    const wrong = unrecognized(text, at);
    source.report(at, `Syntax error: token recognition error at: '${shown(wrong)}'`);
    at += wrong.length;
  }
  tokens.push({ kind: 'end', text: '<EOF>', at: text.length });
  return tokens;
}

function wordAt(take: (pattern: RegExp) => string | undefined, at: number): Token | undefined {
  const identifier = take(IDENTIFIER);
  if (identifier !== undefined) return { kind: 'identifier', text: identifier, at };
  const quoted = take(QUOTED_IDENTIFIER);
  if (quoted !== undefined) return { kind: 'quoted', text: quoted, at };
  const punctuation = take(PUNCTUATION);
  return punctuation === undefined ? undefined : { kind: 'punctuation', text: punctuation, at };
}

function numberAt(text: string | undefined, at: number): Token | undefined {
  if (text === undefined) return undefined;
  if (/[uU]$/.test(text)) return { kind: 'uint', text, at };
  const isDouble = !text.startsWith('0x') && /[.eE]/.test(text);
  return { kind: isDouble ? 'double' : 'int', text, at };
}

function stringAt(text: string, at: number): Token | undefined {
  STRING_START.lastIndex = at;
  const start = STRING_START.exec(text);
  if (!start) return undefined;
  const [prefix, quote] = [start[0], start[1]!];
  const isRaw = /r/i.test(prefix.slice(0, -quote.length));
  const end = closingQuote(text, at + prefix.length, quote, isRaw);
  if (end < 0) return undefined;
  return { kind: /^b/i.test(prefix) ? 'bytes' : 'string', text: text.slice(at, end), at };
}

/** Index after the closing quote, or -1. */
function closingQuote(text: string, from: number, quote: string, isRaw: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) return at + quote.length;
    const character = text[at]!;
    if (quote.length === 1 && (character === '\n' || character === '\r')) return -1;
    if (character !== '\\' || isRaw) continue;
    ESCAPE_IN_LINE.lastIndex = at;
    const escape = ESCAPE_IN_LINE.exec(text);
    if (!escape) return -1;
    at += escape[0].length - 1;
  }
  return -1;
}

/** What cannot begin a word, up to where the next may begin. */
function unrecognized(text: string, at: number): string {
  if (/["']/.test(text[at]!)) {
    const end = text.indexOf('\n', at);
    return text.slice(at, end < 0 ? undefined : end);
  }
  const first = String.fromCodePoint(text.codePointAt(at)!);
  // '|' and '&' and '=' begin operators: the character that shows that they are none is part of what is not recognized.
  return /[|&=]/.test(first) && at + 1 < text.length ? first + String.fromCodePoint(text.codePointAt(at + 1)!) : first;
}

function shown(text: string): string {
  return text.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}
