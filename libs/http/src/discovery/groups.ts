import { apiVersionOf } from '#apimachinery';
import type { KindCatalog } from '#kinds';

/** Clients outside any listed network use this; there is one address for all. */
function serverAddresses(serverAddress: string): object[] {
  return [{ clientCIDR: '0.0.0.0/0', serverAddress }];
}

/** `/api`: the core group's versions. */
export function apiVersions(kinds: KindCatalog, serverAddress: string): object {
  const core = kinds.groups.find((group) => group.name === '');
  return {
    kind: 'APIVersions',
    versions: core?.versions ?? [],
    serverAddressByClientCIDRs: serverAddresses(serverAddress),
  };
}

function apiGroup(group: { name: string; versions: readonly string[] }): object {
  const versions = group.versions.map((version) => ({
    groupVersion: apiVersionOf({ group: group.name, version }),
    version,
  }));
  return { name: group.name, versions, preferredVersion: versions[0] };
}

/** `/apis`: every named group. */
export function apiGroupList(kinds: KindCatalog): object {
  const groups = kinds.groups.filter((group) => group.name !== '').map(apiGroup);
  return { kind: 'APIGroupList', apiVersion: 'v1', groups };
}

/** `/apis/apps`; undefined for a group that is not served. */
export function oneApiGroup(kinds: KindCatalog, name: string): object | undefined {
  const group = kinds.groups.find((one) => one.name === name && name !== '');
  return group && { kind: 'APIGroup', apiVersion: 'v1', ...apiGroup(group) };
}
