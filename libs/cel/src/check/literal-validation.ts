import { type CallExpression, type Expression, partsOf } from '../syntax/expression.js';
import type { CelSource } from '../syntax/source.js';
import { shownType } from '../typing/assignability.js';
import type { CelType } from '../typing/cel-type.js';
import { CelDuration, CelTimestamp } from '../value/time.js';
import { patternOf } from '../library/pattern.js';

/** Which argument of a call must be sound where it is written down. */
const VALIDATED: Readonly<Record<string, { what: string; argument: number; isSound: (text: string) => boolean }>> = {
  duration: { what: 'duration', argument: 0, isSound: (text) => CelDuration.parse(text) !== undefined },
  timestamp: { what: 'timestamp', argument: 0, isSound: (text) => CelTimestamp.parse(text) !== undefined },
  matches: { what: 'matches', argument: 0, isSound: (text) => typeof patternOf(text) !== 'string' },
};

/** Models cel-go's validators of literals, which Kubernetes turns on: their texts are sound, their items of one type. */
export function validateLiterals(source: CelSource, root: Expression): void {
  const mixed = new Set<Expression>();
  for (const part of partsOf(root)) {
    if (part.kind === 'call') {
      if (Object.hasOwn(VALIDATED, part.name)) validate(source, part);
      if (part.name === 'format') for (const arg of part.args) mixed.add(arg);
    } else if (part.kind === 'list') {
      const items = part.items.map((item, index) => [item, part.optionals.has(index)] as const);
      if (mixed.has(part)) for (const item of part.items) mixed.add(item);
      else expectOneType(source, items);
    } else if (part.kind === 'map') {
      if (mixed.has(part)) for (const { value } of part.entries) mixed.add(value);
      else {
        expectOneType(
          source,
          part.entries.map(({ key }) => [key, false]),
        );
        expectOneType(
          source,
          part.entries.map(({ value, isOptional }) => [value, isOptional]),
        );
      }
    }
  }
}

function expectOneType(source: CelSource, items: readonly (readonly [item: Expression, isOptional: boolean])[]): void {
  let expected: CelType | undefined;
  for (const [item, isOptional] of items) {
    const type = isOptional && item.type!.isOptional ? item.type!.params[0]! : item.type!;
    expected ??= type;
    if (isEquivalent(expected, type)) continue;
    source.report(item.at, `expected type '${shownType(expected)}' but found '${shownType(type)}'`);
    return;
  }
}

/** Types whose parameters are not known yet are equivalent to any of their kind. */
function isEquivalent(first: CelType, second: CelType): boolean {
  if (first.kind !== second.kind || first.name !== second.name) return false;
  return first.params.every((param, index) => {
    const other = second.params[index]!;
    return param.kind === 'dyn' || other.kind === 'dyn' || isEquivalent(param, other);
  });
}

function validate(source: CelSource, call: CallExpression): void {
  const { what, argument, isSound } = VALIDATED[call.name]!;
  const literal = call.args[call.name === 'matches' && !call.target ? 1 : argument];
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return;
  if (!isSound(literal.value)) source.report(literal.at, `invalid ${what} argument`);
}
