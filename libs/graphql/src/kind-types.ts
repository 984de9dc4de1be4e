import {
  GraphQLBoolean,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLString,
} from 'graphql';
import { stringify } from 'yaml';
import { apiVersionOf, type GroupVersionKind, type KubeObject } from '#apimachinery';
import type { Kind, KindCatalog, OpenApiSchema } from '#kinds';
import { given } from './arguments.js';
import { type Edge, edges, type TargetResource } from './edges.js';
import { type Fields, ObjectTypes, plain } from './object-types.js';
import { Int64Scalar, JsonScalar } from './scalars.js';
import { selectedFields } from './selection.js';
import { Item, type OperationContext, type PageSource } from './source.js';

/** Options of the `logs` field of pods. */
export interface LogOptions {
  readonly container?: string;
  readonly tailLines?: number;
  readonly sinceSeconds?: number;
  readonly previous?: boolean;
  readonly timestamps?: boolean;
}

/** Text of a pod's log, read as the item's caller; failures are StatusErrors. */
export type ReadLogs = (item: Item, options: LogOptions) => Promise<string>;

/** An edge into something that is no API object: the host's `Sandbox.cluster`. */
export type MoreFields = (kind: Kind, types: KindTypes) => Fields;

export interface KindTypesOptions {
  /** Whose kinds have types; the first has precedence. */
  readonly catalogs: readonly KindCatalog[];
  /** Definitions with their descriptions, where known. */
  readonly described: ReadonlyMap<string, OpenApiSchema>;
  readonly more: MoreFields;
  readonly readLogs?: ReadLogs;
}

/** The whole object as it would be written in a manifest; items of lists do not say what they are. */
function whole(item: unknown): unknown {
  if (!(item instanceof Item)) return item;
  return Object.assign({ apiVersion: apiVersionOf(item.kind), kind: item.kind.kind }, item.object());
}

const kindField = (get: (item: Item) => string | undefined, key: 'apiVersion' | 'kind', description: string) => ({
  type: GraphQLString,
  description,
  resolve: (source: unknown) => (source instanceof Item ? get(source) : (source as Partial<KubeObject>)[key]),
});

/** The types of kinds, their pages and their edges, over one or two catalogs. */
export class KindTypes {
  readonly objects: ObjectTypes;
  readonly any: GraphQLInterfaceType;
  private readonly pages = new Map<string, GraphQLObjectType>();

  constructor(private readonly options: KindTypesOptions) {
    const definition = (name: string) =>
      options.described.get(name) ?? first(options.catalogs, (catalog) => catalog.definition(name));
    const kind = (gvk: GroupVersionKind) => first(options.catalogs, (catalog) => catalog.byKind(gvk));
    this.objects = new ObjectTypes({
      definition,
      kind,
      edges: (of) => this.fieldsBesideSchema(of),
      identity: () => identity,
      kindInterface: () => this.any,
    });
    this.any = this.anyKind();
  }

  of(kind: Kind): GraphQLObjectType {
    return this.objects.ofKind(kind);
  }

  /** The answer to a list. */
  pageOf(kind: Kind): GraphQLObjectType {
    const key = kind.definition;
    let page = this.pages.get(key);
    if (!page) this.pages.set(key, (page = this.newPage(kind)));
    return page;
  }

