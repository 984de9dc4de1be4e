import type { Kind, KindCatalog } from '#kinds';
import { kindVerbs, subresourceBody, subresourceVerbs } from './resources.js';

/** apidiscovery.k8s.io APIResourceDiscovery. */
function resourceDiscovery(kind: Kind): object {
  const scope = kind.namespaced ? 'Namespaced' : 'Cluster';
  const subresources = kind.subresources.map((subresource) => ({
    subresource: subresource.name,
    responseKind: subresourceBody(kind, subresource),
    verbs: subresourceVerbs(subresource),
  }));
  return {
    resource: kind.resource,
    responseKind: { group: kind.group, version: kind.version, kind: kind.kind },
    scope,
    singularResource: kind.singular,
    verbs: kindVerbs(kind),
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(subresources.length > 0 ? { subresources } : {}),
  };
}

/**
 * All that is served in one document: `/api` answers with the core group, `/apis` with the others. The version is the
 * one that the client asked for, v2 or v2beta1; their shapes are the same.
 */
export function aggregatedDiscovery(kinds: KindCatalog, root: 'api' | 'apis', version: string): object {
  const groups = kinds.groups.filter((group) => (group.name === '') === (root === 'api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ name, versions }) => ({
      metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
      versions: versions.map((one) => ({
        version: one,
        resources: [...kinds.ofGroupVersion({ group: name, version: one })]
          .sort((a, b) => (a.resource < b.resource ? -1 : 1))
          .map(resourceDiscovery),
        freshness: 'Current',
      })),
    })),
  };
}
