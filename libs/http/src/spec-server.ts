import { Agent } from 'node:https';
import { HOST_SANDBOX_ID, Random, type SandboxId, sandboxId, systemClock, TraceRing } from '#base';
import type { AdmissionChain } from '#admission';
import { AuditLog, Auditor } from '#audit';
import { encodeCanonical, type KubeObject } from '#apimachinery';
import {
  bootstrapPolicy,
  createAuthenticator,
  createSandboxCredentials,
  createServerCa,
  createServerCertificate,
  flowClassifier,
  rbacAuthorizer,
  type RbacAuthorizer,
  type SandboxCredentials,
} from '#auth';
import { bootstrapFlows, builtInKinds, storageKey } from '#kinds';
import { auditedVerbs, createRegistry, type ServedCluster, type Verbs } from '#registry';
import { type AuditRows, memoryAuditRows, memoryStore, type Store } from '#storage';
import { FakeClock } from '#testing';
import { createFrontDoor, type FrontDoor } from './front-door.js';
import type { FrontDoorOptions } from './door.js';

const ADMITS_ALL: AdmissionChain = { mutate: async () => {}, validate: async () => {} };

/** Two sandboxes and the host over one memory store, with real identities, behind a real front door. */
export interface SpecServer {
  readonly door: FrontDoor;
  readonly clock: FakeClock;
  readonly store: Store;
  readonly verbs: Verbs;
  readonly auditLog: AuditLog;
  readonly auditRows: AuditRows;
  /** What the server logged as unexpected: a spec that expects none should look. */
  readonly unexpected: unknown[];
  /** 'http://127.0.0.1:…' */
  readonly plain: string;
  readonly secure: string;
  readonly credentials: ReadonlyMap<SandboxId, SandboxCredentials>;
  /** TLS options of a client who is that sandbox's administrator (or nobody). */
  client(sandbox?: SandboxId): { ca: string; cert?: string; key?: string };
  agent(sandbox?: SandboxId): Agent;
  bearer(sandbox: SandboxId): string;
  close(): Promise<void>;
}

export const ALPHA = sandboxId('alpha') as SandboxId;
export const BETA = sandboxId('beta') as SandboxId;

export async function aSpecServer(options: Partial<FrontDoorOptions> = {}): Promise<SpecServer> {
  const clock = new FakeClock();
  const store = memoryStore();
  const authorizers = new Map<SandboxId, RbacAuthorizer>();
  const clusters = new Map<SandboxId, ServedCluster>();
  const registry = createRegistry({ store, admission: ADMITS_ALL, authorizerOf: (id) => authorizers.get(id)!, clock });
  const verbs = auditedVerbs(registry, (id) => clusters.get(id)?.auditor);
  const auditRows = memoryAuditRows();
  const auditLog = new AuditLog(auditRows, clock, (error) => void unexpected.push(error));
  const unexpected: unknown[] = [];
  const credentials = new Map<SandboxId, SandboxCredentials>();
  for (const id of [HOST_SANDBOX_ID, ALPHA, BETA]) {
    await store.createSandbox(id);
    const flows = id === HOST_SANDBOX_ID ? [] : bootstrapFlows('2026-01-01T00:00:00Z').map(withUid);
    await store.commit(id, [...bootstrapPolicy(), ...flows].map(bootstrapWrite));
    authorizers.set(id, rbacAuthorizer(store, id));
    credentials.set(id, await createSandboxCredentials(systemClock.nowMs()));
    const auditor = new Auditor(store, { id, clock, random: new Random(id) }, auditLog);
    await auditor.open();
    const served = cluster(auditor, verbs, clock, credentials.get(id)!, authorizers.get(id)!);
    clusters.set(id, id === HOST_SANDBOX_ID ? served : { ...served, flows: flowClassifier(store, id) });
  }
  const ca = await createServerCa(systemClock.nowMs());
  const { certificate, privateKey } = await createServerCertificate(ca, ['127.0.0.1'], systemClock.nowMs());
  const door = await createFrontDoor({
    clusters: async (id) => clusters.get(id),
    tls: { key: privateKey, cert: certificate },
    bind: '127.0.0.1',
    httpsPort: 0,
    httpPort: 0,
    clock,
    random: new Random('spec'),
    mounts: [],
    unexpected: (error) => void unexpected.push(error),
    ...options,
  });
  const client = (sandbox?: SandboxId) => {
    const mine = sandbox && credentials.get(sandbox)!;
    return { ca: ca.certificate, ...(mine ? { cert: mine.adminCertificate, key: mine.adminPrivateKey } : {}) };
  };
  return {
    door,
    clock,
    store,
    verbs,
    auditLog,
    auditRows,
    unexpected,
    credentials,
    plain: `http://127.0.0.1:${door.httpPort}`,
    secure: `https://127.0.0.1:${door.httpsPort}`,
    client,
    agent: (sandbox) => new Agent(client(sandbox)),
    bearer: (sandbox) => `Bearer ${credentials.get(sandbox)!.adminToken}`,
    async close() {
      const closed = door.close(1_000);
      await clock.advance(1_000);
      await closed;
      for (const authorizer of authorizers.values()) authorizer.close();
      for (const { flows } of clusters.values()) flows?.close();
      for (const { auditor } of clusters.values()) auditor?.close();
      await store.close();
    },
  };
}

/** 'FlowSchema/exempt', so that specs can name it. */
function withUid<T extends KubeObject>(object: T): T {
  return { ...object, metadata: { ...object.metadata, uid: `${object.kind}/${object.metadata.name}` } };
}

function bootstrapWrite(object: KubeObject) {
  const kind = builtInKinds.all.find((one) => one.kind === object.kind && object.apiVersion.endsWith(one.version))!;
  const { name = '', namespace = '' } = object.metadata;
  return {
    key: storageKey(kind, namespace, name),
    expected: 0 as const,
    op: 'put' as const,
    text: encodeCanonical(object),
    facets: {},
  };
}

function cluster(
  auditor: Auditor,
  verbs: Verbs,
  clock: FakeClock,
  credentials: SandboxCredentials,
  authorizer: RbacAuthorizer,
): ServedCluster {
  const reads = { get: async () => undefined };
  return {
    env: auditor.env,
    kinds: builtInKinds,
    onKinds: () => () => {},
    verbs,
    authenticator: createAuthenticator({ credentials, clock, realClock: systemClock, reads, authorizer }),
    authorizer,
    auditor,
    traces: new TraceRing(16),
    readiness: async () => new Map([['etcd', undefined]]),
  };
}
