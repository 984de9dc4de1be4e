import { Random, type SandboxId, sandboxId } from '#base';
import { deepCopy, type KubeObject, StatusError } from '#apimachinery';
import type { RequestAttributes, UserInfo } from '#auth';
import { builtInKinds, type Kind } from '#kinds';
import { FakeClock } from '#testing';
import { admissionChain } from './chain.js';
import type { PluginChoice } from './choice.js';
import type { AdmissionReads, AdmissionRequest, Operation } from './plugin.js';
import { plugins } from './plugins.js';

/** What the specs of plugins share: one request through the whole chain, over literal objects. */
export const ADMIN: UserInfo = { username: 'admin', groups: ['system:masters'] };
export const KUBELET: UserInfo = { username: 'system:node:node01', groups: ['system:nodes'] };

export type Loose = KubeObject & Record<string, unknown>;

/** A cluster of these objects: 'Namespace//default' → object. */
export function readsOf(objects: readonly object[], wish: Pick<Case, 'choice' | 'may'> = {}): AdmissionReads {
  const all = [...objects, { kind: 'Namespace', metadata: { name: 'default' } }] as Loose[];
  const of = (kind: Kind) => all.filter((object) => object.kind === kind.kind);
  return {
    choice: wish.choice,
    get: async <T extends KubeObject>(kind: Kind<T>, namespace: string, name: string) =>
      of(kind as Kind).find((one) => one.metadata.name === name && (one.metadata.namespace ?? '') === namespace) as
        T | undefined,
    list: async <T extends KubeObject>(kind: Kind<T>, namespace: string | undefined) =>
      of(kind as Kind).filter(
        ({ metadata }) => namespace === undefined || (metadata.namespace ?? '') === namespace,
      ) as unknown as readonly T[],
    authorize: async (user, attributes) => ({ allowed: wish.may?.(user, attributes) ?? false, reason: '' }),
    replace: async () => true,
  };
}

export interface Case {
  resource?: string;
  group?: string;
  operation?: Operation;
  subresource?: string;
  object?: object;
  old?: object;
  user?: UserInfo;
  name?: string;
  namespace?: string;
  dryRun?: boolean;
  choice?: PluginChoice;
  may?: (user: UserInfo, attributes: RequestAttributes) => boolean;
  warnings?: string[];
}

const id = sandboxId('spec') as SandboxId;

/** Sends one request through the whole chain and gives the object that would be stored. */
export async function admit(wish: Case, objects: readonly object[] = [ACCOUNT]): Promise<Loose> {
  const { resource = 'pods', group = '', operation = 'CREATE', subresource = '', user = ADMIN, old } = wish;
  const object = deepCopy(wish.object) as Loose | undefined;
  const kind = builtInKinds.preferred(group, resource)!;
  const request: AdmissionRequest = {
    env: { id, clock: new FakeClock(), random: new Random('spec') },
    user,
    operation,
    kind,
    kinds: builtInKinds,
    options: {},
    subresource,
    namespace: wish.namespace ?? (kind.namespaced ? 'default' : ''),
    name: wish.name ?? object?.metadata?.name ?? '',
    object,
    old: old as KubeObject | undefined,
    dryRun: wish.dryRun ?? false,
    warn: (message) => void wish.warnings?.push(message),
  };
  const chain = admissionChain(plugins);
  const reads = readsOf(objects, wish);
  await chain.mutate(request, reads);
  await chain.validate(request, reads);
  return object ?? ({} as Loose);
}

export const ACCOUNT = { kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } };
export const aPod = (spec: object = {}, metadata: object = {}) => ({
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'web', ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
});

/** The message of the refusal, or undefined when all went well. What is no StatusError fails the spec. */
export async function refusalOf(wish: Case, objects?: readonly object[]): Promise<string | undefined> {
  try {
    await admit(wish, objects);
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return error.message;
  }
}
