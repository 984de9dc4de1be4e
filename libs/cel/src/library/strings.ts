import type { OverloadRow } from '../typing/signature.js';
import { typeNameOf } from '../value/kind.js';
import { CelFault, CelList, type Value } from '../value/value.js';
import { checkSize } from '../value/work.js';
import { formatted } from './string-format.js';

const outOfRange = (index: bigint): CelFault => new CelFault(`index out of range: ${index}`);

/** Models cel-go's strings, and its extension in version 2, which Kubernetes has. Indexes count characters, not UTF-16. */
export const STRINGS: readonly OverloadRow[] = [
  ['contains_string', '<string>.contains(string) -> bool', (a: string, b: string) => a.includes(b)],
  ['ends_with_string', '<string>.endsWith(string) -> bool', (a: string, b: string) => a.endsWith(b)],
  ['starts_with_string', '<string>.startsWith(string) -> bool', (a: string, b: string) => a.startsWith(b)],
  ['string_char_at_int', '<string>.charAt(int) -> string', charAt],
  ['string_index_of_string', '<string>.indexOf(string) -> int', (a: string, b: string) => indexOf(a, b, 0n)],
  ['string_index_of_string_int', '<string>.indexOf(string, int) -> int', indexOf],
  [
    'string_last_index_of_string',
    '<string>.lastIndexOf(string) -> int',
    (a: string, b: string) => lastIndexOf(a, b, undefined),
  ],
  ['string_last_index_of_string_int', '<string>.lastIndexOf(string, int) -> int', lastIndexOf],
  [
    'string_lower_ascii',
    '<string>.lowerAscii() -> string',
    (a: string) => a.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ],
  [
    'string_replace_string_string',
    '<string>.replace(string, string) -> string',
    (a: string, b: string, c: string) => replace(a, b, c, -1n),
  ],
  ['string_replace_string_string_int', '<string>.replace(string, string, int) -> string', replace],
  ['string_split_string', '<string>.split(string) -> list(string)', (a: string, b: string) => split(a, b, -1n)],
  ['string_split_string_int', '<string>.split(string, int) -> list(string)', split],
  [
    'string_substring_int',
    '<string>.substring(int) -> string',
    (a: string, from: bigint) => substring(a, from, undefined),
  ],
  ['string_substring_int_int', '<string>.substring(int, int) -> string', substring],
  // Go's white space, which is not quite JavaScript's: no byte order mark, but next line.
  [
    'string_trim',
    '<string>.trim() -> string',
    (a: string) => a.replace(/^[\p{White_Space}]+|[\p{White_Space}]+$/gu, ''),
  ],
  [
    'string_upper_ascii',
    '<string>.upperAscii() -> string',
    (a: string) => a.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ],
  ['string_format', '<string>.format(list(dyn)) -> string', formatted],
  ['strings_quote', 'strings.quote(string) -> string', quoted],
  ['list_join', '<list(string)>.join() -> string', (a: CelList) => join(a, '')],
  ['list_join_string', '<list(string)>.join(string) -> string', join],
];

/** Index in UTF-16 of each character's place, when the text has characters of two units; else undefined. */
function characters(text: string): readonly string[] | string {
  return /[\ud800-\udfff]/.test(text) ? [...text] : text;
}

function sliced(text: readonly string[] | string, from: number, to?: number): string {
  return typeof text === 'string' ? text.slice(from, to) : text.slice(from, to).join('');
}

function charAt(text: string, index: bigint): Value {
  const all = characters(text);
  if (index < 0n || index > BigInt(all.length)) return outOfRange(index);
  return all[Number(index)] ?? '';
}

function indexOf(text: string, part: string, from: bigint): Value {
  if (part === '') return from;
  const all = characters(text);
  // An empty text is searched from its start without complaint by the short form only.
  if (from < 0n || from >= BigInt(all.length)) return all.length === 0 && from === 0n ? -1n : outOfRange(from);
  if (typeof all === 'string') return BigInt(all.indexOf(part, Number(from)));
  const at = sliced(all, Number(from)).indexOf(part);
  return at < 0 ? -1n : from + BigInt([...sliced(all, Number(from)).slice(0, at)].length);
}

function lastIndexOf(text: string, part: string, from: bigint | undefined): Value {
  const all = characters(text);
  if (part === '') return from ?? BigInt(all.length);
  const start = from ?? BigInt(all.length - 1);
  if (start < 0n || start >= BigInt(all.length))
    return all.length === 0 && from === undefined ? -1n : outOfRange(start);
  if (typeof all === 'string') return BigInt(all.lastIndexOf(part, Number(start)));
  const before = sliced(all, 0, Number(start)).length;
  const at = text.lastIndexOf(part, before);
  return at < 0 ? -1n : BigInt([...text.slice(0, at)].length);
}

function replace(text: string, old: string, by: string, limit: bigint): Value {
  if (limit === 0n) return text;
  const parts = old === '' ? ['', ...text, ''] : text.split(old);
  const most = limit < 0n ? parts.length - 1 : Math.min(Number(limit), parts.length - 1);
  checkSize(text.length + most * by.length);
  const head = parts.slice(0, most + 1).join(by);
  const tail = parts.slice(most + 1);
  // An empty part stands before each character and at the end: the first piece is only its beginning.
  return tail.length === 0 ? head : head + old + tail.join(old);
}

function split(text: string, separator: string, limit: bigint): Value {
  if (limit === 0n) return CelList.of([]);
  const parts = separator === '' ? [...text] : text.split(separator);
  checkSize(parts.length * 4);
  if (limit < 0n || BigInt(parts.length) <= limit) return CelList.of(parts);
  const kept = parts.slice(0, Number(limit) - 1);
  return CelList.of([...kept, parts.slice(kept.length).join(separator)]);
}

function substring(text: string, from: bigint, to: bigint | undefined): Value {
  const all = characters(text);
  if (to !== undefined && from > to) return new CelFault(`invalid substring range. start: ${from}, end: ${to}`);
  if (from < 0n || from > BigInt(all.length)) return outOfRange(from);
  if (to !== undefined && to > BigInt(all.length)) return outOfRange(to);
  return sliced(all, Number(from), to === undefined ? undefined : Number(to));
}

const QUOTED: Readonly<Record<string, string>> = {
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
};

function quoted(text: string): string {
  checkSize(2 * text.length + 2);
  return `"${text.replace(/[\x07-\r\\"]/g, (character) => QUOTED[character] ?? character)}"`;
}

function join(list: CelList, separator: string): Value {
  const parts: string[] = [];
  let size = 0;
  for (const item of list) {
    if (typeof item !== 'string') return new CelFault(`join: invalid input: ${typeNameOf(item)}`);
    size += item.length + separator.length;
    parts.push(item);
  }
  checkSize(size);
  return parts.join(separator);
}
