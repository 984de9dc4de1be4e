import type { Volume } from '../../generated/types.js';
import { claimSpecWarnings } from '../claim-warnings.js';

const DEPRECATED: Partial<Record<keyof Volume, readonly [path: string, message: string]>> = {
  photonPersistentDisk: ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  gitRepo: ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  scaleIO: ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  flocker: ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  storageos: ['storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  quobyte: ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  glusterfs: ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  cephfs: ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  rbd: ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
};

/** Models the volumes' part of pkg/api/pod/warnings.go (1.36). */
export function warnOfVolumes(warnings: string[], field: string, volumes: readonly Volume[]): void {
  let tokens: Set<string> | undefined;
  for (const [i, volume] of volumes.entries()) {
    for (const name in volume) {
      const found = DEPRECATED[name as keyof Volume];
      if (found) warnings.push(`${field}[${i}].${found[0]}: ${found[1]}`);
    }
    const template = volume.ephemeral?.volumeClaimTemplate;
    if (template) {
      warnings.push(...claimSpecWarnings(`${field}[${i}].ephemeral.volumeClaimTemplate.spec`, template.spec));
    }
    for (const { serviceAccountToken } of volume.projected?.sources ?? []) {
      if (serviceAccountToken) (tokens ??= new Set()).add(serviceAccountToken.path);
    }
  }
  if (!tokens) return;
  for (const [i, { projected }] of volumes.entries()) {
    if (projected) warnOfTokenPaths(warnings, `${field}[${i}].projected.sources`, projected.sources ?? [], tokens);
  }
}

type Sources = NonNullable<NonNullable<Volume['projected']>['sources']>;

function warnOfTokenPaths(warnings: string[], at: string, sources: Sources, tokens: ReadonlySet<string>): void {
  const warn = (where: string, path: string) => {
    if (tokens.has(path)) {
      warnings.push(`${at}.${where}: has duplicated path with ServiceAccountToken ${JSON.stringify(path)}`);
    }
  };
  for (const { configMap, secret, downwardAPI, clusterTrustBundle } of sources) {
    for (const [i, { path }] of (configMap?.items ?? []).entries()) warn(`configMap[${i}]`, path);
    for (const [i, { path }] of (secret?.items ?? []).entries()) warn(`secrets[${i}]`, path);
    for (const [i, { path }] of (downwardAPI?.items ?? []).entries()) warn(`downwardAPI[${i}]`, path);
    if (clusterTrustBundle) warn('ClusterTrustBundle', clusterTrustBundle.path);
  }
}
