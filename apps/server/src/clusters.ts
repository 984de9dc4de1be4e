import { type Clock, HOST_SANDBOX_ID, Random, type SandboxEnv, type SandboxId, TraceRing, VirtualClock } from '#base';
import { ConfigurationView } from '#admission';
import type { Json, KubeObject } from '#apimachinery';
import { Auditor, type AuditLog } from '#audit';
import {
  caOf,
  type CertificateSigner,
  certificateSigner,
  type ClusterReads,
  createAuthenticator,
  flowClassifier,
  lastUsedPatch,
  type RbacAuthorizer,
  rbacAuthorizer,
  type SandboxAuthenticator,
  type SandboxCredentials,
  type TokenUsed,
} from '#auth';
import { API_SERVER } from '#controller-runtime';
import { builtInKinds, hostKinds, type Kind, type KindCatalog, secretKind, storageKey } from '#kinds';
import { apiFor, Heartbeats, KindsView, type ServedCluster, type Verbs } from '#registry';
import type { SandboxRecord, SandboxRecords, Store } from '#storage';

/** An awake cluster with what its own house keeps of it. */
export interface OpenCluster extends ServedCluster {
  readonly auditor: Auditor;
  readonly authenticator: SandboxAuthenticator;
  readonly authorizer: RbacAuthorizer;
  /** Its webhooks and policies. */
  readonly configurations: ConfigurationView;
  readonly heartbeats: Heartbeats;
  readonly signer: CertificateSigner;
  /** Which admission plugins are on; undefined: the default set. May be set at any time. */
  pluginChoice: SandboxRecord['admission'];
  /** `env.clock`, for who may set it. */
  readonly virtualClock: VirtualClock;
  /** Ends its views of the store, so that it may be evicted. */
  close(): void;
}

/** What a cluster is made of before it has a log to stand on. */
export interface ClusterFacts extends Pick<SandboxRecord, 'id' | 'seed' | 'clock' | 'admission'> {
  readonly kinds: KindCatalog;
  readonly credentials: SandboxCredentials;
}

/** Requests and reconciles remembered per sandbox. */
const TRACES_KEPT = 128;

/** The clusters that are open in this process, found synchronously by those who serve and act in them. */
export class OpenClusters {
  private readonly open = new Map<SandboxId, OpenCluster>();

  constructor(
    private readonly parts: {
      readonly store: Store;
      readonly records: SandboxRecords;
      readonly clock: Clock;
      readonly auditLog: AuditLog;
      verbs(): Verbs;
    },
  ) {}

  /** Throws when it is not open: callers act inside it. */
  get(sandbox: SandboxId): OpenCluster {
    const cluster = this.open.get(sandbox);
    if (!cluster) throw new Error(`sandbox ${sandbox} is not awake`);
    return cluster;
  }

  find(sandbox: SandboxId): OpenCluster | undefined {
    return this.open.get(sandbox);
  }

  /** undefined: no record of that id. */
  async wake(sandbox: SandboxId): Promise<OpenCluster | undefined> {
    const record = await this.parts.records.get(sandbox);
    if (!record?.credentials) return undefined;
    const cluster = await this.assemble({
      ...record,
      kinds: sandbox === HOST_SANDBOX_ID ? hostKinds : builtInKinds,
      credentials: JSON.parse(record.credentials) as SandboxCredentials,
    });
    this.open.set(sandbox, cluster);
    return cluster;
  }

  forget(sandbox: SandboxId): void {
    this.open.get(sandbox)?.close();
    this.open.delete(sandbox);
  }

  /** A cluster that is open for as long as `work` takes, without record and actors: how templates are made. */
  async during(facts: ClusterFacts, work: (cluster: OpenCluster) => Promise<void>): Promise<void> {
    const cluster = await this.assemble(facts);
    this.open.set(facts.id, cluster);
    try {
      await work(cluster);
    } finally {
      this.forget(facts.id);
    }
  }

  /** As the API server itself; that it could not be written concerns nobody who asks. */
  private labelUsed(id: SandboxId): TokenUsed {
    return (secret, day) => {
      const { verbs, store } = this.parts;
      const api = apiFor({ verbs: verbs(), store, clusterOf: (sandbox) => this.get(sandbox) })(id, API_SERVER);
      const { namespace = '', name = '' } = secret.metadata;
      const patch = lastUsedPatch(secret, day);
      api.patch(secretKind, namespace, name, { type: 'merge', patch: patch as unknown as Json }).catch(() => {});
    };
  }

  private async assemble({
    id,
    seed,
    clock: clockState,
    admission,
    kinds,
    credentials,
  }: ClusterFacts): Promise<OpenCluster> {
    const { store, clock } = this.parts;
    // The head salts the seed: the same history gives the same names, and a restart does not draw old ones again.
    const random = new Random(`${seed}/${await store.head(id)}`);
    const virtualClock = new VirtualClock(clock, clockState);
    const env: SandboxEnv = { id, clock: virtualClock, random };
    const authorizer = rbacAuthorizer(store, id);
    const configurations = new ConfigurationView(store, id);
    const flows = kinds === hostKinds ? undefined : flowClassifier(store, id);
    const auditor = new Auditor(store, env, this.parts.auditLog);
    await auditor.open();
    const reads = readsOf(store, id);
    const view = new KindsView({ store, clock }, id, kinds);
    // A management plane has no CRDs.
    if (kinds !== hostKinds) await view.open();
    return {
      env,
      virtualClock,
      pluginChoice: admission,
      get kinds() {
        return view.current;
      },
      onKinds: (listener) => view.onChange(listener),
      verbs: this.parts.verbs(),
      authorizer,
      ...(flows ? { flows } : {}),
      configurations,
      auditor,
      authenticator: createAuthenticator({
        credentials,
        clock: env.clock,
        realClock: clock,
        reads,
        authorizer,
        secretTokenUsed: this.labelUsed(id),
      }),
      heartbeats: new Heartbeats(env.clock),
      signer: certificateSigner(caOf(credentials), clock),
      traces: new TraceRing(TRACES_KEPT),
      readiness: () => readinessOf(store),
      close: () => {
        auditor.close();
        authorizer.close();
        configurations.close();
        flows?.close();
        view.close();
      },
    };
  }
}

async function readinessOf(store: Store): Promise<ReadonlyMap<string, string | undefined>> {
  try {
    await store.ping();
    return new Map([['etcd', undefined]]);
  } catch (error) {
    return new Map([['etcd', (error as Error).message]]);
  }
}

/** Reads on the server's own behalf: no authorization, straight from the store. */
function readsOf(store: Store, sandbox: SandboxId): ClusterReads {
  return {
    async get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined> {
      const stored = await store.get(sandbox, storageKey(kind, namespace, name));
      return stored && (JSON.parse(stored.text) as T);
    },
  };
}
