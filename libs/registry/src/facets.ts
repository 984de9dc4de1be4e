import type { KubeObject } from '#apimachinery';
import type { Kind, KindCatalog } from '#kinds';
import type { Facets } from '#storage';

/** What every kind can be selected by. */
const METADATA_FIELDS = ['metadata.name', 'metadata.namespace'] as const;

/** The kind under which instances are stored: selectable fields of all versions come from its hook. */
export function storedKindOf(kinds: KindCatalog, kind: Kind): Kind {
  const { group, version } = kind.storage;
  if (group === kind.group && version === kind.version) return kind;
  const resource = kind.storage.groupResource.split('.', 1)[0] ?? kind.resource;
  return kinds.byResource(group, version, resource) ?? kind;
}

/** What selectors look at, computed once per write. `object` is in its storage version. */
export function facetsOf(kind: Kind, object: KubeObject): Facets {
  const { labels, name = '', namespace = '' } = object.metadata;
  const fields: Record<string, string> = kind.selectableFields?.(object) ?? {};
  fields['metadata.name'] = name;
  if (kind.namespaced) fields['metadata.namespace'] = namespace;
  return labels === undefined ? { fields } : { labels, fields };
}

const known = new WeakMap<Kind, ReadonlySet<string>>();

/** The names that a field selector on this kind may use. A kind's hook must name them all for an empty object too. */
export function selectableFieldNames(kind: Kind): ReadonlySet<string> {
  let names = known.get(kind);
  if (!names) {
    const empty = { apiVersion: '', kind: kind.kind, metadata: {} };
    names = new Set([...METADATA_FIELDS, ...Object.keys(kind.selectableFields?.(empty) ?? {})]);
    known.set(kind, names);
  }
  return names;
}
