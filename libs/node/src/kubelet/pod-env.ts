import { isReason, type StatusError } from '#apimachinery';
import type { ClusterApi } from '#client';
import { configMapKind, type Container, type EnvVar, type ObjectFieldSelector, type Pod, secretKind } from '#kinds';

/** A container's environment cannot be made up: what the user reads in its status. */
export class ConfigError extends Error {}

type Data = Readonly<Record<string, string>>;
type Read = (kind: 'ConfigMap' | 'Secret', name: string) => Promise<Data | undefined>;

const decoded = (data: Data | undefined): Data =>
  Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]));

/** Reads ConfigMaps and Secrets of one namespace, each once; undefined when it is not there. */
export function reader(api: ClusterApi, namespace: string): Read {
  const seen = new Map<string, Promise<Data | undefined>>();
  const read: Read = async (kind, name) => {
    try {
      if (kind === 'ConfigMap') return (await api.get(configMapKind, namespace, name)).data ?? {};
      return decoded((await api.get(secretKind, namespace, name)).data);
    } catch (error) {
      if (isReason(error, 'NotFound')) return undefined;
      throw new ConfigError(`failed to sync ${kind.toLowerCase()} cache: ${(error as StatusError).message}`);
    }
  };
  return (kind, name) => {
    const key = `${kind}/${name}`;
    let data = seen.get(key);
    if (!data) seen.set(key, (data = read(kind, name)));
    return data;
  };
}

function fieldValue(pod: Pod, { fieldPath }: ObjectFieldSelector, facts: EnvFacts): string {
  const of = /^metadata\.(labels|annotations)\['([^']*)'\]$/.exec(fieldPath);
  if (of) return pod.metadata[of[1] as 'labels' | 'annotations']?.[of[2]!] ?? '';
  switch (fieldPath) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'spec.nodeName':
      return pod.spec?.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec?.serviceAccountName ?? '';
    case 'status.hostIP':
    case 'status.hostIPs':
      return facts.hostIP;
    case 'status.podIP':
    case 'status.podIPs':
      return facts.podIP;
    default:
      return '';
  }
}

export interface EnvFacts {
  readonly podIP: string;
  readonly hostIP: string;
}

const what = (kind: 'ConfigMap' | 'Secret') => (kind === 'ConfigMap' ? 'configmap' : 'secret');

async function keyValue(
  read: Read,
  kind: 'ConfigMap' | 'Secret',
  namespace: string,
  ref: { name?: string; key: string; optional?: boolean },
): Promise<string | undefined> {
  const name = ref.name ?? '';
  const data = await read(kind, name);
  if (data && Object.hasOwn(data, ref.key)) return data[ref.key];
  if (ref.optional) return undefined;
  throw new ConfigError(
    data ? `couldn't find key ${ref.key} in ${kind} ${namespace}/${name}` : `${what(kind)} "${name}" not found`,
  );
}

async function valueOf(variable: EnvVar, pod: Pod, read: Read, facts: EnvFacts): Promise<string | undefined> {
  const from = variable.valueFrom;
  const namespace = pod.metadata.namespace ?? '';
  if (from?.configMapKeyRef) return keyValue(read, 'ConfigMap', namespace, from.configMapKeyRef);
  if (from?.secretKeyRef) return keyValue(read, 'Secret', namespace, from.secretKeyRef);
  if (from?.fieldRef) return fieldValue(pod, from.fieldRef, facts);
  return variable.value ?? '';
}

/** The environment of a container. Throws ConfigError with the kubelet's words. Models makeEnvironmentVariables (1.36). */
export async function environmentOf(
  pod: Pod,
  container: Container,
  read: Read,
  facts: EnvFacts,
): Promise<ReadonlyMap<string, string>> {
  const env = new Map<string, string>();
  for (const { configMapRef, secretRef, prefix = '' } of container.envFrom ?? []) {
    const kind = configMapRef ? 'ConfigMap' : 'Secret';
    const ref = configMapRef ?? secretRef;
    if (!ref) continue;
    const data = await read(kind, ref.name ?? '');
    if (!data && !ref.optional) throw new ConfigError(`${what(kind)} "${ref.name ?? ''}" not found`);
    for (const [key, value] of Object.entries(data ?? {})) env.set(prefix + key, value);
  }
  for (const variable of container.env ?? []) {
    const value = await valueOf(variable, pod, read, facts);
    if (value !== undefined) env.set(variable.name, value);
  }
  env.set('HOSTNAME', pod.spec?.hostname ?? pod.metadata.name ?? '');
  return env;
}

/** The first volume that cannot be mounted, in the kubelet's words. */
export async function mountFailure(pod: Pod, read: Read): Promise<string | undefined> {
  for (const { name, configMap, secret } of pod.spec?.volumes ?? []) {
    const kind = configMap ? 'ConfigMap' : 'Secret';
    const source = configMap ? configMap.name : secret?.secretName;
    if (source === undefined || configMap?.optional || secret?.optional) continue;
    if ((await read(kind, source)) === undefined) {
      return `MountVolume.SetUp failed for volume "${name}" : ${what(kind)} "${source}" not found`;
    }
  }
  return undefined;
}
