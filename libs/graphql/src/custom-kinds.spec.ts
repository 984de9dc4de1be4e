import { describe, expect, it } from '@jest/globals';
import { GraphQLSchema as Schema, type GraphQLObjectType, validateSchema } from 'graphql';
import { builtInKinds, CustomCatalogs, describedDefinitions, type KindCatalog } from '#kinds';
import { schemaOf } from './schema.js';

const shared = new CustomCatalogs(builtInKinds);

/** A catalog with one established definition, of that kind, plural and schema. */
function catalogWith(kind: string, plural: string, properties: object, group = 'stable.example.com'): KindCatalog {
  const names = { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` };
  const schema = { openAPIV3Schema: { type: 'object', properties } };
  const definition = {
    metadata: { name: `${plural}.${group}` },
    spec: { group, scope: 'Namespaced', names, versions: [{ name: 'v1', served: true, storage: true, schema }] },
    status: { acceptedNames: names, conditions: [{ type: 'Established', status: 'True' }] },
  };
  return shared.of([shared.factsOf(JSON.stringify(definition))!]);
}

const fieldsOf = (schema: Schema, type: string) =>
  Object.keys((schema.getType(type) as GraphQLObjectType).getFields()).toSorted();

describe('the schema of a sandbox with CRDs', () => {
  it('has their types, queries, mutations and subscriptions', async () => {
    const spec = { type: 'object', properties: { cronSpec: { type: 'string' }, deep: { type: 'object' } } };
    const schema = schemaOf(catalogWith('CronTab', 'crontabs', { spec }), { described: await describedDefinitions() });
    expect(validateSchema(new Schema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
    expect(fieldsOf(schema, 'Query')).toContain('stableV1');
    expect(fieldsOf(schema, 'StableV1CronTabSpec')).toEqual(['cronSpec', 'deep']);
    expect(fieldsOf(schema, 'Subscription')).toContain('stableV1CronTabs');
    expect(fieldsOf(schema, 'Mutation')).toContain('stableV1');
  });

  it.each<[string, string, string, object]>([
    ['one and many have one name', 'Sheep', 'sheep', {}],
    [
      'fields are no names',
      'Odd',
      'odds',
      { spec: { type: 'object', properties: { '1-a': { type: 'string' }, ['__proto__']: { type: 'string' } } } },
    ],
    ['a kind is called as a built-in one', 'Pod', 'pods', {}],
  ])('is valid when %s', async (_what, kind, plural, properties) => {
    const schema = schemaOf(catalogWith(kind, plural, properties), { described: await describedDefinitions() });
    expect(validateSchema(new Schema({ ...schema.toConfig(), assumeValid: false }))).toEqual([]);
  });
});
