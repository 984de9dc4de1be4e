import {
  apiVersionOf,
  deepCopy,
  deepEqual,
  entriesAfterUpdate,
  fieldElement,
  type FieldSet,
  type FieldWrite,
  isRefused,
  type Json,
  type KubeObject,
  type ManagedFieldsEntry,
  parentEntries,
  parseApiVersion,
  type ReplicasPaths,
  rfc3339,
  scaleEntries,
  sentManagers,
  type TypeSchema,
  type Versions,
} from '#apimachinery';
import {
  bodySchemaOf,
  decodeErrors,
  isBuiltInSchema,
  type Kind,
  type KindCatalog,
  mergeSchemaOf,
  type Subresource,
} from '#kinds';
import type { Convert } from '../conversion/version-conversion.js';
import type { RequestContext, Target, WriteOptions } from '../request.js';
import { resetFieldsOf } from './reset-fields.js';

export type Entries = readonly ManagedFieldsEntry[] | undefined;

/** Bytes of a manager's name. Models FieldManagerMaxLength (1.36). */
const MANAGER_LENGTH_MAX = 128;

/** Who writes: the manager that was named, else the program. Models managerOrUserAgent (1.36). */
function managerOf({ userAgent = '' }: RequestContext, { fieldManager }: WriteOptions): string {
  if (fieldManager) return fieldManager;
  const program = userAgent.split('/', 1)[0]!;
  if (/^[\x20-\x7e]{0,128}$/.test(program)) return program;
  let name = '';
  let bytes = 0;
  for (const char of program) {
    if (/\p{C}|\p{Zl}|\p{Zp}/u.test(char)) continue;
    bytes += Buffer.byteLength(char);
    if (bytes > MANAGER_LENGTH_MAX) break;
    name += char;
  }
  return name;
}

/** The served versions of one resource, as owners of fields ask for them. */
class ServedVersions implements Versions {
  constructor(
    private readonly kinds: KindCatalog,
    private readonly kind: Kind,
    private readonly reset: FieldSet | undefined,
    private readonly byWebhook: Convert | undefined,
  ) {}

  get schemasChange(): boolean {
    return !isBuiltInSchema(this.kind);
  }

  schemaOf(apiVersion: string): TypeSchema | undefined {
    const kind = this.at(apiVersion);
    return kind && mergeSchemaOf(kind);
  }

  convert(object: Json, apiVersion: string): Json {
    const from = (object as unknown as KubeObject).apiVersion;
    const [source, target] = [this.at(from), this.at(apiVersion)];
    if (from === apiVersion || !source || !target) return object;
    if (this.byWebhook) return this.byWebhook(object, apiVersion);
    // What schemas would add or take away is nobody's change.
    if (this.kind.structural) return { ...(object as { [key: string]: Json }), apiVersion };
    const stored = source.toStorage ? source.toStorage(asTyped(source, object)) : (object as unknown as KubeObject);
    const served = target.fromStorage ? target.fromStorage(stored) : stored;
    return { ...served, apiVersion } as unknown as Json;
  }

  resetOf(): FieldSet | undefined {
    return this.reset;
  }

  private at(apiVersion: string): Kind | undefined {
    if (apiVersion === apiVersionOf(this.kind)) return this.kind;
    const groupVersion = parseApiVersion(apiVersion);
    const kind = groupVersion && this.kinds.byResource(groupVersion.group, groupVersion.version, this.kind.resource);
    return kind?.storage.groupResource === this.kind.storage.groupResource ? kind : undefined;
  }
}

/** What was pruned may lack what conversions of whole objects look into. Go's types have it, empty. */
function asTyped(kind: Kind, object: Json): KubeObject {
  const copy = deepCopy(object) as { [key: string]: Json };
  decodeErrors(kind, copy);
  for (const { name, zero } of mergeSchemaOf(kind).declared) {
    if (zero !== undefined && copy[name] === undefined) copy[name] = deepCopy(zero);
  }
  return copy as unknown as KubeObject;
}

/** A Scale has one version, and nothing of it is reset. */
class BodyVersion implements Versions {
  readonly schemasChange = false;

  constructor(
    private readonly apiVersion: string,
    private readonly schema: TypeSchema,
  ) {}

  schemaOf(apiVersion: string): TypeSchema | undefined {
    return apiVersion === this.apiVersion ? this.schema : undefined;
  }

  convert(object: Json): Json {
    return object;
  }

  resetOf(): undefined {}
}

/** What is written: the object itself, a view that is the whole object, or a body of another kind. */
export interface Written {
  readonly target: Target;
  readonly view: Subresource | undefined;
  /** Of kinds with a conversion webhook. */
  readonly convert?: Convert | undefined;
}

