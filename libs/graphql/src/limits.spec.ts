import { describe, expect, it } from '@jest/globals';
import { buildSchema, type FragmentDefinitionNode, type OperationDefinitionNode, parse, validate } from 'graphql';
import { QueryLimitsRule } from './limits.js';
import { widthOf } from './selection.js';

const schema = buildSchema('type Query { a: Query b: Int }');
const errors = (query: string) => validate(schema, parse(query), [QueryLimitsRule]).map((error) => error.message);
const nested = (depth: number) => '{ a '.repeat(depth - 1) + '{ b }' + '}'.repeat(depth - 1);

describe('QueryLimitsRule', () => {
  it.each([
    ['depth 15', nested(15)],
    ['50 aliases', `{ ${Array.from({ length: 50 }, (_, i) => `x${i}: b`).join(' ')} }`],
    ['a deep introspection', `{ __schema ${nested(30)} }`],
    ['a fragment that spreads itself', '{ ...F } fragment F on Query { a { ...F } }'],
  ])('lets %s pass', (_what, query) => expect(errors(query)).toEqual([]));

  it.each([
    ['depth 16', nested(16), 'the operation has a depth of 16, more than the 15 allowed'],
    [
      'depth through fragments',
      `{ a { ...F } } fragment F on Query ${nested(15)}`,
      'the operation has a depth of 16, more than the 15 allowed',
    ],
    [
      '51 aliases',
      `{ ${Array.from({ length: 51 }, (_, i) => `x${i}: b`).join(' ')} }`,
      'the operation has a number of aliases of 51, more than the 50 allowed',
    ],
  ])('refuses %s', (_what, query, message) => expect(errors(query)).toEqual([message]));

  it('counts fragments of fragments as often as they are spread, in linear time', () => {
    const doubling = Array.from({ length: 40 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`);
    const query = `{ ...F0 } ${doubling.join(' ')} fragment F40 on Query { b }`;
    expect(errors(query)).toEqual(['the operation has a number of fields of 1000000000, more than the 2000 allowed']);
  });

  it('knows how many fields a selection has', () => {
    const document = parse('{ a { b ... on Query { b } ...F } } fragment F on Query { a { b } }');
    const fragment = document.definitions[1] as FragmentDefinitionNode;
    expect(widthOf((document.definitions[0] as OperationDefinitionNode).selectionSet, { F: fragment })).toBe(5);
  });
});
