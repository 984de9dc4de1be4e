import { Random, type SandboxEnv, type SandboxId, sandboxId, TraceRing } from '#base';
import { admissionChain } from '#admission';
import type { Authorizer } from '#auth';
import type { ApiFor, ClusterApi } from '#client';
import { builtInKinds, type CoreV1Event, eventKind } from '#kinds';
import { apiFor, createRegistry, Heartbeats, KindsView, type ServedCluster } from '#registry';
import { memoryStore, type Store } from '#storage';
import { FakeClock } from './fake-clock.js';

/** A whole API in memory for the specs of actors: real registry, real client, time that stands still until moved. */
export interface InMemoryCluster {
  readonly clock: FakeClock;
  readonly env: SandboxEnv;
  readonly heartbeats: Heartbeats;
  readonly clients: ApiFor;
  /** What it serves, CRDs included. */
  readonly serving: Pick<ServedCluster, 'kinds' | 'onKinds'>;
  /** The learner at kubectl. */
  readonly admin: ClusterApi;
  /** Lets time pass in steps of `stepMs`, so that writes and timers meet as they would. */
  run(ms: number, stepMs: number): Promise<void>;
}

export interface InMemoryOptions {
  readonly seed?: string;
  /** Default: everybody may do everything. */
  authorizerOf?(store: Store, sandbox: SandboxId): Authorizer;
}

const ALLOWS_ALL: Authorizer = { authorize: async () => ({ allowed: true, reason: '' }) };

export async function inMemoryCluster({ seed = 'lab', authorizerOf }: InMemoryOptions = {}): Promise<InMemoryCluster> {
  const clock = new FakeClock();
  const env: SandboxEnv = { id: sandboxId('lab')!, clock, random: new Random(seed) };
  const store = memoryStore();
  await store.createSandbox(env.id);
  const heartbeats = new Heartbeats(clock);
  const authorizer = authorizerOf?.(store, env.id) ?? ALLOWS_ALL;
  const verbs = createRegistry({
    store,
    admission: admissionChain([]),
    authorizerOf: () => authorizer,
    heartbeatsOf: () => heartbeats,
    clock,
  });
  const view = new KindsView({ store, clock }, env.id, builtInKinds);
  await view.open();
  const served = {
    ...{ env, traces: new TraceRing(4), heartbeats },
    get kinds() {
      return view.current;
    },
    onKinds: (listener: () => void) => view.onChange(listener),
  };
  const clients = apiFor({ verbs, store, clusterOf: () => served, traceClock: clock });
  return {
    clock,
    env,
    heartbeats,
    clients,
    serving: served,
    admin: clients(env.id, { username: 'kubernetes-admin', groups: ['system:masters'] }),
    async run(ms, stepMs) {
      for (let passed = 0; passed < ms; passed += stepMs) {
        await clock.advance(Math.min(stepMs, ms - passed));
        await clock.settle();
      }
    },
  };
}

/** Remembers every Event of a cluster from now on, each in its last state. */
export async function toldEvents(admin: ClusterApi): Promise<{ about(name: string): CoreV1Event[]; stop(): void }> {
  const told = new Map<string, CoreV1Event>();
  const watch = await admin.watch<CoreV1Event>(
    eventKind,
    undefined,
    { resourceVersion: String(await admin.head()) },
    { events: (batch) => batch.forEach(({ object }) => told.set(object.metadata.name!, object)), closed: () => {} },
  );
  return {
    about: (name) => [...told.values()].filter((event) => event.involvedObject.name === name),
    stop: () => watch.cancel(),
  };
}

/** 'Reason: message', with ' xN' when counted. */
export function eventText({ reason, message, count = 1 }: CoreV1Event): string {
  return `${reason}: ${message}${count > 1 ? ` x${count}` : ''}`;
}
