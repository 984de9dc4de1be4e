import type { SandboxEnv } from '#base';
import { type ClusterApi, newInformers } from '#client';
import { type Node, nodeKind, type Pod, podKind } from '#kinds';
import type { Heartbeats } from '#registry';
import { eventText, type FakeClock, inMemoryCluster, toldEvents } from '#testing';
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
  const { clock, env, heartbeats, clients, admin, run } = await inMemoryCluster();
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
  const told = await toldEvents(admin);
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
      told.about(name).map((event) => {
        const container = /\{(.*)\}/.exec(event.involvedObject.fieldPath ?? '')?.[1];
        const text = eventText(event);
        const where = container ? ` {${container}}` : '';
        return `${event.type} ${event.reason}${where}${text.slice(event.reason?.length ?? 0)}`;
      }),
    run: (ms) => run(ms, STEP_MS),
    async restartKubelets() {
      stopKubelets();
      stopKubelets = start();
      await clock.settle();
    },
    stop() {
      watch.cancel();
      told.stop();
      stopKubelets();
    },
  };
}
