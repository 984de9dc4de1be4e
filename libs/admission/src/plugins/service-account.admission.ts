import { type Container, type Pod, type ServiceAccount, serviceAccountKind, type Volume } from '#kinds';
import type { AdmissionPlugin, AdmissionReads, AdmissionRequest } from '../plugin.js';
import { referencesOf } from '../pod-references.js';
import { isCore, refusal } from '../refusal.js';

const DEFAULT_ACCOUNT = 'default';
const VOLUME_PREFIX = 'kube-api-access-';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';
/** Seven seconds over the hour mark the tokens that upstream extends; shown by `kubectl get pod -o yaml`. */
const TOKEN_SECONDS = 3607;
const VOLUME_MODE = 0o644;

/** An account with it lends its pods only the secrets that it lists. Deprecated upstream, and still obeyed. */
const MOUNTABLE_ANNOTATION = 'kubernetes.io/enforce-mountable-secrets';

/** Every pod runs as a service account that exists, and finds its token. Models plugin serviceaccount (1.36). */
export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (request) =>
    (isCore(request, 'pods') && request.operation === 'CREATE') ||
    (isCore(request, 'pods', 'ephemeralcontainers') && request.operation === 'UPDATE'),
  async mutate(request, reads) {
    const pod = request.object as Pod;
    const { spec } = pod;
    if (!spec || isMirror(pod) || request.operation !== 'CREATE') return;
    const name = (spec.serviceAccountName ||= DEFAULT_ACCOUNT);
    spec.serviceAccount = name;
    const account = await accountOf(request, reads, name);
    if (spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true) {
      mountToken(spec, () => VOLUME_PREFIX + request.env.random.nameSuffix());
    }
    if (!spec.imagePullSecrets?.length && account.imagePullSecrets?.length) {
      spec.imagePullSecrets = account.imagePullSecrets.map((secret) => ({ ...secret }));
    }
  },
  async validate(request, reads) {
    const pod = request.object as Pod;
    if (isMirror(pod)) return checkMirror(request, pod);
    const name = pod.spec.serviceAccountName ?? '';
    // Not for ephemeral containers' sake alone: the account of a running pod may be gone.
    if (request.operation !== 'CREATE' && !(await reads.get(serviceAccountKind, request.namespace, name))) return;
    const account = await accountOf(request, reads, name);
    if (account.metadata.annotations?.[MOUNTABLE_ANNOTATION] !== 'true') return;
    const why = unlistedSecret(pod.spec, account, request.operation === 'CREATE');
    if (why !== undefined) throw refusal(request, why);
  },
};

const isMirror = ({ metadata }: Pod) => Object.hasOwn(metadata.annotations ?? {}, MIRROR_ANNOTATION);

async function accountOf(request: AdmissionRequest, reads: AdmissionReads, name: string): Promise<ServiceAccount> {
  const account = await reads.get(serviceAccountKind, request.namespace, name);
  if (account) return account as ServiceAccount;
  const why = `error looking up service account ${request.namespace}/${name}: serviceaccount "${name}" not found`;
  throw refusal(request, why);
}

/** A static pod is the node's own: it cannot be lent what belongs to the namespace. */
function checkMirror(request: AdmissionRequest, { spec }: Pod): void {
  if (spec.serviceAccountName) throw refusal(request, 'a mirror pod may not reference service accounts');
  if (referencesOf(spec).secrets.length > 0) throw refusal(request, 'a mirror pod may not reference secrets');
  const sources = (spec.volumes ?? []).flatMap(({ projected }) => projected?.sources ?? []);
  if (sources.some(({ serviceAccountToken }) => serviceAccountToken)) {
    throw refusal(request, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

/** Models limitSecretReferences and limitEphemeralContainerSecretReferences (1.36). */
function unlistedSecret(spec: Pod['spec'], account: ServiceAccount, isWhole: boolean): string | undefined {
  const mountable = new Set((account.secrets ?? []).map(({ name }) => name));
  const not = (what: string, field: string, name: string, kind = 'secret') =>
    `${what}${field}=${JSON.stringify(name)} is not allowed because service account ${account.metadata.name} does not reference that ${kind}`;
  const ofContainer = (what: string, { name, env = [], envFrom = [] }: Pick<Container, 'name' | 'env' | 'envFrom'>) => {
    for (const variable of env) {
      const secret = variable.valueFrom?.secretKeyRef?.name;
      if (secret === undefined || mountable.has(secret)) continue;
      return not(`${what} ${name} with envVar ${variable.name} referencing `, 'secret.secretName', secret);
    }
    const from = envFrom.find(({ secretRef }) => secretRef && !mountable.has(secretRef.name));
    return from && not(`${what} ${name} with envFrom referencing `, 'secret.secretName', from.secretRef!.name ?? '');
  };
  const ofAll = (what: string, list: readonly Pick<Container, 'name' | 'env' | 'envFrom'>[] | undefined) =>
    list?.map((container) => ofContainer(what, container)).find((why) => why !== undefined);
  if (!isWhole) return ofAll('ephemeral container', spec.ephemeralContainers);
  const volume = spec.volumes?.find(({ secret }) => secret && !mountable.has(secret.secretName));
  if (volume) return not('volume with ', 'secret.secretName', volume.secret!.secretName ?? '');
  const why = ofAll('init container', spec.initContainers) ?? ofAll('container', spec.containers);
  if (why !== undefined) return why;
  const pulls = new Set((account.imagePullSecrets ?? []).map(({ name }) => name));
  const index = (spec.imagePullSecrets ?? []).findIndex(({ name }) => !pulls.has(name));
  if (index < 0) return undefined;
  return not(`imagePullSecrets[${index}]`, '.name', spec.imagePullSecrets![index]!.name ?? '', 'imagePullSecret');
}

function mountToken(spec: NonNullable<Pod['spec']>, newName: () => string): void {
  const present = spec.volumes?.find((volume) => volume.name.startsWith(VOLUME_PREFIX));
  const name = present?.name ?? newName();
  let needed = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
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