  private newPage(kind: Kind): GraphQLObjectType {
    return new GraphQLObjectType<PageSource, OperationContext>({
      name: this.objects.freeName(`${this.of(kind).name}List`),
      fields: () => ({
        resourceVersion: {
          type: GraphQLString,
          description: 'The revision at which the page is true; subscribe from it to see what comes after.',
          resolve: ({ list }) => list.resourceVersion,
        },
        continue: {
          type: GraphQLString,
          description: 'Ask with this for the next page; null on the last.',
          resolve: ({ list }) => list.continue || null,
        },
        remainingItemCount: {
          type: Int64Scalar,
          description: 'How many follow; unknown with a selector.',
          resolve: ({ list }) => list.remainingItemCount,
        },
        items: {
          type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(this.of(kind)))),
          resolve: ({ scope, list }, _args, _context, info) => {
            scope.operation.budget.objects(list.items.length, selectedFields(info));
            return list.items.map((found) => new Item(scope, kind, found));
          },
        },
      }),
    });
  }

  private anyKind(): GraphQLInterfaceType {
    return new GraphQLInterfaceType({
      name: 'KubernetesObject',
      description: 'What all objects have; `... on CoreV1Pod { … }` gives the fields of a kind.',
      fields: () => ({
        apiVersion: { type: GraphQLString },
        kind: { type: GraphQLString },
        metadata: { type: this.metadataType() },
        json: { type: JsonScalar },
        yaml: { type: GraphQLString },
      }),
      resolveType: (source) => (source instanceof Item ? this.of(source.kind).name : undefined),
    });
  }

  private metadataType(): GraphQLOutputType {
    return this.objects.of(
      { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' },
      'ObjectMeta',
    );
  }

  private fieldsBesideSchema(kind: Kind): Fields {
    const fields: Fields = {
      metadata: { type: this.metadataType(), resolve: (source) => (plain(source) as Partial<KubeObject>).metadata },
      json: { type: JsonScalar, description: 'The whole object.', resolve: whole },
      yaml: {
        type: GraphQLString,
        description: 'The whole object, as `kubectl get -o yaml` prints it.',
        resolve: (source) => stringify(whole(source), { aliasDuplicateObjects: false, lineWidth: 0 }),
      },
    };
    for (const edge of edges) {
      if (edge.from(kind) && this.isServed(edge.target)) fields[edge.name] = this.edgeField(edge);
    }
    if (this.options.readLogs && kind.group === '' && kind.resource === 'pods') {
      fields['logs'] = logsField(this.options.readLogs);
    }
    return { ...fields, ...this.options.more(kind, this) };
  }

  private isServed(target: TargetResource | 'any'): boolean {
    return target === 'any' || this.targetKind(target) !== undefined;
  }

  private targetKind({ group, resource }: TargetResource): Kind | undefined {
    return first(this.options.catalogs, (catalog) => catalog.preferred(group, resource));
  }

  private edgeField(edge: Edge): GraphQLFieldConfig<unknown, OperationContext> {
    const { target, many, description } = edge;
    const type = target === 'any' ? this.any : this.of(this.targetKind(target)!);
    return {
      type: many ? new GraphQLList(new GraphQLNonNull(type)) : type,
      description,
      async resolve(source, _args, _context, info) {
        // Inside another object (a pod template) there is nothing to relate.
        if (!(source instanceof Item)) return null;
        const { kinds } = source.scope.cluster;
        const found = await edge.load(
          source,
          target === 'any' ? undefined : kinds.preferred(target.group, target.resource),
        );
        source.scope.operation.budget.objects(found.length, selectedFields(info));
        return many ? found : (found[0] ?? null);
      },
    };
  }
}

const identity: Fields = {
  apiVersion: kindField((item) => apiVersionOf(item.kind), 'apiVersion', 'Group and version, such as "apps/v1".'),
  kind: kindField((item) => item.kind.kind, 'kind', 'Such as "Pod".'),
};

function logsField(readLogs: ReadLogs): GraphQLFieldConfig<unknown, OperationContext> {
  return {
    type: GraphQLString,
    description: 'What a container has written, as `kubectl logs` prints it.',
    args: {
      container: { type: GraphQLString },
      tailLines: { type: GraphQLInt, defaultValue: 100 },
      sinceSeconds: { type: GraphQLInt },
      previous: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: false },
      timestamps: { type: new GraphQLNonNull(GraphQLBoolean), defaultValue: false },
    },
    resolve(source, args: LogOptions) {
      if (!(source instanceof Item)) return null;
      source.scope.operation.budget.call();
      return readLogs(source, given(args));
    },
  };
}

function first<T, R>(among: readonly T[], find: (one: T) => R | undefined): R | undefined {
  for (const one of among) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
