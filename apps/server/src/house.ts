import { entropy, HOST_SANDBOX_ID, type SandboxId, systemClock } from '#base';
import type { KubeObject } from '#apimachinery';
import { admissionChain, plugins } from '#admission';
import { bootstrapPolicy, createSandboxCredentials, kubeconfigOf } from '#auth';
import { STARTER_MACHINES, starterNodes } from '#node';
import { apiFor, type ClusterDirectory, createRegistry, type SubresourceHandler, type Verbs } from '#registry';
import {
  ClusterHouse,
  hostTemplate,
  kubeconfigHandler,
  newSandboxLife,
  sandboxIdOf,
  starterTemplate,
  TemplateShelf,
} from '#sandboxes';
import type { SandboxRecords, Store } from '#storage';
import { ActorHouse } from './actors.js';
import { OpenClusters } from './clusters.js';
import { StartError } from './config.js';
import { fill } from './filling.js';
import type { ServerKeys } from './server-keys.js';

export interface HouseOptions {
  readonly store: Store;
  readonly records: SandboxRecords;
  readonly keys: ServerKeys;
  /** Known once the front door listens. */
  publicUrl(): string;
  print(line: string): void;
}

/** Without requests and watches for that long, a sandbox falls asleep. */
const IDLE_MS = 5 * 60_000;
const READY_POLL_MS = 10;

/** All clusters of this process, put together. */
export function openHouse({ store, records, keys, publicUrl, print }: HouseOptions) {
  const urlOf = (id: SandboxId) => (id === HOST_SANDBOX_ID ? publicUrl() : `${publicUrl()}/sandboxes/${id}`);
  const handlers = new Map<string, SubresourceHandler>();
  const open = new OpenClusters({ store, records, clock: systemClock, verbs: () => verbs });
  const verbs: Verbs = createRegistry({
    store,
    admission: admissionChain(plugins),
    authorizerOf: (sandbox) => open.get(sandbox).authorizer,
    authenticatorOf: (sandbox) => open.find(sandbox)?.authenticator,
    heartbeatsOf: (sandbox) => open.get(sandbox).heartbeats,
    handlers,
  });

  const templates = [
    starterTemplate({ nodes: starterNodes, policy: bootstrapPolicy(), apiServerIp: STARTER_MACHINES[0]!.ip }),
  ];
  const shelf = new TemplateShelf(new Map(templates.map((template) => [template.name, template])), {
    store,
    clock: systemClock,
    fill: (workshop, template) => inWorkshop(workshop, (cluster) => fill(cluster, template.objects(cluster.env))),
    remembered: async (digest) => (await records.get(shelfId(digest)))?.base,
    remember: async (digest, base) => void (await records.create({ id: shelfId(digest), seed: '', base })),
  });

  async function inWorkshop(id: SandboxId, work: Parameters<OpenClusters['during']>[2]): Promise<void> {
    const credentials = await createSandboxCredentials(systemClock.nowMs());
    await open.during({ id, seed: id }, credentials, work);
  }

  const life = newSandboxLife({
    store,
    records,
    shelf,
    house: { sleep: (id) => house.sleep(id) },
    newCredentials: async () => JSON.stringify(await createSandboxCredentials(systemClock.nowMs())),
    urlOf,
  });
  const actors = new ActorHouse({
    apiFor: apiFor({ verbs, store, clusterOf: (sandbox) => open.get(sandbox) }),
    clock: systemClock,
    rootCa: keys.ca.certificate,
    life,
    failed: ({ controller, sandbox, key, error }) =>
      print(`sandbox ${sandbox}: ${controller} ${key.namespace}/${key.name}: ${String(error)}`),
  });
  const house = new ClusterHouse({
    open: (sandbox) => open.wake(sandbox),
    startActors: actors.start,
    evict: async (sandbox) => {
      open.forget(sandbox);
      await store.evict(sandbox);
    },
    clock: systemClock,
    idleMs: IDLE_MS,
    log: print,
  });
  const clusters: ClusterDirectory = (sandbox) => house.get(sandbox);

  async function kubeconfig(ids: readonly SandboxId[]): Promise<string> {
    const entries = await Promise.all(
      ids.map(async (id) => {
        const credentials = (await records.get(id))?.credentials;
        if (!credentials) throw new StartError(`sandbox ${id} has no credentials`);
        return { name: id, server: urlOf(id), serverCa: keys.ca.certificate, credentials: JSON.parse(credentials) };
      }),
    );
    return kubeconfigOf(entries);
  }
  const kubeconfigIfAny = async (id: SandboxId) => ((await records.get(id)) ? kubeconfig([id]) : undefined);
  handlers.set('sandboxes.sandkube.dev/kubeconfig', kubeconfigHandler({ kubeconfigOf: kubeconfigIfAny }));

  return {
    clusters,
    kubeconfig,
    idOf: ({ metadata }: KubeObject): SandboxId | undefined =>
      sandboxIdOf(metadata.namespace ?? '', metadata.name ?? ''),

    /** Makes the management plane at the first start, and wakes it. */
    async ensureHost(): Promise<void> {
      if (!(await records.get(HOST_SANDBOX_ID))) {
        await store.deleteSandbox(HOST_SANDBOX_ID);
        await store.createSandbox(HOST_SANDBOX_ID);
        const credentials = await createSandboxCredentials(systemClock.nowMs());
        const record = { id: HOST_SANDBOX_ID, seed: entropy() };
        const template = hostTemplate({ policy: bootstrapPolicy(), templates });
        await open.during(record, credentials, (cluster) => fill(cluster, template.objects(cluster.env)));
        await records.create({ ...record, credentials: JSON.stringify(credentials) });
      }
      await house.get(HOST_SANDBOX_ID);
    },

    /** Resolves when a sandbox is provisioned and awake. */
    async untilReady(id: SandboxId): Promise<void> {
      while (!(await house.get(id))) await systemClock.sleep(READY_POLL_MS);
      await house.untilActorsRun(id);
    },

    close: () => house.close(),
  };
}

export type House = ReturnType<typeof openHouse>;

/** The record that remembers a template's snapshot: two dots, so no sandbox has it. */
function shelfId(digest: string): SandboxId {
  return `snapshot.template.${digest.slice(0, 32)}` as SandboxId;
}
