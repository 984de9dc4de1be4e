import { entropy, HOST_SANDBOX_ID, invariant, type SandboxId, sandboxId, systemClock } from '#base';
import type { KubeObject } from '#apimachinery';
import type { AuditLog } from '#audit';
import { admissionChain, plugins } from '#admission';
import {
  bootstrapPolicy,
  createSandboxCredentials,
  type KubeconfigCluster,
  kubeconfigOf,
  type SandboxCredentials,
} from '#auth';
import { rootCaConfigMap } from '#controllers';
import { builtInKinds, hostKinds, type KindCatalog } from '#kinds';
import { STARTER_MACHINES, starterNodes } from '#node';
import { apiFor, auditedVerbs, type ClusterDirectory, createRegistry, type Verbs } from '#registry';
import {
  ClusterHouse,
  elected,
  hostTemplate,
  kubeconfigHandler,
  newSandboxLife,
  sandboxIdOf,
  starterTemplate,
  Stock,
  type Template,
  TemplateShelf,
  unlessExists,
} from '#sandboxes';
import type { ActorLocks, SandboxRecord, SandboxRecords, Store } from '#storage';
import type { WebhookCaller } from '#webhook';
import { ActorHouse } from './actors.js';
import { OpenClusters } from './clusters.js';
import { StartError } from './config.js';
import { fill } from './filling.js';
import type { ServerKeys } from './server-keys.js';

export interface HouseOptions {
  readonly store: Store;
  readonly records: SandboxRecords;
  readonly keys: ServerKeys;
  readonly locks: ActorLocks;
  /** The way out for webhooks of all sandboxes. */
  readonly webhooks: WebhookCaller;
  readonly auditLog: AuditLog;
  /** Known once the front door listens. */
  publicUrl(): string;
  print(line: string): void;
}

/** Without requests and watches for that long, a sandbox falls asleep. */
const IDLE_MS = 5 * 60_000;
const READY_POLL_MS = 10;
/** A slow disk and a loaded machine included. */
const READY_MS_MAX = 60_000;

/** What sandboxes can start from. `rootCa`: PEM of the authority behind the server's certificate. */
function templatesOf(rootCa: string): readonly Template[] {
  return [
    starterTemplate({
      nodes: starterNodes,
      policy: bootstrapPolicy(),
      kinds: builtInKinds,
      apiServerIp: STARTER_MACHINES[0]!.ip,
      rootCa,
      rootCaIn: (namespace) => rootCaConfigMap(namespace, rootCa),
    }),
  ];
}

/** All clusters of this process, put together: what is stored, who is awake, what runs inside. */
export class House {
  /** Finds and wakes. */
  readonly clusters: ClusterDirectory = (sandbox) => this.house.get(sandbox);
  private readonly open: OpenClusters;
  private readonly house: ClusterHouse;
  private readonly templates: readonly Template[];
  private readonly credentials = new Stock(
    async () => JSON.stringify(await createSandboxCredentials(systemClock.nowMs())),
    systemClock,
  );

  constructor(private readonly options: HouseOptions) {
    const { store, records, auditLog, keys, print } = options;
    this.templates = templatesOf(keys.ca.certificate);
    this.open = new OpenClusters({ store, records, auditLog, clock: systemClock, verbs: () => verbs });
    const verbs = this.newVerbs();
    const actors = this.newActors(verbs);
    this.house = new ClusterHouse({
      open: (sandbox) => this.open.wake(sandbox),
      startActors: elected(actors.start, options.locks, systemClock),
      evict: async (sandbox) => {
        this.open.forget(sandbox);
        await auditLog.forget(sandbox);
        await store.evict(sandbox);
      },
      clock: systemClock,
      idleMs: IDLE_MS,
      log: print,
    });
  }

  /** The id under which a Sandbox of the host is served. */
  readonly idOf = ({ metadata }: KubeObject): SandboxId => sandboxIdOf(metadata.namespace ?? '', metadata.name ?? '');

  /** Makes the management plane at the first start, and wakes it. */
  async ensureHost(): Promise<void> {
    if (!(await this.options.records.get(HOST_SANDBOX_ID))) await this.makeHost();
    await this.house.get(HOST_SANDBOX_ID);
  }

  /** Resolves when a sandbox is provisioned and its actors run. Fails with StartError when that does not come. */
  async untilReady(id: SandboxId): Promise<void> {
    const latestMs = systemClock.monotonicMs() + READY_MS_MAX;
    while (!(await this.house.get(id))) {
      if (systemClock.monotonicMs() > latestMs) {
        throw new StartError(`sandbox ${id} was not ready within ${READY_MS_MAX / 1000} s; the lines above say why`);
      }
      await systemClock.sleep(READY_POLL_MS);
    }
    await this.house.untilActorsRun(id);
  }

