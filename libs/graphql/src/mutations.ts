import {
  GraphQLBoolean,
  GraphQLEnumType,
  type GraphQLFieldConfig,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import { type Json, type KubeObject, parseApiVersion, StatusError } from '#apimachinery';
import type { Kind, KindCatalog } from '#kinds';
import type { Found } from '#registry';
import {
  deleteArguments,
  given,
  listArguments,
  type ListArguments,
  listRequest,
  manifestBody,
  nameArgument,
  namespaceOfOne,
  type WriteArguments,
  writeArguments,
  writeOptions,
} from './arguments.js';
import type { KindTypes } from './kind-types.js';
import { parseManifest } from './manifest.js';
import { kindNames } from './names.js';
import type { Fields } from './object-types.js';
import { inTurn, namespaceFor, serves } from './queries.js';
import { JsonScalar, ManifestScalar } from './scalars.js';
import { Item, type OperationContext, type Scope, scopeOf } from './source.js';

type Field<A> = GraphQLFieldConfig<unknown, OperationContext, A>;

interface ObjectArguments extends WriteArguments {
  readonly namespace?: string | null;
  readonly name?: string | null;
  readonly object: unknown;
}

const objectArgument = { object: { type: new GraphQLNonNull(ManifestScalar) } };
const namespaceArgument = (kind: Kind) =>
  kind.namespaced
    ? { namespace: { type: GraphQLString, description: 'Absent: the object\'s own, else "default".' } }
    : {};
const subresourceArgument = {
  subresource: { type: GraphQLString, description: 'Such as "status": write through that part of the object only.' },
};

const PatchTypeEnum = new GraphQLEnumType({
  name: 'PatchType',
  values: {
    strategic: { description: "Kubernetes' own: lists merge by key. Default." },
    merge: { description: 'JSON merge patch (RFC 7396): lists are replaced.' },
    json: { description: 'JSON patch (RFC 6902): a list of operations.' },
    apply: { description: 'Server-side apply: the fields that this manager wants.' },
  },
});

/** All mutations of one kind; they run one after another, in the order of the document. */
export function mutationFields(kind: Kind, types: KindTypes): Fields {
  const { One } = kindNames(kind);
  const fields: Record<string, Field<never>> = {};
  if (serves(kind, 'create')) fields[`create${One}`] = createField(kind, types);
  if (serves(kind, 'update')) fields[`replace${One}`] = replaceField(kind, types);
  if (serves(kind, 'patch')) fields[`patch${One}`] = patchField(kind, types);
  if (serves(kind, 'delete')) fields[`delete${One}`] = deleteField(kind, types);
  if (serves(kind, 'deletecollection')) fields[`delete${One}Collection`] = deleteCollectionField(kind, types);
  if (kind.subresources.some(({ name }) => name === 'scale')) fields[`scale${One}`] = scaleField(kind, types);
  if (kind.subresources.some(({ name }) => name === 'eviction')) fields[`evict${One}`] = evictField(kind);
  return fields as Fields;
}

function createField(kind: Kind, types: KindTypes): Field<ObjectArguments> {
  return {
    type: types.of(kind),
    args: { ...namespaceArgument(kind), ...objectArgument, ...writeArguments },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const target = { kind, namespace: namespaceFor(kind, args.namespace ?? sent(args.object).namespace) };
        const body = manifestBody(args.object);
        return new Item(scope, kind, await scope.cluster.verbs.create(scope.request, target, body, writeOptions(args)));
      });
    },
  };
}

/** metadata of a manifest, as far as it is one; the registry judges it. */
function sent(object: unknown): { namespace?: string; name?: string } {
  const { metadata } = parseManifest(object) as Partial<KubeObject>;
  const { namespace, name } = metadata ?? {};
  return {
    ...(typeof namespace === 'string' ? { namespace } : {}),
    ...(typeof name === 'string' ? { name } : {}),
  };
}

