import type { OverloadRow } from '../typing/signature.js';
import { CelFault, CelList, type Value } from '../value/value.js';
import { spend } from '../value/work.js';
import { patternOf } from './pattern.js';

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

/** Work of compiling one character of a pattern, and of looking at one character of a text, as values count it. */
const COMPILE_WORK = 16;
const STEPS_PER_WORK = 2;

function matcherOf(text: string, pattern: string) {
  spend(pattern.length * COMPILE_WORK);
  const regex = patternOf(pattern);
  if (typeof regex === 'string') return new CelFault(regex);
  spend(regex.workOn(text) / STEPS_PER_WORK);
  return regex.regex.matcher(text);
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
