import { GraphQLEnumType, type GraphQLFieldConfig, GraphQLNonNull, GraphQLObjectType, GraphQLString } from 'graphql';
import { StatusError } from '#apimachinery';
import type { Kind, KindCatalog } from '#kinds';
import { given, namespaceOfMany, selectorArguments } from './arguments.js';
import type { KindTypes } from './kind-types.js';
import { type KindEvent, KindWatch } from './kind-watch.js';
import { groupNames, groupVersionKey, kindNames } from './names.js';
import { serves } from './queries.js';
import { JsonScalar } from './scalars.js';
import { freshScope } from './scope.js';
import { Item, type OperationContext, scopeOf } from './source.js';

const EventTypeEnum = new GraphQLEnumType({
  name: 'WatchEventType',
  values: {
    ADDED: { description: 'The object is new, or is part of the initial state.' },
    MODIFIED: {},
    DELETED: {
      description: 'Gone, or no longer matched. Its last state, or only its name when it went unseen in a gap.',
    },
    BOOKMARK: {
      description: 'No object: all up to resourceVersion has been sent. The first one ends the initial state.',
    },
  },
});

interface SubscriptionArguments {
  readonly namespace?: string | null;
  readonly name?: string | null;
  readonly labelSelector?: string | null;
  readonly fieldSelector?: string | null;
  readonly resourceVersion?: string | null;
  readonly known?: unknown;
}

/** `coreV1Pods(…)`: flat, as a subscription may have one root field only. */
export function subscriptionFields(
  catalog: KindCatalog,
  types: KindTypes,
): Record<string, GraphQLFieldConfig<unknown, OperationContext>> {
  const groups = groupNames(catalog);
  const fields: Record<string, GraphQLFieldConfig<unknown, OperationContext>> = {};
  for (const kind of catalog.all) {
    if (!serves(kind, 'watch')) continue;
    fields[`${groups.get(groupVersionKey(kind))!}${kindNames(kind).Many}`] = subscriptionField(kind, types);
  }
  return fields;
}

function subscriptionField(
  kind: Kind,
  types: KindTypes,
): GraphQLFieldConfig<unknown, OperationContext, SubscriptionArguments> {
  return {
    type: new GraphQLNonNull(eventType(kind, types)),
    description: `${kind.kind} objects that exist (ADDED, then one BOOKMARK) and what becomes of them.`,
    args: {
      ...namespaceOfMany(kind),
      name: { type: GraphQLString, description: 'Only this one.' },
      ...selectorArguments,
      resourceVersion: {
        type: GraphQLString,
        description: 'Resume after the last event that you have: nothing is missed, nothing comes twice.',
      },
      known: {
        type: JsonScalar,
        description:
          'What you still hold, as { "namespace/name": "its resourceVersion" }. If resourceVersion is too old to resume ' +
          'from, you get the differences to it instead of an error of reason Expired.',
      },
    },
    subscribe(source, args, context) {
      const { namespace, name, labelSelector, fieldSelector, resourceVersion } = given(args);
      const byName = name === undefined ? [] : [`metadata.name=${name}`];
      const fields = [...(fieldSelector === undefined ? [] : [fieldSelector]), ...byName].join(',');
      const request = {
        kind,
        namespace: kind.namespaced ? namespace : undefined,
        ...given({ labelSelector, fieldSelector: fields || undefined, resourceVersion: resourceVersion || undefined }),
        ...(args.known ? { known: knownOf(args.known) } : {}),
      };
      const scope = scopeOf(source, context);
      return new KindWatch(scope, request, context.gate?.watch(scope.request)).start();
    },
    resolve: (event: unknown) => {
      const { object, ...rest } = event as KindEvent;
      return { ...rest, object: object && new Item(freshScope(object.scope), kind, object.found) };
    },
  };
}

function knownOf(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(value as object);
  if (
    typeof value !== 'object' ||
    entries.some(([key, revision]) => !key.includes('/') || typeof revision !== 'string')
  ) {
    throw StatusError.badRequest('known must be an object of "namespace/name": "resourceVersion"');
  }
  return new Map(entries as [string, string][]);
}

function eventType(kind: Kind, types: KindTypes): GraphQLObjectType {
  return new GraphQLObjectType<KindEvent, OperationContext>({
    name: types.objects.freeName(`${types.of(kind).name}WatchEvent`),
    fields: () => ({
      type: { type: new GraphQLNonNull(EventTypeEnum) },
      object: { type: types.of(kind), description: 'null in a BOOKMARK.' },
      resourceVersion: {
        type: GraphQLString,
        description: 'Where to resume after this event; null while the initial state is still coming.',
      },
    }),
  });
}
