import { invariant } from '#base';
import type { Value } from '../value/value.js';
import { BOOL, BYTES, CelType, DOUBLE, DURATION, DYN, INT, NULL, STRING, TIMESTAMP, UINT } from './cel-type.js';

/** One way to call a function. */
export interface Overload {
  readonly id: string;
  readonly name: string;
  readonly isMember: boolean;
  readonly params: readonly CelType[];
  readonly result: CelType;
  /** Gets as many values as there are params, none of them a fault, each of the param's kind. */
  readonly call: (...args: never[]) => Value;
}

/** Id, signature ('string.startsWith(string) -> bool'; capital letters are type parameters), and what it does. */
export type OverloadRow = readonly [id: string, signature: string, call: (...args: never[]) => Value];

const NAMED: Readonly<Record<string, CelType>> = {
  bool: BOOL,
  bytes: BYTES,
  double: DOUBLE,
  duration: DURATION,
  dyn: DYN,
  int: INT,
  null_type: NULL,
  string: STRING,
  timestamp: TIMESTAMP,
  uint: UINT,
};
/** Receiver (only in brackets of types, so that names may hold dots), name, parameters, result. */
const SIGNATURE = /^(?:<(.+)>\.)?([\w.@!<>=+\-*/%?:[\]|&]+)\((.*)\) -> (.+)$/;

export function overloadOf([id, signature, call]: OverloadRow): Overload {
  const match = SIGNATURE.exec(signature);
  invariant(match, `a signature: ${signature}`);
  const [, receiver, name, params, result] = match;
  const own = params === '' ? [] : splitTypes(params!).map(typeOf);
  return {
    id,
    name: name!,
    isMember: receiver !== undefined,
    params: receiver === undefined ? own : [typeOf(receiver), ...own],
    result: typeOf(result!),
    call,
  };
}

function typeOf(text: string): CelType {
  const known = NAMED[text];
  if (known) return known;
  if (/^[A-Z]$/.test(text)) return CelType.param(text);
  const match = /^([\w.]+)\((.*)\)$/.exec(text);
  if (!match) return text === 'type' ? CelType.type() : CelType.opaque(text);
  const params = splitTypes(match[2]!).map(typeOf);
  if (match[1] === 'list') return CelType.list(params[0]!);
  if (match[1] === 'map') return CelType.map(params[0]!, params[1]!);
  if (match[1] === 'type') return CelType.type(params[0]);
  return match[1] === 'optional' ? CelType.optional(params[0]!) : CelType.opaque(match[1]!, ...params);
}

function splitTypes(text: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index <= text.length; index++) {
    const character = text[index];
    if (character === '(') depth++;
    else if (character === ')') depth--;
    else if (character === undefined || (character === ',' && depth === 0)) {
      parts.push(text.slice(start, index).trim());
      start = index + 1;
    }
  }
  return parts;
}
