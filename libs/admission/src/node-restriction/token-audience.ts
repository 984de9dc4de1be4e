import {
  type CSIDriver,
  csiDriverKind,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolumeClaimKind,
  persistentVolumeKind,
  type Pod,
  type Volume,
} from '#kinds';
import type { AdmissionReads, AdmissionRequest } from '../plugin.js';

const VERB = 'request-serviceaccounts-token-audience';

/**
 * Why a kubelet may not have a token for these audiences; undefined: it may. The pod mounts a token for that audience, itself
 * or through a CSI driver, or RBAC lets the node ask. Models validateNodeServiceAccountAudience (1.36).
 */
export async function audienceRefusal(
  request: AdmissionRequest,
  reads: AdmissionReads,
  pod: Pod,
  audiences: readonly string[],
): Promise<string | undefined> {
  if (audiences.length > 1) return 'node may only request 0 or 1 audiences';
  const [audience = ''] = audiences;
  for (const volume of pod.spec.volumes ?? []) {
    if (await isMounted(volume, pod, audience, reads)) return undefined;
  }
  const { user, namespace, name } = request;
  const question = {
    kind: 'resource',
    verb: VERB,
    group: '',
    version: 'v1',
    subresource: '',
    namespace,
    name,
  } as const;
  if ((await reads.authorize(user, { ...question, resource: audience })).allowed) return undefined;
  return (
    `audience ${JSON.stringify(audience)} not found in pod spec volume, ` +
    `${user.username} is not authorized to request tokens for this audience`
  );
}

async function isMounted(volume: Volume, pod: Pod, audience: string, reads: AdmissionReads): Promise<boolean> {
  const tokens = (volume.projected?.sources ?? []).map(({ serviceAccountToken }) => serviceAccountToken);
  if (tokens.some((token) => token && (token.audience ?? '') === audience)) return true;
  const driver = await driverOf(volume, pod, reads);
  if (!driver) return false;
  const { spec } = (await reads.get<CSIDriver>(csiDriverKind, '', driver)) ?? {};
  return (spec?.tokenRequests ?? []).some((one) => (one.audience ?? '') === audience);
}

async function driverOf(volume: Volume, { metadata }: Pod, reads: AdmissionReads): Promise<string | undefined> {
  if (volume.csi) return volume.csi.driver;
  const { namespace = '', name = '' } = metadata;
  const claimName = volume.ephemeral ? `${name}-${volume.name}` : volume.persistentVolumeClaim?.claimName;
  if (!claimName) return undefined;
  const claim = await reads.get<PersistentVolumeClaim>(persistentVolumeClaimKind, namespace, claimName);
  const volumeName = claim?.spec?.volumeName;
  if (!volumeName) return undefined;
  return (await reads.get<PersistentVolume>(persistentVolumeKind, '', volumeName))?.spec?.csi?.driver;
}
