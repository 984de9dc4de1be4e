import type { PersistentVolume, PersistentVolumeSpec } from '../generated/types.js';
import { warnOfTerm } from './node-warnings.js';

const DEPRECATED: Partial<Record<keyof PersistentVolumeSpec, string>> = {
  cephfs: 'deprecated in v1.28, non-functional in v1.31+',
  glusterfs: 'deprecated in v1.25, non-functional in v1.26+',
  photonPersistentDisk: 'deprecated in v1.11, non-functional in v1.16+',
  rbd: 'deprecated in v1.28, non-functional in v1.31+',
  scaleIO: 'deprecated in v1.16, non-functional in v1.22+',
  storageos: 'deprecated in v1.22, non-functional in v1.25+',
};
const RECYCLE =
  'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.';

/** Models GetWarningsForPersistentVolume (1.36). */
export function volumeWarnings({ metadata, spec = {} }: PersistentVolume): string[] {
  const warnings: string[] = [];
  for (const key of ['volume.beta.kubernetes.io/storage-class', 'volume.beta.kubernetes.io/mount-options']) {
    if (!metadata.annotations || !Object.hasOwn(metadata.annotations, key)) continue;
    const instead = key.endsWith('storage-class') ? 'storageClassName' : 'mountOptions';
    warnings.push(
      key.endsWith('storage-class')
        ? `metadata.annotations[${key}]: deprecated since v1.8; use "${instead}" attribute instead`
        : `metadata.annotations[${key}]: deprecated since v1.31; use "${instead}" attribute instead`,
    );
  }
  if (spec.persistentVolumeReclaimPolicy === 'Recycle') warnings.push(RECYCLE);
  for (const [i, term] of (spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).entries()) {
    warnOfTerm(warnings, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`, term);
  }
  for (const name in spec) {
    const why = DEPRECATED[name as keyof PersistentVolumeSpec];
    if (why) warnings.push(`spec.${name}: ${why}`);
  }
  return warnings;
}
