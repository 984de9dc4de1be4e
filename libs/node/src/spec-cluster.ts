import { Random, type SandboxEnv, sandboxId, TraceRing } from '#base';
import { admissionChain } from '#admission';
import { type ClusterApi, newInformers } from '#client';
import { builtInKinds, type CoreV1Event, eventKind, type Node, nodeKind, type Pod, podKind } from '#kinds';
import { apiFor, createRegistry, Heartbeats } from '#registry';
import { memoryStore } from '#storage';
import { FakeClock } from '#testing';
import { type Kubelets, nodeIdentity, startKubelets } from './kubelet/kubelets.js';
import { starterNodes } from './starter.js';

/** One sandbox in memory with the starter's nodes and their kubelets, for this library's specs. No scheduler: pods name their node. */
export interface SpecCluster {
  readonly clock: FakeClock;
  readonly env: SandboxEnv;
  /** The learner at kubectl. */
  readonly admin: ClusterApi;
  readonly heartbeats: Heartbeats;
  /** What `kubectl get pods -w` would have printed so far, each row with its time. */
  readonly rows: string[];
  /** Every version of every pod, as a watch saw it. */
  readonly seen: Pod[];
  pod(name: string): Promise<Pod | undefined>;
  /** 'Type Reason {container}: message' of the events about a pod in order; ' xN' when counted. */
  eventsOf(name: string): string[];
  /** Lets time pass in small steps, so that writes and timers meet as they would. */
  run(ms: number): Promise<void>;
  /** Stops all kubelets and starts new ones, as after a crash of the server. */
  restartKubelets(): Promise<void>;
  stop(): void;
}

const STEP_MS = 50;

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`.padStart(7);
}

export async function aSpecCluster(): Promise<SpecCluster> {
  const clock = new FakeClock();
  const env: SandboxEnv = { id: sandboxId('lab')!, clock, random: new Random('lab') };
  const store = memoryStore();
  await store.createSandbox(env.id);
  const heartbeats = new Heartbeats(clock);
  const verbs = createRegistry({
    store,
    admission: admissionChain([]),
    authorizerOf: () => ({ authorize: () => Promise.resolve({ allowed: true, reason: '' }) }),
    heartbeatsOf: () => heartbeats,
    clock,
  });
  const served = { env, kinds: builtInKinds, traces: new TraceRing(4), heartbeats };
  const clients = apiFor({ verbs, store, clusterOf: () => served, traceClock: clock });
  const admin = clients(env.id, { username: 'kubernetes-admin', groups: ['system:masters'] });
  for (const node of starterNodes(env)) {
    const created = await admin.create<Node>(nodeKind, node);
    await admin.update<Node>(nodeKind, { ...created, status: node.status! }, 'status');
  }

  const rows: string[] = [];
  const seen: Pod[] = [];
  const startMs = clock.nowMs();
  const note = (type: string, pod: Pod) => {
    const [name, ready, status, restarts] = podKind.row!(pod, clock.nowMs());
    const suffix = type === 'DELETED' ? '  (deleted)' : '';
    rows.push(`${seconds(clock.nowMs() - startMs)}  ${name}  ${ready}  ${status}  ${restarts}${suffix}`);
    seen.push(pod);
  };
  const watch = await admin.watch<Pod>(
    podKind,
    undefined,
    { resourceVersion: String(await admin.head()) },
    { events: (batch) => batch.forEach(({ type, object }) => note(type, object)), closed: () => {} },
  );
  const events = new Map<string, CoreV1Event>();
  const eventWatch = await admin.watch<CoreV1Event>(
    eventKind,
    undefined,
    { resourceVersion: String(await admin.head()) },
    { events: (batch) => batch.forEach(({ object }) => events.set(object.metadata.name!, object)), closed: () => {} },
  );
  const start = () => {
    const informers = newInformers(admin, env, { clock });
    const kubelets: Kubelets = startKubelets({ env, informers, apiFor: (name) => clients(env.id, nodeIdentity(name)) });
    return () => {
      kubelets.stop();
      informers.stop();
    };
  };
  let stopKubelets = start();
  await clock.settle();
  return {
    clock,
    env,
    admin,
    heartbeats,
    rows,
    seen,
    pod: async (name) => (await admin.list(podKind, undefined)).items.find((pod) => pod.metadata.name === name),
    eventsOf: (name) =>
      [...events.values()]
        .filter((event) => event.involvedObject.name === name)
        .map(({ type, reason, message, count = 1, involvedObject: { fieldPath = '' } }) => {
          const container = /\{(.*)\}/.exec(fieldPath)?.[1];
          return `${type} ${reason}${container ? ` {${container}}` : ''}: ${message}${count > 1 ? ` x${count}` : ''}`;
        }),
    async run(ms) {
      for (let passed = 0; passed < ms; passed += STEP_MS) {
        await clock.advance(Math.min(STEP_MS, ms - passed));
        await clock.settle();
      }
    },
    async restartKubelets() {
      stopKubelets();
      stopKubelets = start();
      await clock.settle();
    },
    stop() {
      watch.cancel();
      eventWatch.cancel();
      stopKubelets();
    },
  };
}
