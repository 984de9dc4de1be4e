import { type GraphQLFieldConfig, GraphQLNonNull, GraphQLObjectType } from 'graphql';
import type { Kind, KindCatalog, Verb } from '#kinds';
import {
  getArguments,
  given,
  type ListArguments,
  listArguments,
  listRequest,
  nameArgument,
  namespaceOfMany,
  namespaceOfOne,
} from './arguments.js';
import type { KindTypes } from './kind-types.js';
import { groupNames, groupVersionKey, kindNames, upperFirst } from './names.js';
import type { Fields } from './object-types.js';
import { Item, type OperationContext, type PageSource, type Scope, scopeOf } from './source.js';

export const serves = (kind: Kind, verb: Verb) => kind.verbs.includes(verb);

/** `{ coreV1 { … } appsV1 { … } }`: one field for each group and version that has something to show. */
export function groupFields(
  catalog: KindCatalog,
  types: KindTypes,
  typeSuffix: string,
  fieldsOf: (kind: Kind) => Fields,
): Record<string, GraphQLFieldConfig<unknown, OperationContext>> {
  const fields: Record<string, GraphQLFieldConfig<unknown, OperationContext>> = {};
  const names = groupNames(catalog);
  for (const { name: group, versions } of catalog.groups) {
    for (const version of versions) {
      const kinds = catalog.ofGroupVersion({ group, version });
      const name = names.get(groupVersionKey({ group, version }))!;
      const type = groupType(types.objects.freeName(upperFirst(name) + typeSuffix), kinds, fieldsOf);
      if (!type) continue;
      fields[name] = { type: new GraphQLNonNull(type), resolve: (source, _args, context) => scopeOf(source, context) };
    }
  }
  return fields;
}

function groupType(name: string, kinds: readonly Kind[], fieldsOf: (kind: Kind) => Fields) {
  const made = kinds.map(fieldsOf).filter((fields) => Object.keys(fields).length > 0);
  if (made.length === 0) return undefined;
  return new GraphQLObjectType<unknown, OperationContext>({ name, fields: Object.assign({}, ...made) as Fields });
}

/** `pods(…)` and `pod(…)`. */
export function queryFields(kind: Kind, types: KindTypes): Fields {
  const { one, many } = kindNames(kind);
  return {
    ...(serves(kind, 'list') ? { [many]: listField(kind, types) } : {}),
    ...(serves(kind, 'get') ? { [one]: getField(kind, types) } : {}),
  };
}

function listField(kind: Kind, types: KindTypes): GraphQLFieldConfig<unknown, OperationContext, ListArguments> {
  return {
    type: types.pageOf(kind),
    description: `The ${kind.kind} objects that the selectors match, a page at a time.`,
    args: { ...namespaceOfMany(kind), ...listArguments },
    async resolve(source, args, context): Promise<PageSource> {
      const scope = scopeOf(source, context);
      const request = listRequest(args);
      scope.operation.budget.call();
      const namespace = kind.namespaced ? (args.namespace ?? undefined) : undefined;
      const list = await scope.cluster.verbs.list(scope.request, { kind, namespace }, request);
      return { scope, kind, list };
    },
  };
}

interface GetArguments {
  readonly namespace?: string | null;
  readonly name: string;
  readonly resourceVersion?: string | null;
}

function getField(kind: Kind, types: KindTypes): GraphQLFieldConfig<unknown, OperationContext, GetArguments> {
  return {
    type: types.of(kind),
    description: `One ${kind.kind}; null with an error of reason NotFound when there is none.`,
    args: { ...namespaceOfOne(kind), ...nameArgument, ...getArguments },
    async resolve(source, { namespace, name, resourceVersion }, context): Promise<Item> {
      const scope = scopeOf(source, context);
      scope.operation.budget.call();
      const target = { kind, namespace: namespaceFor(kind, namespace), name };
      const found = await scope.cluster.verbs.get(scope.request, target, given({ resourceVersion }));
      return new Item(scope, kind, found);
    },
  };
}

/** '' for what is in no namespace. */
export function namespaceFor(kind: Kind, namespace: string | null | undefined): string {
  return kind.namespaced ? (namespace ?? 'default') : '';
}

/** For mutations: what the caller's scope is, one at a time. */
export function inTurn<T>(scope: Scope, work: () => Promise<T>): Promise<T> {
  const turn = scope.operation.mutationTail.then(work);
  scope.operation.mutationTail = turn.catch(() => undefined);
  return turn;
}
