import { groupResourceName, type KubeObject, parseApiVersion } from '#apimachinery';
import { invariant } from '#base';
import { withDocs } from './column-docs.js';
import { definitionNameOf, resolveRef, resourceFacts } from './definitions.js';
import { deprecationOf } from './deprecations.js';
import type { Kind, StorageIdentity, Subresource, Verb } from './kind.js';
import type { ResourceFact } from './resource-facts.js';
import { resourceNames } from './resource-names.js';
import { plainTable, type Table } from './generic-columns.js';

/** What a `*.kind.ts` may say; everything else follows from the published facts. */
type Hooks<T extends KubeObject> = Partial<
  Pick<
    Kind<T>,
    | 'encrypted'
    | 'generation'
    | 'createOnUpdate'
    | 'unconditionalUpdate'
    | 'applyDefaults'
    | 'prepareForCreate'
    | 'prepareForUpdate'
    | 'validate'
    | 'validateCreate'
    | 'validateUpdate'
    | 'validateStatusUpdate'
    | 'warnings'
    | 'validateName'
    | 'selectableFields'
    | 'tableOrder'
    | 'beforeDelete'
    | 'deletionGraceSeconds'
    | 'fromStorage'
    | 'toStorage'
    | 'alive'
  >
>;

export interface KindSource<T extends KubeObject> extends Hooks<T> {
  /** 'v1', 'apps/v1' */
  readonly apiVersion: string;
  readonly resource: string;
  /** Columns and their cells come together; absent: Name and Created At. */
  readonly table?: Table<T>;
  /** Replaces those of the same name; the others of the published paths get generic ones. */
  readonly subresources?: readonly Subresource<T>[];
  /** Where another group or version holds the instances; default: this group in the resource's storage version. */
  readonly storage?: StorageIdentity;
}

const VERBS_OF_METHOD: Readonly<Record<string, readonly Verb[]>> = {
  delete: ['delete'],
  deletecollection: ['deletecollection'],
  get: ['get'],
  list: ['list'],
  patch: ['patch'],
  post: ['create'],
  put: ['update'],
};

function verbsOf({ verbs }: ResourceFact): Verb[] {
  const all = verbs.flatMap((method) => VERBS_OF_METHOD[method] ?? []);
  // The watch of a stored resource is its list with a parameter, so it has no path of its own.
  return (all.includes('list') && all.includes('create') ? [...all, 'watch' as const] : all).toSorted();
}

/**
 * Versions by preference: stable before beta before alpha, newer first; those of another form (a CRD may have them) last,
 * by name. Models apimachinery's version.CompareKubeAwareVersionStrings.
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [rankOf(a), rankOf(b)];
  if (x && y) return y.stage - x.stage || y.major - x.major || y.minor - x.minor;
  if (x || y) return x ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rankOf(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (!match) return undefined;
  const [, major, stage, minor = '0'] = match;
  return { stage: stage === undefined ? 2 : stage === 'beta' ? 1 : 0, major: Number(major), minor: Number(minor) };
}

/** The most stable version that serves the resource. */
function storageOf(group: string, resource: string): StorageIdentity {
  const versions = Object.keys(resourceFacts)
    .filter((apiVersion) => Object.hasOwn(resourceFacts[apiVersion]!, resource))
    .map((apiVersion) => parseApiVersion(apiVersion)!)
    .filter((gv) => gv.group === group)
    .map((gv) => gv.version)
    .toSorted(compareVersions);
  return { groupResource: groupResourceName(group, resource), group, version: versions[0]! };
}

/** The kind of one published resource, with the hooks that `source` adds. */
export function defineKind<T extends KubeObject>(source: KindSource<T>): Kind<T> {
  const { apiVersion, resource, table = plainTable, subresources: ownSubresources = [], storage, ...hooks } = source;
  const gv = parseApiVersion(apiVersion);
  const fact = resourceFacts[apiVersion]?.[resource];
  invariant(gv && fact, `${apiVersion} has no resource ${resource}`);
  const definition = definitionNameOf(gv.group, gv.version, fact.kind);
  invariant(definition, `${apiVersion} ${fact.kind} has no definition`);
  const names = resourceNames[groupResourceName(gv.group, resource)];
  const verbs = verbsOf(fact);
  const deprecation = deprecationOf(apiVersion, fact.kind);
  return {
    ...gv,
    resource,
    kind: fact.kind,
    listKind: `${fact.kind}List`,
    singular: fact.kind.toLowerCase(),
    shortNames: names?.shortNames ?? [],
    categories: names?.categories ?? [],
    namespaced: fact.namespaced,
    verbs,
    ...(verbs.includes('watch') ? {} : { virtual: true }),
    ...(deprecation === undefined ? {} : { deprecation }),
    storage: storage ?? storageOf(gv.group, resource),
    schema: resolveRef(definition),
    definition,
    subresources: subresourcesOf<T>(apiVersion, resource, fact, ownSubresources),
    columns: withDocs(groupResourceName(gv.group, resource), table.columns),
    row: (object: T, nowMs: number) => table.row(object, nowMs),
    ...hooks,
  };
}

