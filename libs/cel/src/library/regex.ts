import { RE2JS } from 're2js';
import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelList, type Value } from '../value/value.js';
import { spend } from '../value/work.js';

const COMPILED_MAX = 256;
const compiled = new Map<string, RE2JS | string>();

/** Users' patterns are matched in linear time, whatever they are. Models cel-go's matches and apiserver's regex library. */
export const REGEX: readonly OverloadRow[] = [
  ['matches', 'matches(string, string) -> bool', isMatch],
  ['matches_string', '<string>.matches(string) -> bool', isMatch],
  ['string_find_string', '<string>.find(string) -> string', find],
  [
    'string_find_all_string',
    '<string>.findAll(string) -> list(string)',
    (text: string, pattern: string) => findAll(text, pattern, -1n),
  ],
  ['string_find_all_string_int', '<string>.findAll(string, int) -> list(string)', findAll],
];

/** The pattern, or why it is none, as Go says it. */
export function regexOf(pattern: string): RE2JS | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let result: RE2JS | string;
  try {
    result = RE2JS.compile(pattern);
  } catch (error) {
    result = String(error instanceof Error ? error.message : error).replace(/^RE2JS\w*: /, '');
  }
  if (compiled.size >= COMPILED_MAX) compiled.clear();
  compiled.set(pattern, result);
  return result;
}

function matcherOf(text: string, pattern: string) {
  spend(text.length / 4 + pattern.length);
  const regex = regexOf(pattern);
  return typeof regex === 'string' ? new CelFault(regex) : regex.matcher(text);
}

function isMatch(text: string, pattern: string): Value {
  const matcher = matcherOf(text, pattern);
  return matcher instanceof CelFault ? matcher : matcher.find();
}

function find(text: string, pattern: string): Value {
  const matcher = matcherOf(text, pattern);
  if (matcher instanceof CelFault) return matcher;
  return matcher.find() ? (matcher.group() ?? '') : '';
}

function findAll(text: string, pattern: string, limit: bigint): Value {
  const matcher = matcherOf(text, pattern);
  if (matcher instanceof CelFault) return matcher;
  const found: string[] = [];
  while ((limit < 0n || BigInt(found.length) < limit) && matcher.find()) {
    spend(1);
    found.push(matcher.group() ?? '');
  }
  return CelList.of(found);
}