function replaceField(kind: Kind, types: KindTypes): Field<ObjectArguments & { subresource?: string | null }> {
  return {
    type: types.of(kind),
    description: 'Replaces the object; with metadata.resourceVersion only if nobody has changed it since.',
    args: {
      ...namespaceArgument(kind),
      name: { type: GraphQLString, description: "Absent: the object's own." },
      ...objectArgument,
      ...subresourceArgument,
      ...writeArguments,
    },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const own = sent(args.object);
        const name = args.name ?? own.name;
        if (name === undefined) throw StatusError.badRequest('name must be provided');
        const namespace = namespaceFor(kind, args.namespace ?? own.namespace);
        const target = { kind, namespace, name, ...given({ subresource: args.subresource }) };
        const body = manifestBody(args.object);
        return new Item(scope, kind, await scope.cluster.verbs.update(scope.request, target, body, writeOptions(args)));
      });
    },
  };
}

interface PatchArguments extends WriteArguments {
  readonly namespace?: string | null;
  readonly name: string;
  readonly type: 'json' | 'merge' | 'strategic' | 'apply';
  readonly patch: unknown;
  readonly subresource?: string | null;
  readonly force?: boolean | null;
}

function patchField(kind: Kind, types: KindTypes): Field<PatchArguments> {
  return {
    type: types.of(kind),
    args: {
      ...namespaceOfOne(kind),
      ...nameArgument,
      type: { type: new GraphQLNonNull(PatchTypeEnum), defaultValue: 'strategic' },
      patch: { type: new GraphQLNonNull(ManifestScalar) },
      ...subresourceArgument,
      force: { type: GraphQLBoolean, description: 'apply: take fields over from other managers.' },
      ...writeArguments,
    },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const { namespace, name, type, patch, subresource, force } = args;
        const target = { kind, namespace: namespaceFor(kind, namespace), name, ...given({ subresource }) };
        const options = { ...writeOptions(args), ...given({ force }) };
        const body = manifestBody(patch);
        return new Item(scope, kind, await scope.cluster.verbs.patch(scope.request, target, type, body, options));
      });
    },
  };
}

interface DeleteArguments {
  readonly namespace?: string | null;
  readonly name: string;
  readonly gracePeriodSeconds?: number | null;
  readonly propagationPolicy?: string | null;
  readonly uid?: string | null;
  readonly resourceVersion?: string | null;
  readonly dryRun?: boolean | null;
}

function deletion({
  gracePeriodSeconds,
  propagationPolicy,
  uid,
  resourceVersion,
  dryRun,
}: Omit<DeleteArguments, 'name'>) {
  const preconditions = given({ uid, resourceVersion });
  const more = Object.keys(preconditions).length > 0 ? { preconditions } : {};
  return { ...given({ gracePeriodSeconds, propagationPolicy, dryRun }), ...more };
}

function deleteField(kind: Kind, types: KindTypes): Field<DeleteArguments> {
  const type = new GraphQLObjectType<{ gone: boolean; text: string; scope: Scope }, OperationContext>({
    name: types.objects.freeName(`${types.of(kind).name}Deletion`),
    fields: () => ({
      gone: {
        type: new GraphQLNonNull(GraphQLBoolean),
        description: 'False: it goes later, after its grace period or when its finalizers are done.',
      },
      object: {
        type: types.of(kind),
        description: 'The object as it is now, when it goes later.',
        resolve: ({ gone, text, scope }) => (gone ? null : new Item(scope, kind, foundOf(text))),
      },
      status: {
        type: JsonScalar,
        description: 'The Status that says it is gone.',
        resolve: ({ gone, text }) => (gone ? (JSON.parse(text) as Json) : null),
      },
    }),
  });
  return {
    type,
    args: { ...namespaceOfOne(kind), ...nameArgument, ...deleteArguments },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const target = { kind, namespace: namespaceFor(kind, args.namespace), name: args.name };
        return { ...(await scope.cluster.verbs.delete(scope.request, target, deletion(args))), scope };
      });
    },
  };
}

function foundOf(text: string): Found {
  let parsed: KubeObject | undefined;
  return { text, object: () => (parsed ??= JSON.parse(text) as KubeObject) };
}

