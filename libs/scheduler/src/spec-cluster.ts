import { type ClusterApi, newEventRecorder, newInformers } from '#client';
import { type Node, nodeKind, type Pod, type PodSpec, podKind } from '#kinds';
import { eventText, type FakeClock, inMemoryCluster, toldEvents } from '#testing';
import { type Scheduler, schedulerIdentity, startScheduler } from './scheduler.js';

/** One sandbox in memory with a scheduler and no kubelets, for this library's specs. */
export interface SpecCluster {
  readonly clock: FakeClock;
  /** The learner at kubectl. */
  readonly admin: ClusterApi;
  readonly scheduler: Scheduler;
  addNode(
    name: string,
    spec?: Node['spec'],
    allocatable?: Record<string, string>,
    labels?: Record<string, string>,
  ): Promise<void>;
  addPod(name: string, spec?: Partial<PodSpec>): Promise<Pod>;
  pod(name: string): Promise<Pod>;
  /** Where a pod went; '' for nowhere. */
  nodeOf(name: string): Promise<string>;
  /** 'Reason: message' of the events about a pod in order; ' xN' when counted. */
  eventsOf(name: string): string[];
  /** Lets time pass in small steps. */
  run(ms: number): Promise<void>;
  stop(): void;
}

const STEP_MS = 100;
const ROOM = { cpu: '4', memory: '8Gi', pods: '110' };

export function asking(requests: Record<string, string>): Partial<PodSpec> {
  // Extended resources cannot be overcommitted: their limit is their request.
  const limits = Object.fromEntries(Object.entries(requests).filter(([name]) => name.includes('/')));
  return { containers: [{ name: 'app', image: 'nginx', resources: { requests, limits } }] };
}

export async function aSpecCluster(seed = 'lab'): Promise<SpecCluster> {
  const { clock, env, clients, admin, run } = await inMemoryCluster({ seed });
  const told = await toldEvents(admin);
  const api = clients(env.id, schedulerIdentity);
  const informers = newInformers(admin, env, { clock });
  const events = newEventRecorder(api, env, { name: 'default-scheduler' }, { clock });
  const scheduler = startScheduler({ env, api, informers, events });
  await clock.settle();
  const pod = (name: string) => admin.get<Pod>(podKind, 'default', name);
  return {
    clock,
    admin,
    scheduler,
    pod,
    async addNode(name, spec = {}, allocatable = {}, labels = {}) {
      const room = { ...ROOM, ...allocatable };
      const metadata = { name, labels: { 'kubernetes.io/hostname': name, ...labels } };
      await admin.create<Node>(nodeKind, { apiVersion: 'v1', kind: 'Node', metadata, spec });
      const patch = { status: { capacity: room, allocatable: room } };
      await admin.patch(nodeKind, '', name, { type: 'merge', patch }, 'status');
      await clock.settle();
    },
    addPod: (name, spec = {}) =>
      admin.create<Pod>(podKind, {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: 'default' },
        spec: { containers: [{ name: 'app', image: 'nginx' }], ...spec },
      }),
    nodeOf: async (name) => (await pod(name)).spec?.nodeName ?? '',
    eventsOf: (name) => told.about(name).map(eventText),
    run: (ms) => run(ms, STEP_MS),
    stop() {
      scheduler.stop();
      told.stop();
      events.stop();
      informers.stop();
    },
  };
}
