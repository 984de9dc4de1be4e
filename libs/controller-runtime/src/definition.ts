import type { SandboxEnv } from '#base';
import type { KubeObject } from '#apimachinery';
import type { ClusterApi, ComponentIdentity, EventRecorder, Informers, ResourceRef } from '#client';
import type { KindCatalog } from '#kinds';

/** What a work queue carries: never an object, so that reconciling is level-triggered. */
export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** Nothing: done. `requeueAfterMs` (on the sandbox's clock): look again then, instead of when an earlier outcome said. Throw: back off and retry. Throw TerminalError: never again. */
export type Outcome = void | { readonly requeueAfterMs: number };

export class TerminalError extends Error {}

/** Signs certificate requests with the sandbox's authority, whose key stays with who gave this. Values as in the API: base64 around PEM. */
export interface RequestSigner {
  /** The certificate of who signs, PEM. */
  readonly authority: string;
  sign(request: string, usages: readonly string[], expirationSeconds: number | undefined): Promise<string>;
  /** On the clock by which certificates are checked. */
  isExpired(certificate: string): boolean;
}

/** A token of an account that lives until its Secret goes. Absent where the cluster has no key for tokens. */
export type SecretTokens = (about: {
  readonly namespace: string;
  readonly account: { readonly name: string; readonly uid: string };
  readonly secret: string;
}) => string;

/** One controller's world in one sandbox. Its api acts under the controller's own identity. */
export interface ControllerContext {
  readonly env: SandboxEnv;
  readonly api: ClusterApi;
  /** Reads only, as the controller manager itself, which may list and watch everything: for what no cache holds. */
  readonly observer: Pick<ClusterApi, 'get' | 'list'>;
  /** Shared by all controllers of the sandbox. */
  readonly informers: Informers;
  readonly events: EventRecorder;
  /** What the sandbox serves now: ask again rather than keep it. */
  readonly kinds: KindCatalog;
  /** The certificate (PEM) by which clients inside the sandbox trust its API server. */
  readonly rootCa: string;
  /** Absent where the cluster has no authority of its own to sign with. */
  readonly signer?: RequestSigner;
  readonly secretTokens?: SecretTokens;
}

export type Change = 'added' | 'updated' | 'deleted';

/** Another resource whose changes concern the reconciled ones. */
export interface WatchRule {
  readonly resource: ResourceRef;
  /** Only metadata is looked at: the informer need not hold the rest. */
  readonly metadataOnly?: boolean;
  /** Which keys a change touches. `old` is absent for additions, `object` is the last state for deletions. */
  keysOf(
    object: KubeObject,
    context: ControllerContext,
    old: KubeObject | undefined,
    change: Change,
  ): readonly ObjectKey[];
}

/** One file, one row in controllers.ts. */
export interface ControllerDefinition<Deps = unknown> {
  /** 'deployment': as kube-controller-manager names it, without '-controller'. */
  readonly name: string;
  readonly identity: ComponentIdentity;
  /** What its events name as their source. Default: '<name>-controller'. */
  readonly eventSource?: string;
  /** Every change of one of these is a key. Absent: only the watches give keys, and these may mean anything. */
  readonly reconciles?: ResourceRef;
  /** A function where they depend on what the sandbox serves. */
  readonly watches?: readonly WatchRule[] | ((kinds: KindCatalog) => readonly WatchRule[]);
  /** For keys that no change of an object gives. The result ends it. */
  subscribe?(deps: Deps, add: (key: ObjectKey) => void): () => void;
  /** Keys reconciled at once in one sandbox. Default 4. */
  readonly workers?: number;
  /**
   * Narrows the world to the functions that `reconcile` needs, so that tests pass literals. Called once per sandbox,
   * before any key: what the controller remembers between reconciles lives in the result.
   */
  deps(context: ControllerContext): Deps;
  reconcile(deps: Deps, key: ObjectKey): Promise<Outcome>;
}

export function defineController<Deps>(definition: ControllerDefinition<Deps>): ControllerDefinition {
  return definition as ControllerDefinition;
}

/** The identity that kube-controller-manager gives to a controller with --use-service-account-credentials: '<name>-controller' or as given. */
export function controllerIdentity(account: string): ComponentIdentity {
  return {
    username: `system:serviceaccount:kube-system:${account}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}

/** Whom controllers that kube-apiserver runs itself act as. */
export const API_SERVER: ComponentIdentity = {
  username: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
};
