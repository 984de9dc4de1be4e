import type { AdmissionChain, ConfigurationView, PluginChoice } from '#admission';
import type { Authorizer, SandboxAuthenticator } from '#auth';
import type { Clock, SandboxId } from '#base';
import type { Store } from '#storage';
import type { WebhookCaller } from '#webhook';
import type { Allocations } from './allocate/allocations.js';
import type { ServedCluster } from './cluster.js';
import type { Heartbeats } from './heartbeats.js';
import type { ParsedObjects } from './read/parsed-objects.js';
import type { Published } from './read/published.js';
import type { CreateHandler, KindReader, SubresourceHandler } from './request.js';

/** What every verb works with; made once by `createRegistry`. */
export interface Parts {
  readonly store: Store;
  readonly admission: AdmissionChain;
  authorizerOf(sandbox: SandboxId): Authorizer;
  /** Absent, or undefined: the default set of admission plugins. */
  pluginChoiceOf?(sandbox: SandboxId): PluginChoice | undefined;
  /** The sandbox's webhooks and policies. Absent: it has none. */
  configurationsOf?(sandbox: SandboxId): ConfigurationView | undefined;
  readonly webhooks?: WebhookCaller | undefined;
  authenticatorOf(sandbox: SandboxId): Pick<SandboxAuthenticator, 'reviewToken' | 'serviceAccountKey'> | undefined;
  /** By 'resource.group/subresource'. */
  handlerOf(key: string): SubresourceHandler | undefined;
  /** What a sandbox serves now, and word of its changes. Absent: it never changes. */
  servingOf?(sandbox: SandboxId): Pick<ServedCluster, 'kinds' | 'onKinds'> | undefined;
  /** Kinds that are answered, not stored: 'subjectaccessreviews.authorization.k8s.io'. */
  readonly creators: ReadonlyMap<string, CreateHandler>;
  /** Kinds that are made when they are read: 'componentstatuses'. */
  readonly readers: ReadonlyMap<string, KindReader>;
  heartbeatsOf(sandbox: SandboxId): Heartbeats;
  readonly allocations: Allocations;
  readonly parsed: ParsedObjects;
  readonly published: Published;
  /** Real time, for waits that a paused sandbox must not stretch. */
  readonly clock: Clock;
}
