import { apiVersionOf, groupResourceName } from '#apimachinery';
import { invariant, registryOf } from '#base';
import type { KindCatalog } from './catalog.js';
import { compareVersions } from './define-kind.js';
import { definitionOf } from './definitions.js';
import type { Kind } from './kind.js';
import { GROUP_ORDER } from './resource-names.js';

function orderOf(group: string): number {
  const at = GROUP_ORDER.indexOf(group);
  return at === -1 ? GROUP_ORDER.length : at;
}

export function groupsOf(kinds: readonly Kind[]): { name: string; versions: string[] }[] {
  const versions = new Map<string, Set<string>>();
  for (const { group, version } of kinds) {
    if (!versions.has(group)) versions.set(group, new Set());
    versions.get(group)!.add(version);
  }
  return [...versions]
    .map(([name, set]) => ({ name, versions: [...set].toSorted(compareVersions) }))
    .toSorted((a, b) => orderOf(a.name) - orderOf(b.name) || (a.name < b.name ? -1 : 1));
}

/** A catalog of exactly these kinds. `version` names the set: give a new one whenever a kind changes. */
export function catalogOf(kinds: readonly Kind[], version = 'built-in'): KindCatalog {
  const byResource = registryOf('resource', kinds, (kind) => `${apiVersionOf(kind)}/${kind.resource}`);
  const byKind = registryOf('kind', kinds, (kind) => `${apiVersionOf(kind)}/${kind.kind}`);
  const groups = groupsOf(kinds);
  const byGroupVersion = new Map<string, Kind[]>();
  const preferred = new Map<string, Kind>();
  for (const group of groups) {
    for (const groupVersion of group.versions) {
      const here = kinds.filter((kind) => kind.group === group.name && kind.version === groupVersion);
      byGroupVersion.set(apiVersionOf({ group: group.name, version: groupVersion }), here);
      for (const kind of here) {
        const name = groupResourceName(kind.group, kind.resource);
        if (!preferred.has(name)) preferred.set(name, kind);
      }
    }
  }
  const definitions = new Map(kinds.map((kind) => [kind.definition, kind.schema]));
  invariant(kinds.length > 0, 'a catalog holds at least one kind');
  return {
    version,
    all: kinds,
    groups,
    byResource: (group, gvVersion, resource) =>
      byResource.get(`${apiVersionOf({ group, version: gvVersion })}/${resource}`),
    byKind: (gvk) => byKind.get(`${apiVersionOf(gvk)}/${gvk.kind}`),
    preferred: (group, resource) => preferred.get(groupResourceName(group, resource)),
    versionOf: () => version,
    ofGroupVersion: (gv) => byGroupVersion.get(apiVersionOf(gv)) ?? [],
    definition: (name) => definitions.get(name) ?? definitionOf(name),
  };
}
