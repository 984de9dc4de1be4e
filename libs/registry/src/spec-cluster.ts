import { Random, type SandboxEnv, type SandboxId, sandboxId, Trace, TraceRing } from '#base';
import type { AdmissionChain } from '#admission';
import type { KubeObject } from '#apimachinery';
import type { Authorizer, UserInfo } from '#auth';
import { builtInKinds, type Kind } from '#kinds';
import { memoryStore, type Store } from '#storage';
import { FakeClock } from '#testing';
import { createRegistry, type RegistryOptions } from './create-registry.js';
import { Heartbeats } from './heartbeats.js';
import { KindsView } from './kinds-view.js';
import type { Found, RequestContext, Target, Verbs } from './request.js';

const ADMITS_ALL: AdmissionChain = { mutate: async () => {}, validate: async () => {} };
const ALLOWS_ALL: Authorizer = { authorize: async () => ({ allowed: true, reason: '' }) };

/** One cluster over a memory store, for this library's specs. */
export interface SpecCluster {
  readonly verbs: Verbs;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly env: SandboxEnv;
  readonly heartbeats: Heartbeats;
  readonly traces: TraceRing;
  readonly warnings: string[];
  ctx(user?: UserInfo): RequestContext;
  kind(group: string, resource: string): Kind;
  target(resource: string, name?: string, more?: Partial<Target> & { group?: string }): Target;
  create(resource: string, object: object, group?: string): Promise<Found>;
}

export const ADMIN: UserInfo = { username: 'admin', groups: ['system:masters'] };
const NAMESPACE = 'default';

export async function aSpecCluster(options: Partial<RegistryOptions> = {}): Promise<SpecCluster> {
  const clock = new FakeClock();
  const store = options.store ?? memoryStore();
  const env: SandboxEnv = { id: sandboxId('spec') as SandboxId, clock, random: new Random('spec') };
  await store.createSandbox(env.id);
  const heartbeats = new Heartbeats(clock);
  const view = new KindsView({ store, clock }, env.id, builtInKinds);
  await view.open();
  const verbs = createRegistry({
    store,
    admission: ADMITS_ALL,
    authorizerOf: () => ALLOWS_ALL,
    heartbeatsOf: () => heartbeats,
    servingOf: () => ({
      get kinds() {
        return view.current;
      },
      onKinds: (listener) => view.onChange(listener),
    }),
    clock,
    ...options,
  });
  const warnings: string[] = [];
  const kind = (group: string, resource: string): Kind => {
    const found = view.current.preferred(group, resource);
    if (!found) throw new Error(`no kind ${group}/${resource}`);
    return found;
  };
  const cluster: SpecCluster = {
    verbs,
    store,
    clock,
    env,
    heartbeats,
    warnings,
    kind,
    traces: new TraceRing(8),
    ctx: (user = ADMIN) => ({
      env,
      kinds: view.current,
      user,
      trace: new Trace('spec', 'spec', clock),
      warn: (message) => void warnings.push(message),
    }),
    target: (resource, name, { group = '', ...more } = {}) => {
      const found = kind(group, resource);
      return {
        kind: found,
        namespace: found.namespaced ? NAMESPACE : '',
        ...(name === undefined ? {} : { name }),
        ...more,
      };
    },
    create: (resource, object, group = '') => {
      const { namespace } = (object as KubeObject).metadata ?? {};
      const target = cluster.target(resource, undefined, { group, ...(namespace ? { namespace } : {}) });
      return verbs.create(cluster.ctx(), target, { object }, {});
    },
  };
  return cluster;
}
