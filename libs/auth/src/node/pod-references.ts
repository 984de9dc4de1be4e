import type { Pod } from '#kinds';

type Spec = Pod['spec'];
type Volume = NonNullable<Spec['volumes']>[number];

const MIRROR = 'kubernetes.io/config.mirror';

/**
 * What the node of a pod may read because of it: 'secrets/default/db', 'configmaps/…', 'persistentvolumeclaims/…',
 * 'serviceaccounts/…', 'resourceclaims/…'. Models AddPod of the node authorizer's graph (1.36).
 */
export function referencesOf({ metadata, spec, status }: Pod): string[] {
  // A node makes mirror pods itself; they must not open anything to it.
  if (metadata.annotations?.[MIRROR] !== undefined) return [];
  const found = new Set<string>();
  const namespace = metadata.namespace ?? '';
  const add = (resource: string, name: string | undefined) => {
    if (name) found.add(`${resource}/${namespace}/${name}`);
  };
  add('serviceaccounts', spec.serviceAccountName);
  for (const { name } of spec.imagePullSecrets ?? []) add('secrets', name);
  for (const { env = [], envFrom = [] } of containersOf(spec)) {
    for (const { valueFrom } of env) {
      add('secrets', valueFrom?.secretKeyRef?.name);
      add('configmaps', valueFrom?.configMapKeyRef?.name);
    }
    for (const { secretRef, configMapRef } of envFrom) {
      add('secrets', secretRef?.name);
      add('configmaps', configMapRef?.name);
    }
  }
  for (const volume of spec.volumes ?? []) addVolume(add, metadata.name ?? '', volume);
  const claims = new Map((status?.resourceClaimStatuses ?? []).map((one) => [one.name, one.resourceClaimName]));
  for (const { name, resourceClaimName } of spec.resourceClaims ?? []) {
    add('resourceclaims', resourceClaimName ?? claims.get(name));
  }
  add('resourceclaims', status?.extendedResourceClaimStatus?.resourceClaimName);
  return [...found];
}

function containersOf(spec: Spec) {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])];
}

function addVolume(add: (resource: string, name: string | undefined) => void, pod: string, volume: Volume): void {
  add('secrets', volume.secret?.secretName);
  add('configmaps', volume.configMap?.name);
  add('persistentvolumeclaims', volume.persistentVolumeClaim?.claimName);
  if (volume.ephemeral) add('persistentvolumeclaims', `${pod}-${volume.name}`);
  for (const { secret, configMap } of volume.projected?.sources ?? []) {
    add('secrets', secret?.name);
    add('configmaps', configMap?.name);
  }
  add('secrets', volume.azureFile?.secretName);
  const byReference = [
    volume.cephfs?.secretRef,
    volume.cinder?.secretRef,
    volume.flexVolume?.secretRef,
    volume.rbd?.secretRef,
    volume.scaleIO?.secretRef,
    volume.iscsi?.secretRef,
    volume.storageos?.secretRef,
    volume.csi?.nodePublishSecretRef,
  ];
  for (const reference of byReference) add('secrets', reference?.name);
}