/** `live` is what the client sees on this path, with the managers that it has there; undefined: nothing yet. */
export function fieldWrite(
  ctx: RequestContext,
  { target, view, convert }: Written,
  live: KubeObject | undefined,
  options: WriteOptions,
): FieldWrite {
  const { kind } = target;
  const body = view?.body ?? kind;
  const subresource = view?.name ?? '';
  const apiVersion = apiVersionOf(body);
  return {
    live,
    manager: managerOf(ctx, options),
    apiVersion,
    kind: body.kind,
    subresource,
    time: rfc3339(ctx.env.clock.nowMs()),
    versions:
      versionsOf(ctx, kind, view) ?? new ServedVersions(ctx.kinds, kind, resetFieldsOf(kind, subresource), convert),
  };
}

function versionsOf(ctx: RequestContext, kind: Kind, view: Subresource | undefined): Versions | undefined {
  if (!view?.body) return undefined;
  const schema = ctx.kinds.byKind(view.body) ?? bodySchemaOf(view.body) ?? kind;
  return new BodyVersion(apiVersionOf(view.body), mergeSchemaOf(schema));
}

/** What stands on the path of `view`, with its own managers. */
export function liveOn({ target, view }: Written, old: KubeObject, kinds: KindCatalog): KubeObject {
  if (!view?.project) return old;
  const shown = view.project(old);
  if (!view.body) return shown;
  const managedFields = scaleEntries(old.metadata.managedFields, replicasOf(target.kind, kinds));
  return { ...shown, metadata: { ...shown.metadata, managedFields } };
}

/** Managers of the object out of those of the path. */
export function entriesOfParent(
  { target, view }: Written,
  old: KubeObject,
  entries: Entries,
  kinds: KindCatalog,
): Entries {
  if (!view?.body) return entries;
  return parentEntries(old.metadata.managedFields, entries, apiVersionOf(target.kind), replicasOf(target.kind, kinds));
}

/** An empty path: that version has replicas nowhere. Those that are not served any more have none. */
function replicasOf(kind: Kind, kinds: KindCatalog): ReplicasPaths {
  const paths = new Map<string, readonly string[]>();
  for (const version of kinds.groups.find(({ name }) => name === kind.group)?.versions ?? []) {
    const served = kinds.byResource(kind.group, version, kind.resource);
    if (!served) continue;
    const scale = served.subresources.find(({ name }) => name === 'scale');
    const path = scale ? (scale.replicasPath ?? ['spec', 'replicas']) : [];
    paths.set(apiVersionOf(served), path.map(fieldElement));
  }
  return paths;
}

/** Who owns the fields of a new object. */
export function entriesOfNew(
  ctx: RequestContext,
  { target, convert }: Pick<Written, 'target' | 'convert'>,
  object: KubeObject,
  options: WriteOptions,
): Entries {
  return entriesAfterUpdate(fieldWrite(ctx, { target, view: undefined, convert }, undefined, options), object);
}

/** Who owns the fields after `sent` replaced what stands on the path. */
export function entriesOfChanged(
  ctx: RequestContext,
  written: Written,
  old: KubeObject,
  sent: KubeObject,
  options: WriteOptions,
): Entries {
  const live = liveOn(written, old, ctx.kinds);
  const entries = entriesAfterUpdate(fieldWrite(ctx, written, live, options), sent);
  return entriesOfParent(written, old, entries, ctx.kinds);
}

/** The object with these managers; what it shares with others stays as it is. */
export function withEntries<T extends KubeObject>(object: T, entries: Entries): T {
  const { managedFields: _managed, ...metadata } = object.metadata;
  if (!entries || entries.length === 0) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, managedFields: entries as ManagedFieldsEntry[] } };
}

/**
 * Plugins and webhooks may change managers, not break them: what was there before comes back, with a warning. Models
 * managedFieldsValidatingAdmissionController (1.36). In place.
 */
export function checkAdmittedEntries(ctx: RequestContext, object: KubeObject, before: Entries): void {
  const { managedFields } = object.metadata;
  if (managedFields === before || managedFields === undefined) return;
  const managers = sentManagers(managedFields);
  if (!isRefused(managers)) return;
  object.metadata = withEntries(object, before).metadata;
  ctx.warn(
    '.metadata.managedFields was in an invalid state after admission; this could be caused by an outdated mutating admission controller; please fix your requests: ' +
      managers.error,
  );
}

/** A write that changes nothing but times of managers leaves those, too. Models IgnoreManagedFieldsTimestampsTransformer (1.36). */
export function keepTimes(object: KubeObject, old: KubeObject): void {
  const [now, before] = [object.metadata.managedFields, old.metadata.managedFields];
  if (now === before || !now || !before || now.length !== before.length) return;
  if (!now.every((entry, place) => sameButTime(entry, before[place]!))) return;
  if (deepEqual(withEntries(object, undefined), withEntries(old, undefined))) object.metadata.managedFields = before;
}

function sameButTime({ time: _a, ...a }: ManagedFieldsEntry, { time: _b, ...b }: ManagedFieldsEntry): boolean {
  return deepEqual(a, b);
}
