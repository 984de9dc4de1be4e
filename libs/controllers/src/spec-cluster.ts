import { rfc3339, type KubeObject } from '#apimachinery';
import { bootstrapPolicy, type RbacAuthorizer, rbacAuthorizer } from '#auth';
import type { SandboxEnv } from '#base';
import { type ClusterApi, type Informers, newInformers, type ResourceRef } from '#client';
import { type ControlledCluster, ControllerManager, type ReconcileFailure } from '#controller-runtime';
import {
  builtInKinds,
  type CoreV1Event,
  eventKind,
  type Namespace,
  namespaceKind,
  type Node,
  nodeKind,
  type Pod,
  podKind,
} from '#kinds';
import { eventText, type FakeClock, inMemoryCluster } from '#testing';
import { controllers } from './controllers.js';

/** One sandbox in memory with all controllers and a kubelet of few words, for this library's scenario specs. */
export interface SpecCluster {
  readonly clock: FakeClock;
  readonly env: SandboxEnv;
  /** The learner at kubectl. */
  readonly admin: ClusterApi;
  readonly manager: ControllerManager;
  readonly kubelet: SpecKubelet;
  readonly failures: ReconcileFailure[];
  /** Lets everybody work until nobody has anything to do. Time moves on by milliseconds. */
  settle(): Promise<void>;
  /** Stops all controllers and starts new ones, as after a crash. */
  restart(): void;
  list<T extends KubeObject>(ref: ResourceRef<T>, namespace?: string): Promise<readonly T[]>;
  /** 'Reason: message' of the events about `name`, in order of writing; ' xN' when counted. */
  eventsOf(name: string): Promise<string[]>;
  stop(): void;
}

/** Binds pods to `node01`, makes them ready as `readies` says, and lets go of those that are deleted. */
export interface SpecKubelet {
  readies: (pod: Pod) => boolean;
  /** While true, deleted pods linger. */
  holdsOn: boolean;
  /** While true it does nothing at all. */
  dead: boolean;
  /** Looks at all pods again, after one of the above changed. */
  look(): Promise<void>;
}

/** Real keys are made meanwhile, on threads that a busy machine holds up. */
const ROUNDS_MAX = 10_000;

/** `keys`: what the cluster hands to controllers that sign. */
export async function aSpecCluster(
  options: { kubelet?: boolean; keys?: Pick<ControlledCluster, 'signer' | 'secretTokens'> } = {},
): Promise<SpecCluster> {
  let authorizer: RbacAuthorizer | undefined;
  const { clock, env, clients, admin, serving } = await inMemoryCluster({
    authorizerOf: (store, sandbox) => (authorizer = rbacAuthorizer(store, sandbox)),
  });
  const failures: ReconcileFailure[] = [];
  const started = () => {
    const manager = new ControllerManager({
      definitions: controllers,
      apiFor: clients,
      clock,
      failed: (failure) => failures.push(failure),
    });
    manager.start(env, {
      get kinds() {
        return serving.kinds;
      },
      onKinds: (listener) => serving.onKinds(listener),
      rootCa: 'PEM',
      ...options.keys,
    });
    return manager;
  };
  await seed(admin);
  let manager = started();
  const informers = newInformers(admin, env, { clock });
  const kubelet = new Kubelet(admin, informers, clock);
  if (options.kubelet !== false) kubelet.start();
  const list = async <T extends KubeObject>(ref: ResourceRef<T>, namespace?: string) =>
    (await admin.list<T>(ref, namespace)).items;
  return {
    clock,
    env,
    admin,
    kubelet,
    failures,
    list,
    get manager() {
      return manager;
    },
    settle: () =>
      settle(
        clock,
        () => manager.isIdle(env.id) && kubelet.busy === 0,
        () => manager.eventsWritten(env.id),
      ),
    restart() {
      manager.stop(env.id);
      manager = started();
    },
    async eventsOf(name) {
      const events = (await list<CoreV1Event>(eventKind)).filter((event) => event.involvedObject.name === name);
      const revision = (event: CoreV1Event) => parseInt(event.metadata.name!.slice(name.length + 1), 16);
      const inOrder = events.toSorted((a, b) => revision(a) - revision(b));
      return inOrder.map(eventText);
    },
    stop() {
      manager.stop(env.id);
      informers.stop();
      authorizer?.close();
    },
  };
}

async function seed(admin: ClusterApi): Promise<void> {
  for (const object of bootstrapPolicy()) {
    const [group = '', version = ''] = object.apiVersion.split('/');
    await admin.create(builtInKinds.byKind({ group, version, kind: object.kind })!, object);
  }
  const namespace = (name: string): Namespace => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await admin.create(namespaceKind, namespace('default'));
  const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node01' } };
  await admin.create(nodeKind, node);
  await admin.update(nodeKind, { ...(await admin.get(nodeKind, '', 'node01')), status: READY_NODE }, 'status');
  admin.heartbeat(nodeKind, '', 'node01', { periodMs: 10_000 });
}

const READY_NODE = {
  conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }],
};

/** Nobody works for three turns of the event loop in a row. */
async function settle(clock: FakeClock, isIdle: () => boolean, finish: () => Promise<void>): Promise<void> {
  let quiet = 0;
  for (let round = 0; round < ROUNDS_MAX && quiet < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    await clock.advance(5);
    quiet = isIdle() ? quiet + 1 : 0;
  }
  if (quiet < 3) throw new Error('the cluster does not come to rest');
  await finish();
}

class Kubelet implements SpecKubelet {
  readies = (_pod: Pod): boolean => true;
  holdsOn = false;
  dead = false;
  busy = 0;
  private ips = 0;

  constructor(
    private readonly api: ClusterApi,
    private readonly informers: Informers,
    private readonly clock: FakeClock,
  ) {}

  start(): void {
    const act = (pod: Pod) => void this.act(pod);
    this.informers.of<Pod>(podKind).handle({ added: act, updated: act });
  }

  async look(): Promise<void> {
    await Promise.all(
      this.informers
        .of<Pod>(podKind)
        .list()
        .map((pod) => this.act(pod)),
    );
  }

  private async act(pod: Pod): Promise<void> {
    if (this.dead) return;
    this.busy++;
    try {
      await this.step(pod);
    } catch {
      // Someone else was faster; the next event shows what there is.
    }
    this.busy--;
  }

  private async step(pod: Pod): Promise<void> {
    const { namespace, name } = pod.metadata;
    if (pod.metadata.deletionTimestamp !== undefined) {
      if (!this.holdsOn) await this.api.delete(podKind, namespace!, name!, { gracePeriodSeconds: 0 });
    } else if (!pod.spec.nodeName) {
      const target = { apiVersion: 'v1', kind: 'Node', name: 'node01' };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name: name!, namespace: namespace! }, target };
      await this.api.createSubresource(podKind, namespace!, name!, 'binding', binding);
    } else {
      const ready = this.readies(pod) ? 'True' : 'False';
      if (pod.status?.phase === 'Running' && pod.status.conditions?.[0]?.status === ready) return;
      const condition = { type: 'Ready', status: ready, lastTransitionTime: rfc3339(this.clock.nowMs()) };
      const podIP = pod.status?.podIP ?? `10.244.${this.ips >> 8}.${this.ips++ & 255}`;
      const status = { ...pod.status, phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions: [condition] };
      await this.api.update(podKind, { ...pod, status }, 'status');
    }
  }
}