  /** One kubeconfig for all of them, YAML; the first is current. Fails for a sandbox that is not provisioned. */
  async kubeconfig(ids: readonly SandboxId[]): Promise<string> {
    return kubeconfigOf(
      await Promise.all(
        ids.map(async (id) => {
          const cluster = this.kubeconfigClusterOf(await this.options.records.get(id));
          if (!cluster) throw new StartError(`sandbox ${id} has no credentials`);
          return cluster;
        }),
      ),
    );
  }

  close(): Promise<void> {
    return this.house.close();
  }

  private kubeconfigClusterOf(record: SandboxRecord | undefined): KubeconfigCluster | undefined {
    if (!record?.credentials) return undefined;
    const credentials = JSON.parse(record.credentials) as SandboxCredentials;
    const { id } = record;
    return { name: id, server: this.urlOf(id), serverCa: this.options.keys.ca.certificate, credentials };
  }

  private urlOf(id: SandboxId): string {
    const base = this.options.publicUrl();
    return id === HOST_SANDBOX_ID ? base : `${base}/sandboxes/${id}`;
  }

  private newVerbs(): Verbs {
    const kubeconfig = kubeconfigHandler({
      kubeconfigOf: async (id) => {
        const cluster = this.kubeconfigClusterOf(await this.options.records.get(id));
        return cluster && kubeconfigOf([cluster]);
      },
    });
    const verbs = createRegistry({
      store: this.options.store,
      admission: admissionChain(plugins),
      authorizerOf: (sandbox) => this.open.get(sandbox).authorizer,
      servingOf: (sandbox) => this.open.find(sandbox),
      configurationsOf: (sandbox) => this.open.get(sandbox).configurations,
      webhooks: this.options.webhooks,
      pluginChoiceOf: (sandbox) => this.open.find(sandbox)?.pluginChoice,
      authenticatorOf: (sandbox) => this.open.find(sandbox)?.authenticator,
      heartbeatsOf: (sandbox) => this.open.get(sandbox).heartbeats,
      handlers: new Map([['sandboxes.sandkube.dev/kubeconfig', kubeconfig]]),
    });
    return auditedVerbs(verbs, (sandbox) => this.open.find(sandbox)?.auditor);
  }

  private newActors(verbs: Verbs): ActorHouse {
    const { store, records, keys, print } = this.options;
    const life = newSandboxLife({
      store,
      records,
      shelf: this.newShelf(this.templates, builtInKinds),
      house: { sleep: (id) => this.house.sleep(id) },
      newCredentials: () => this.credentials.take(),
      urlOf: (id) => this.urlOf(id),
      clockOf: (id) => this.open.find(id)?.virtualClock,
      choosePlugins: (id, choice) => {
        const cluster = this.open.find(id);
        if (cluster) cluster.pluginChoice = choice;
      },
      clock: systemClock,
    });
    return new ActorHouse({
      apiFor: apiFor({ verbs, store, clusterOf: (sandbox) => this.open.get(sandbox) }),
      clock: systemClock,
      rootCa: keys.ca.certificate,
      life,
      signerOf: (sandbox) => this.open.get(sandbox).signer,
      tokenKeyOf: (sandbox) => this.open.get(sandbox).authenticator.serviceAccountKey,
      failed: ({ controller, sandbox, key, error }) =>
        print(`sandbox ${sandbox}: ${controller} ${key.namespace}/${key.name}: ${String(error)}`),
    });
  }

  private newShelf(offered: readonly Template[], kinds: KindCatalog): TemplateShelf {
    const { store, records } = this.options;
    return new TemplateShelf(new Map(offered.map((template) => [template.name, template])), {
      store,
      clock: systemClock,
      fill: async (id, template) => {
        const credentials = await createSandboxCredentials(systemClock.nowMs());
        await this.open.during({ id, seed: template.name, kinds, credentials }, (cluster) =>
          fill(cluster, template.objects(cluster.env)),
        );
      },
      remembered: async (digest) => (await records.get(shelfId(digest)))?.base,
      remember: (digest, base) => unlessExists(records.create({ id: shelfId(digest), seed: '', base })),
    });
  }

  /** Every step may have been done by a start that was killed, or be done by another process at this moment. */
  private async makeHost(): Promise<void> {
    const { store, records } = this.options;
    const template = hostTemplate({ policy: bootstrapPolicy(), templates: this.templates });
    const base = await this.newShelf([template], hostKinds).snapshotOf(template.name);
    invariant(base, 'the host has a template');
    await unlessExists(store.createSandbox(HOST_SANDBOX_ID, base));
    const credentials = await this.credentials.take();
    await unlessExists(records.create({ id: HOST_SANDBOX_ID, seed: entropy(), base, credentials }));
  }
}

/** The record that remembers a template's snapshot: two dots, so no sandbox has it. */
function shelfId(digest: string): SandboxId {
  const id = sandboxId(`snapshot.template.${digest.slice(0, 32)}`);
  invariant(id, `digest ${digest} is not hexadecimal`);
  return id;
}