function deleteCollectionField(kind: Kind, types: KindTypes): Field<Omit<DeleteArguments, 'name'> & ListArguments> {
  const { labelSelector, fieldSelector, limit } = listArguments;
  return {
    type: types.pageOf(kind),
    description: 'Deletes the objects of a namespace that the selectors match.',
    args: {
      ...namespaceOfOne(kind),
      labelSelector: labelSelector!,
      fieldSelector: fieldSelector!,
      limit: limit!,
      ...deleteArguments,
    },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const { resourceVersion: _, ...selection } = listRequest(args);
        const target = { kind, namespace: namespaceFor(kind, args.namespace) };
        const request = { ...selection, ...deletion(args) };
        return { scope, kind, list: await scope.cluster.verbs.deleteCollection(scope.request, target, request) };
      });
    },
  };
}

function scaleField(
  kind: Kind,
  types: KindTypes,
): Field<{ namespace?: string | null; name: string; replicas: number }> {
  return {
    type: types.of(kind),
    description: 'Sets spec.replicas through the scale subresource, as `kubectl scale` does.',
    args: { ...namespaceOfOne(kind), ...nameArgument, replicas: { type: new GraphQLNonNull(GraphQLInt) } },
    resolve(source, { namespace, name, replicas }, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const { verbs } = scope.cluster;
        const target = { kind, namespace: namespaceFor(kind, namespace), name };
        const body = manifestBody({ spec: { replicas } });
        await verbs.patch(scope.request, { ...target, subresource: 'scale' }, 'merge', body, {
          fieldManager: 'graphql',
        });
        return new Item(scope, kind, await verbs.get(scope.request, target));
      });
    },
  };
}

function evictField(kind: Kind): Field<{ namespace?: string | null; name: string }> {
  return {
    type: JsonScalar,
    description: 'Asks for the pod to go, unless a disruption budget forbids it; answers a Status.',
    args: { ...namespaceOfOne(kind), ...nameArgument },
    resolve(source, { namespace, name }, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        scope.operation.budget.call();
        const target = { kind, namespace: namespaceFor(kind, namespace), name, subresource: 'eviction' };
        const metadata = { name, namespace: target.namespace };
        const body = manifestBody({ apiVersion: 'policy/v1', kind: 'Eviction', metadata });
        return (await scope.cluster.verbs.create(scope.request, target, body, {})).object();
      });
    },
  };
}

interface ApplyArguments extends WriteArguments {
  readonly objects: readonly unknown[];
  readonly namespace: string;
  readonly force?: boolean | null;
}

/** `apply(objects: […])`: each goes to the kind that it names, in order; those before a failure stay applied. */
export function applyField(types: KindTypes, catalog: KindCatalog): Field<ApplyArguments> {
  return {
    type: new GraphQLList(types.any),
    description: 'Server-side apply of manifests, as `kubectl apply --server-side -f` does it, one after another.',
    args: {
      objects: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(ManifestScalar))) },
      namespace: {
        type: new GraphQLNonNull(GraphQLString),
        defaultValue: 'default',
        description: 'Of those that name none.',
      },
      force: { type: GraphQLBoolean },
      ...writeArguments,
    },
    resolve(source, args, context) {
      const scope = scopeOf(source, context);
      return inTurn(scope, async () => {
        const applied: Item[] = [];
        for (const manifest of args.objects) applied.push(await applyOne(scope, catalog, manifest, args));
        return applied;
      });
    },
  };
}

async function applyOne(scope: Scope, catalog: KindCatalog, manifest: unknown, args: ApplyArguments): Promise<Item> {
  scope.operation.budget.call();
  const { apiVersion = '', kind: kindName = '' } = parseManifest(manifest) as Partial<KubeObject>;
  const groupVersion = parseApiVersion(String(apiVersion));
  const kind = groupVersion && catalog.byKind({ ...groupVersion, kind: String(kindName) });
  if (!kind) throw StatusError.badRequest(`no matches for kind "${kindName}" in version "${apiVersion}"`);
  const { name, namespace } = sent(manifest);
  if (name === undefined) throw StatusError.badRequest('name must be provided');
  const target = { kind, namespace: namespaceFor(kind, namespace ?? args.namespace), name };
  const options = { ...writeOptions(args), ...given({ force: args.force }) };
  const found = await scope.cluster.verbs.patch(scope.request, target, 'apply', manifestBody(manifest), options);
  return new Item(scope, kind, found);
}
