import type { SandboxEnv, SandboxId, Trace } from '#base';
import type { KubeObject } from '#apimachinery';
import type { AuditedRequest } from '#audit';
import type { UserInfo } from '#auth';
import type { Kind, KindCatalog } from '#kinds';

/** Everything about a request that is not its target: whose cluster, who asks, and where the facts of its way are kept. */
export interface RequestContext {
  readonly env: SandboxEnv;
  readonly kinds: KindCatalog;
  readonly user: UserInfo;
  readonly trace: Trace;
  /** The program that asks, as it calls itself ('kubectl/v1.36.0 (linux/amd64)'): names who writes when nobody else does. */
  readonly userAgent?: string;
  /** The record of this request, begun by whoever received it. Absent: the verbs begin one, if the policy wants it. */
  readonly audit?: AuditedRequest | undefined;
  /** When its client waits no longer, in monotonic milliseconds of the process. Absent: it waits for ever. */
  readonly endMs?: number | undefined;
  /** For the audit event of this request: the first value of a key counts. */
  readonly annotate?: ((key: string, value: string) => void) | undefined;
  /** A `Warning: 299` header, shown by kubectl. */
  warn(message: string): void;
}

/** What a request is about. `namespace` '' for cluster scope; undefined: all namespaces (list, watch). */
export interface Target {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  /** Absent for list, watch, create, deletecollection. */
  readonly name?: string;
  readonly subresource?: string;
}

export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: 'Ignore' | 'Warn' | 'Strict';
}

export interface ReadOptions {
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
}

export interface ListRequest extends ReadOptions {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  /** A watch's alone: refused. */
  readonly sendInitialEvents?: boolean;
}

/** One object, as text for those who send it on and parsed (once, shared, frozen by convention) for those who look. */
export interface Found {
  /** JSON in the asked version, kind and apiVersion first. */
  readonly text: string;
  object(): KubeObject;
}

export interface FoundList {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
  readonly items: readonly Found[];
}

/** The same event object is given to every watcher of a kind, so that encodings can be cached on its identity. */
export interface FoundEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly found: Found;
  readonly resourceVersion: string;
}

export interface WatchRequest {
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly resourceVersion?: string;
  readonly resourceVersionMatch?: string;
  readonly sendInitialEvents?: boolean;
}

export interface WatchReceiver {
  /** In order. `initialEventsEnd` comes once, after the initial state, when that was asked for. */
  events(batch: readonly FoundEvent[]): void;
  initialEventsEnd(resourceVersion: string): void;
  closed(error?: Error): void;
}

export interface RegistryWatch {
  cancel(): void;
  /** The newest revision that this watch has passed: what a bookmark says. */
  resourceVersion(): string;
}

/** How a patch arrives; `apply` needs a field manager. */
export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

export interface DeleteRequest {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
}

/** What a client says of a connection that it wants (exec, attach, portforward, proxy). */
export interface ConnectRequest {
  /** Values of a query parameter, in order. */
  readonly parameters: (name: string) => readonly string[];
  /** What follows the subresource in the URL, with a slash before it; '' for nothing. */
  readonly path: string;
}

/** Where the server would connect to: what listens there, if anything does, is the nodes' affair. */
export interface Backend {
  /** 'host:port', brackets around an IPv6 host. */
  readonly address: string;
  /** Streams (exec, attach, portforward) come through an upgrade only; proxies take any request. */
  readonly streams: boolean;
}

/**
 * The generic verbs of any kind: authorization → admission → strategy → store. Failures are StatusErrors.
 * A body is what a decoder gave (`DecodedBody`): parsed once, unknown and duplicate fields noted.
 */
export interface Verbs {
  get(ctx: RequestContext, target: Target, options?: ReadOptions): Promise<Found>;
  list(ctx: RequestContext, target: Target, request: ListRequest): Promise<FoundList>;
  watch(ctx: RequestContext, target: Target, request: WatchRequest, receiver: WatchReceiver): Promise<RegistryWatch>;
  create(ctx: RequestContext, target: Target, body: Body, options: WriteOptions): Promise<Found>;
  /** `created` true when update-as-create made it (Lease and the like). */
  update(ctx: RequestContext, target: Target, body: Body, options: WriteOptions): Promise<Found & { created: boolean }>;
  patch(
    ctx: RequestContext,
    target: Target,
    type: PatchType,
    body: Body,
    options: WriteOptions & { force?: boolean },
  ): Promise<Found & { created: boolean }>;
  /** The object as it is now when it goes later (grace, finalizers), else a Success Status: tell by `gone`. */
  delete(ctx: RequestContext, target: Target, request: DeleteRequest): Promise<{ gone: boolean; text: string }>;
  deleteCollection(ctx: RequestContext, target: Target, request: DeleteRequest & ListRequest): Promise<FoundList>;
  /** `verb` is what the method means to authorizers. Answers where the server would connect to. */
  connect(ctx: RequestContext, target: Target, verb: string, request: ConnectRequest): Promise<Backend>;
}

/** A request body: bytes from the wire (JSON or YAML), or an object from an actor in the process. */
export type Body = { readonly bytes: Uint8Array; readonly format: 'json' | 'yaml' } | { readonly object: unknown };

/**
 * A subresource that is more than a view of its parent: answers by itself after authorization.
 * Listed as 'sandboxes.sandkube.dev/kubeconfig', 'serviceaccounts/token'.
 */
export type SubresourceHandler = (
  ctx: RequestContext,
  target: Target & { name: string; subresource: string },
  body: Body | undefined,
  options?: WriteOptions,
) => Promise<{ status: 200 | 201; text: string }>;

/** Reads a kind that is made when it is asked for, and never stored (componentstatuses). `get` fails with 404. */
export interface KindReader {
  get(sandbox: SandboxId, name: string): Promise<KubeObject>;
  list(sandbox: SandboxId): Promise<KubeObject[]>;
}

/**
 * A kind that is answered and never stored (access and token reviews): `object` is the decoded body, the answer is
 * what the client gets back.
 */
export type CreateHandler = (
  ctx: RequestContext,
  target: Target,
  object: KubeObject,
  options: WriteOptions,
) => Promise<KubeObject>;
