import { type CallExpression, type Expression, partsOf } from '../syntax/expression.js';
import type { CelSource } from '../syntax/source.js';
import { CelDuration, CelTimestamp } from '../value/time.js';
import { regexOf } from '../library/regex.js';

/** Which argument of a call must be sound where it is written down. */
const VALIDATED: Readonly<Record<string, { what: string; argument: number; isSound: (text: string) => boolean }>> = {
  duration: { what: 'duration', argument: 0, isSound: (text) => CelDuration.parse(text) !== undefined },
  timestamp: { what: 'timestamp', argument: 0, isSound: (text) => CelTimestamp.parse(text) !== undefined },
  matches: { what: 'matches', argument: 0, isSound: (text) => typeof regexOf(text) !== 'string' },
};

/** Models cel-go's validators of literals, which Kubernetes turns on. */
export function validateLiterals(source: CelSource, root: Expression): void {
  for (const part of partsOf(root)) {
    if (part.kind === 'call' && Object.hasOwn(VALIDATED, part.name)) validate(source, part);
  }
}

function validate(source: CelSource, call: CallExpression): void {
  const { what, argument, isSound } = VALIDATED[call.name]!;
  const literal = call.args[call.name === 'matches' && !call.target ? 1 : argument];
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return;
  if (!isSound(literal.value)) source.report(literal.at, `invalid ${what} argument`);
}
