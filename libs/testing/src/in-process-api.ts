import { type Clock, Random, sandboxId, type SandboxEnv, TraceRing } from '#base';
import { admissionChain, type AdmissionPlugin } from '#admission';
import type { ApiFor, ClusterApi } from '#client';
import { builtInKinds } from '#kinds';
import { apiFor, createRegistry, Heartbeats } from '#registry';
import { memoryStore } from '#storage';

export interface InProcessApi {
  readonly env: SandboxEnv;
  readonly apiFor: ApiFor;
  /** A client that may do everything: the learner at kubectl. */
  readonly admin: ClusterApi;
  readonly heartbeats: Heartbeats;
}

/** One sandbox's API over the memory store, for specs of actors: real verbs and kinds, everyone allowed, no actors running. */
export async function inProcessApi(
  clock: Clock,
  options: { name?: string; plugins?: readonly AdmissionPlugin[] } = {},
): Promise<InProcessApi> {
  const id = sandboxId(options.name ?? 'lab')!;
  const env: SandboxEnv = { id, clock, random: new Random(`seed of ${id}`) };
  const store = memoryStore();
  await store.createSandbox(id);
  const heartbeats = new Heartbeats(clock);
  const verbs = createRegistry({
    store,
    admission: admissionChain(options.plugins ?? []),
    authorizerOf: () => ({ authorize: () => Promise.resolve({ allowed: true, reason: '' }) }),
    heartbeatsOf: () => heartbeats,
    clock,
  });
  const cluster = { env, kinds: builtInKinds, traces: new TraceRing(16), heartbeats };
  const clients = apiFor({ verbs, store, clusterOf: () => cluster, traceClock: clock });
  const admin = clients(id, { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] });
  return { env, apiFor: clients, admin, heartbeats };
}
