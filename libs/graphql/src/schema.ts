import { GraphQLObjectType, GraphQLSchema } from 'graphql';
import type { KindCatalog, OpenApiSchema } from '#kinds';
import { KindTypes, type ReadLogs } from './kind-types.js';
import { applyField, mutationFields } from './mutations.js';
import type { Fields } from './object-types.js';
import { groupFields, queryFields } from './queries.js';
import { clusterEdge, isSandboxKind, type SandboxesOptions } from './sandbox-edge.js';
import type { OperationContext } from './source.js';
import { subscriptionFields } from './subscriptions.js';

export interface SchemaOptions {
  /** Texts of the definitions; without them the schema has no docs. */
  readonly described?: ReadonlyMap<string, OpenApiSchema>;
  /** Gives the host's Sandbox its `cluster` edge. */
  readonly sandboxes?: SandboxesOptions;
  /** Gives pods their `logs`. */
  readonly readLogs?: ReadLogs;
}

/**
 * The schema of everything that a catalog serves. Depends on nothing of one sandbox: those with the same catalog share
 * one. Not validated here: a spec does that, for the host's kinds and a sandbox's.
 */
export function schemaOf(catalog: KindCatalog, options: SchemaOptions = {}): GraphQLSchema {
  const isHost = options.sandboxes !== undefined && catalog.all.some(isSandboxKind);
  const inside = isHost ? options.sandboxes : undefined;
  const types = new KindTypes({
    catalogs: inside ? [catalog, inside.kinds] : [catalog],
    described: options.described ?? new Map<string, OpenApiSchema>(),
    more: inside ? clusterEdge(inside) : () => ({}),
    ...(options.readLogs ? { readLogs: options.readLogs } : {}),
  });
  const root = (name: string, fields: Fields) => new GraphQLObjectType<unknown, OperationContext>({ name, fields });
  return new GraphQLSchema({
    query: root(
      'Query',
      groupFields(catalog, types, 'Queries', (kind) => queryFields(kind, types)),
    ),
    mutation: root('Mutation', {
      ...groupFields(catalog, types, 'Mutations', (kind) => mutationFields(kind, types)),
      apply: applyField(types, catalog) as Fields[string],
    }),
    subscription: root('Subscription', subscriptionFields(catalog, types)),
    // Reached through the interface only: an owner or an involved object may be of any kind.
    types: catalog.all.filter((kind) => kind.verbs.includes('get')).map((kind) => types.of(kind)),
    assumeValid: true,
  });
}
