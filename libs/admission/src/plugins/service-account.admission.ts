import { type Container, type Pod, serviceAccountKind, type Volume } from '#kinds';
import type { AdmissionPlugin } from '../plugin.js';
import { isCore, refusal } from '../refusal.js';

const DEFAULT_ACCOUNT = 'default';
const VOLUME_PREFIX = 'kube-api-access-';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** Seven seconds over the hour mark the tokens that upstream extends; shown by `kubectl get pod -o yaml`. */
const TOKEN_SECONDS = 3607;
const VOLUME_MODE = 0o644;

/** Every pod runs as a service account that exists, and finds its token. Models plugin serviceaccount (1.36). */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (request) => isCore(request, 'pods') && request.operation === 'CREATE',
  async mutate(request, reads) {
    const pod = request.object as Pod;
    const { spec } = pod;
    if (!spec) return;
    if (pod.metadata.annotations && Object.hasOwn(pod.metadata.annotations, MIRROR_ANNOTATION)) {
      if (spec.serviceAccountName) throw refusal(request, 'a mirror pod may not reference service accounts');
      return;
    }
    const name = (spec.serviceAccountName ||= DEFAULT_ACCOUNT);
    spec.serviceAccount = name;
    const account = await reads.get(serviceAccountKind, request.namespace, name);
    if (!account) {
      const why = `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`;
      throw refusal(request, why);
    }
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
      mountToken(spec, () => VOLUME_PREFIX + request.env.random.nameSuffix());
    }
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...secret }));
    }
  },
};

function mountToken(spec: NonNullable<Pod['spec']>, newName: () => string): void {
  const present = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX));
  const name = present?.name ?? newName();
  let needed = false;
  for (const container of [...(spec.initContainers ?? []), ...spec.containers]) {
    if (mountsAt(container, TOKEN_PATH)) continue;
    (container.volumeMounts ??= []).push({ name, readOnly: true, mountPath: TOKEN_PATH });
    needed = true;
  }
  if (needed && !present) (spec.volumes ??= []).push(tokenVolume(name));
}

function mountsAt(container: Container, path: string): boolean {
  return container.volumeMounts?.some((mount) => mount.mountPath === path) ?? false;
}

function tokenVolume(name: string): Volume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: VOLUME_MODE,
    },
  };
}
