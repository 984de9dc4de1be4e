import type { Container, Pod, Volume } from '#kinds';

/** What a pod names of its namespace. Models VisitPodSecretNames and VisitPodConfigmapNames (1.36). */
export interface PodReferences {
  readonly secrets: readonly string[];
  readonly configMaps: readonly string[];
  readonly claims: readonly string[];
  /** It projects ClusterTrustBundles. */
  readonly trustBundles: boolean;
}

type Named = { name?: string } | undefined;

export function referencesOf(spec: Pod['spec']): PodReferences {
  const volumes = spec.volumes ?? [];
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  const env = containers.flatMap((container) => envOf(container));
  const names = (list: readonly (string | undefined)[]) => list.filter((name): name is string => name !== undefined);
  return {
    secrets: names([
      ...(spec.imagePullSecrets ?? []).map(({ name }) => name),
      ...volumes.flatMap(volumeSecrets),
      ...sources.map(({ secret }) => secret?.name),
      ...env.map(({ secret }) => secret?.name),
    ]),
    configMaps: names([
      ...volumes.map(({ configMap }) => configMap?.name),
      ...sources.map(({ configMap }) => configMap?.name),
      ...env.map(({ configMap }) => configMap?.name),
    ]),
    claims: names(volumes.map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)),
    trustBundles: sources.some(({ clusterTrustBundle }) => clusterTrustBundle),
  };
}

function envOf({ env = [], envFrom = [] }: Pick<Container, 'env' | 'envFrom'>): { secret: Named; configMap: Named }[] {
  return [
    ...envFrom.map(({ secretRef, configMapRef }) => ({ secret: secretRef, configMap: configMapRef })),
    ...env.map(({ valueFrom }) => ({ secret: valueFrom?.secretKeyRef, configMap: valueFrom?.configMapKeyRef })),
  ];
}

/** Each kind of volume that signs in somewhere has a name of its own for the secret. */
function volumeSecrets(volume: Volume): (string | undefined)[] {
  return [
    volume.secret?.secretName,
    volume.azureFile?.secretName,
    volume.cephfs?.secretRef?.name,
    volume.cinder?.secretRef?.name,
    volume.flexVolume?.secretRef?.name,
    volume.rbd?.secretRef?.name,
    volume.scaleIO?.secretRef?.name,
    volume.iscsi?.secretRef?.name,
    volume.storageos?.secretRef?.name,
    volume.csi?.nodePublishSecretRef?.name,
  ];
}
