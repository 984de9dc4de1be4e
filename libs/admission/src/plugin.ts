import type { SandboxEnv } from '#base';
import type { GroupVersionKind, KubeObject } from '#apimachinery';
import type { Decision, RequestAttributes, UserInfo } from '#auth';
import type { Kind, KindCatalog, Subresource } from '#kinds';
import type { WebhookCaller } from '#webhook';
import type { PluginChoice } from './choice.js';
import type { ConfigurationView } from './dynamic/configuration-view.js';
import type { Reinvocation } from './reinvocation.js';

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What plugins look at. `object` is the plugin's to mutate in the mutating phase; undefined for DELETE. */
export interface AdmissionRequest {
  readonly env: SandboxEnv;
  readonly user: UserInfo;
  readonly operation: Operation;
  readonly kind: Kind;
  /** What the cluster serves at this moment. */
  readonly kinds: KindCatalog;
  readonly subresource: string;
  /** The kind of `object`, where a subresource takes a body of its own (Binding, Eviction). Absent: `kind`. */
  readonly bodyKind?: GroupVersionKind;
  /** `object` and `old` are the parent; who is outside sees what the view makes of it (Scale). */
  readonly view?: Subresource;
  readonly namespace: string;
  readonly name: string;
  readonly object: KubeObject | undefined;
  readonly old: KubeObject | undefined;
  readonly dryRun: boolean;
  /** The request's CreateOptions, UpdateOptions or DeleteOptions, as the wire has them. null: CONNECT has none. */
  readonly options: Readonly<Record<string, unknown>> | null;
  /** For the audit event: a key with its value, of which the first counts. */
  annotate?(key: string, value: string): void;
  warn(message: string): void;
}

/** The same cluster, on the server's own behalf. Answers come from memory; an empty list costs a look-up. */
export interface AdmissionReads {
  /** Which plugins this cluster has turned on or off. Absent: the default set. */
  readonly choice?: PluginChoice | undefined;
  /** Webhooks and policies that users have configured. Absent: there are none. */
  readonly configurations?: ConfigurationView | undefined;
  /** The way out to webhooks. Absent: none can be called. */
  readonly webhooks?: WebhookCaller | undefined;
  /** Milliseconds that are left of the request's time: what is asked of others may take no longer. Absent: no end. */
  remainingMs?(): number;
  /**
   * An object of `from` as `to`, another served version of it, by the conversion webhook of its definition. Fails with a
   * StatusError. Absent: no definition has one.
   */
  convert?(from: Kind, to: Kind, object: KubeObject): Promise<KubeObject>;
  get<T extends KubeObject>(kind: Kind<T>, namespace: string, name: string): Promise<T | undefined>;
  list<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined): Promise<readonly T[]>;
  /** Whether `user` may do that here: for plugins that ask for a right of their own (CertificateApproval). */
  authorize(user: UserInfo, attributes: RequestAttributes): Promise<Decision>;
  /**
   * Writes what a plugin itself accounts for (quotas' usage): all of them, durable when it resolves, or none and false
   * when one is no longer at the resourceVersion that it was read with.
   */
  replace<T extends KubeObject>(kind: Kind<T>, objects: readonly T[]): Promise<boolean>;
}

/** One file, one row in plugins.ts; the row's place is its turn. Refuses by throwing a StatusError. */
export interface AdmissionPlugin {
  /** As kube-apiserver's --enable-admission-plugins names it. */
  readonly name: string;
  /** As upstream has it: in the list, and asleep until a sandbox turns it on. */
  readonly defaultOff?: boolean;
  handles(request: AdmissionRequest): boolean;
  /** Runs again, once, when a later plugin asks for it: what it did already it must find done. */
  mutate?(request: AdmissionRequest, reads: AdmissionReads, round: Reinvocation): Promise<void> | void;
  validate?(request: AdmissionRequest, reads: AdmissionReads): Promise<void> | void;
}
