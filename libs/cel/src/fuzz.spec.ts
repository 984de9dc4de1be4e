import { describe, expect, it } from '@jest/globals';
import { Random } from '#base';
import { celTypeOf } from './schema/schema-type.js';
import { outcomeOf } from './spec-cel.js';
import { compileCel } from './compile.js';
import { DYN, INT, STRING } from './typing/cel-type.js';

const SEED = 'cel';
const LEAVES = [
  ...'1 0 -1 2u 1.5 true false null "a" "" "é😀" b"x" [] {} x s n self self.items self.labels self.at int string'.split(
    ' ',
  ),
  'duration("1h")',
  'timestamp("2020-01-01T00:00:00Z")',
  'optional.none()',
  'quantity("1Mi")',
  'ip("::1")',
  '9223372036854775807',
];
const OPERATORS = ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', '&&', '||', 'in'];
const MEMBERS =
  'size startsWith contains matches split replace join indexOf substring isSorted sum max getHours charAt value orValue format find findAll lowerAscii first'.split(
    ' ',
  );
const FUNCTIONS =
  'size int uint double string bool bytes dyn type duration timestamp quantity isIP url has optional.of sets.contains'.split(
    ' ',
  );
const MACROS = 'all exists exists_one map filter optMap transformList transformMap transformMapEntry'.split(' ');
const SCRAPS = [
  ...Array.from('()[]{}.,:?!-+*/%&|="\'\\`$@#\n\t'),
  ...LEAVES,
  ...OPERATORS,
  'r"',
  '"""',
  '0x',
  '1e',
  'ß',
  '\u0000',
  'in',
];

const variables = {
  x: DYN,
  s: STRING,
  n: INT,
  self: celTypeOf({
    type: 'object',
    properties: {
      items: { type: 'array', items: { type: 'integer' }, maxItems: 5 },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      at: { type: 'string', format: 'date-time' },
    },
  })!,
};
const values = {
  x: { a: [1, 'b', null, { c: 1.5 }] },
  s: 'text',
  n: 7,
  self: { items: [3, 1, 2], labels: { a: 'b' }, at: 'no time' },
};

function grown(random: Random, depth: number): string {
  const one = <T>(from: readonly T[]): T => from[random.int(from.length)]!;
  if (depth === 0) return one(LEAVES);
  const next = (): string => grown(random, random.int(depth));
  switch (random.int(9)) {
    case 0:
      return `(${next()} ${one(OPERATORS)} ${next()})`;
    case 1:
      return `${next()}.${one(MEMBERS)}(${Array.from({ length: random.int(3) }, next).join(', ')})`;
    case 2:
      return `${one(FUNCTIONS)}(${next()})`;
    case 3:
      return `${next()}.${one(MACROS)}(${random.int(2) ? 'i' : 'i, j'}, ${next()})`;
    case 4:
      return `[${Array.from({ length: random.int(4) }, next).join(', ')}]`;
    case 5:
      return `{${next()}: ${next()}}`;
    case 6:
      return `(${next()} ? ${next()} : ${next()})`;
    case 7:
      return `${next()}${one(['.a', '.?a', '[0]', '[?0]', '["a"]', '.items'])}`;
    default:
      return `${one(['!', '-', 'dyn'])}(${next()})`;
  }
}

/** outcomeOf throws when anything but CelError is thrown. */
describe(`random expressions (seed ${SEED})`, () => {
  it('that are well formed give a value or an error, and an estimate', () => {
    const random = new Random(SEED);
    for (let round = 0; round < 3000; round++) {
      const source = grown(random, 1 + random.int(6));
      const { value, error, cost } = outcomeOf(source, values, { variables });
      expect({ source, isSettled: (value === undefined) !== (error === undefined) }).toEqual({
        source,
        isSettled: true,
      });
      const estimate = compileCel(source, { variables }).program?.estimateCost();
      if (!estimate) continue;
      expect({ source, isNumber: estimate.min >= 0 && estimate.max >= 0 }).toEqual({ source, isNumber: true });
      expect(cost).toBeGreaterThanOrEqual(0);
    }
  });

  it('that are scraps give a value or an error', () => {
    const random = new Random(SEED);
    for (let round = 0; round < 5000; round++) {
      const source = Array.from({ length: 1 + random.int(12) }, () => SCRAPS[random.int(SCRAPS.length)]!).join(
        random.int(2) ? '' : ' ',
      );
      const { value, error } = outcomeOf(source, values, { variables });
      expect({ source, isSettled: (value === undefined) !== (error === undefined) }).toEqual({
        source,
        isSettled: true,
      });
    }
  });
});
