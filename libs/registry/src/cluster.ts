import type { SandboxEnv, SandboxId, TraceRing } from '#base';
import type { Auditor } from '#audit';
import type { Authenticator, Authorizer, FlowClassifier } from '#auth';
import type { KindCatalog } from '#kinds';
import type { Verbs } from './request.js';

/** One awake cluster as those who serve it (REST, GraphQL) need it. */
export interface ServedCluster {
  readonly env: SandboxEnv;
  /** What it serves now: another object after each change of its CRDs. */
  readonly kinds: KindCatalog;
  /** Called after each change of `kinds`. The result ends it. */
  onKinds(listener: () => void): () => void;
  readonly verbs: Verbs;
  readonly authenticator: Authenticator;
  readonly authorizer: Authorizer;
  /** Absent: it has no FlowSchemas. */
  readonly flows?: FlowClassifier;
  /** Absent: nothing is ever recorded here. */
  readonly auditor?: Auditor;
  readonly traces: TraceRing;
  /** Checks of `/readyz?verbose`: name → undefined when ok, else why not. */
  readiness(): Promise<ReadonlyMap<string, string | undefined>>;
}

/** Finds a cluster and wakes it. undefined: there is none of that id (or it is being deleted). */
export type ClusterDirectory = (sandbox: SandboxId) => Promise<ServedCluster | undefined>;
