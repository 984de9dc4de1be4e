import { createHash } from 'node:crypto';
import type { Kind, KindCatalog, Subresource, Verb } from '#kinds';
import { apiVersionOf } from '#apimachinery';

/** Verbs as discovery lists them, of a subresource: 'connect' is what REST does with any method. */
export function subresourceVerbs(subresource: Subresource): string[] {
  return subresource.verbs.includes('connect') ? ['create', 'get'] : [...subresource.verbs].sort();
}

export function kindVerbs(kind: Kind): Verb[] {
  return [...kind.verbs].sort();
}

/** Which kind a subresource carries: its own or its parent's. */
export function subresourceBody(kind: Kind, subresource: Subresource) {
  return subresource.body ?? { group: kind.group, version: kind.version, kind: kind.kind };
}

/** Models StorageVersionHash of apiserver/pkg/endpoints/discovery (1.36): equal for all versions stored alike. */
function storageVersionHash(kind: Kind): string {
  const { group, version } = kind.storage;
  return createHash('sha256').update(`${group}/${version}/${kind.kind}`).digest().subarray(0, 8).toString('base64');
}

/** meta/v1 APIResource. */
function apiResources(kind: Kind): object[] {
  const own = {
    name: kind.resource,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: kindVerbs(kind),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    storageVersionHash: storageVersionHash(kind),
  };
  const parts = kind.subresources.map((subresource) => {
    const { body } = subresource;
    return {
      name: `${kind.resource}/${subresource.name}`,
      singularName: '',
      namespaced: kind.namespaced,
      ...(body ? { group: body.group, version: body.version } : {}),
      kind: subresourceBody(kind, subresource).kind,
      verbs: subresourceVerbs(subresource),
    };
  });
  return [own, ...parts];
}

/** `/api/v1`, `/apis/apps/v1`; undefined when nothing is served there. */
export function apiResourceList(kinds: KindCatalog, group: string, version: string): object | undefined {
  const served = kinds.ofGroupVersion({ group, version });
  if (served.length === 0) return undefined;
  const resources = served.flatMap(apiResources) as { name: string }[];
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: resources.sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}