function subresourcesOf<T extends KubeObject>(
  apiVersion: string,
  resource: string,
  parent: ResourceFact,
  own: readonly Subresource<T>[],
): Subresource<T>[] {
  const start = `${resource}/`;
  const paths = Object.keys(resourceFacts[apiVersion]!).filter((path) => path.startsWith(start));
  const generic = paths.map((path): Subresource<T> => {
    const name = path.slice(start.length);
    const fact = resourceFacts[apiVersion]![path]!;
    const replaced = own.find((one) => one.name === name);
    return { ...genericSubresource<T>(name, apiVersion, parent, fact), ...replaced };
  });
  const unknown = own.find(({ name }) => !paths.includes(start + name));
  invariant(!unknown, `${apiVersion} ${resource} has no subresource ${unknown?.name}`);
  return generic;
}

const SUBRESOURCE_VERBS: Readonly<Record<string, Subresource['verbs'][number]>> = {
  get: 'get',
  patch: 'patch',
  post: 'create',
  put: 'update',
  connect: 'connect',
};

/** Bodies of another kind by the name in resources.json. */
const FOREIGN_VERSION = 'v1';

function genericSubresource<T extends KubeObject>(
  name: string,
  apiVersion: string,
  parent: ResourceFact,
  fact: ResourceFact,
): Subresource<T> {
  const verbs = fact.verbs.map((method) => SUBRESOURCE_VERBS[method]!).toSorted();
  const [kind, foreignGroup] = fact.kind.split('/').toReversed() as [string, string?];
  const { group, version } = parseApiVersion(apiVersion)!;
  const body =
    foreignGroup === undefined ? { group, version, kind } : { group: foreignGroup, version: FOREIGN_VERSION, kind };
  const isView = kind === parent.kind && !verbs.includes('connect') && verbs.includes('update');
  return {
    name,
    verbs,
    ...(kind === parent.kind ? {} : { body }),
    ...(isView ? { merge: name === 'status' ? mergeStatus : mergeNothing } : { virtual: true }),
  };
}

/**
 * A write through `status`: the body's status, and of its metadata what actors mark objects with. Labels stay as stored,
 * as for most kinds upstream; Pod and Node take them, too (`mergeStatusAndLabels`).
 */
export function mergeStatus<T extends KubeObject>(stored: T, body: KubeObject): T {
  return withStatus(stored, body, stored.metadata.labels);
}

/** As kubelets do: a node's or pod's labels may change with its status. */
export function mergeStatusAndLabels<T extends KubeObject>(stored: T, body: KubeObject): T {
  return withStatus(stored, body, body.metadata.labels);
}

/** Nothing but the status, and who owns it. Models metav1.ResetObjectMetaForStatus (1.36). */
function mergeStatusAlone<T extends KubeObject>(stored: T, body: KubeObject): T {
  const { managedFields: _m, resourceVersion: _r, ...kept } = stored.metadata;
  const { managedFields, resourceVersion } = body.metadata;
  const metadata = {
    ...kept,
    ...(managedFields === undefined ? {} : { managedFields }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...stored, metadata, status: (body as { status?: object }).status ?? {} };
}

/** The status path of kinds whose writers may touch nothing else there. */
export function statusAlone<T extends KubeObject>(): Subresource<T> {
  return { name: 'status', verbs: ['get', 'patch', 'update'], merge: mergeStatusAlone<T> };
}

function withStatus<T extends KubeObject>(stored: T, body: KubeObject, labels: Record<string, string> | undefined): T {
  const { annotations, finalizers, managedFields, resourceVersion } = body.metadata;
  const {
    annotations: _a,
    finalizers: _f,
    managedFields: _m,
    resourceVersion: _r,
    labels: _l,
    ...kept
  } = stored.metadata;
  const metadata = {
    ...kept,
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(finalizers === undefined ? {} : { finalizers }),
    ...(managedFields === undefined ? {} : { managedFields }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  return { ...stored, metadata, status: (body as { status?: object }).status ?? {} };
}

/** Views whose rules come with their kind take nothing until then. */
function mergeNothing<T extends KubeObject>(stored: T): T {
  return stored;
}
