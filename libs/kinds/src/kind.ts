import type { Clock, Random } from '#base';
import type { FieldError, GroupVersionResource, KubeObject, TableColumn } from '#apimachinery';
import type { OpenApiSchema } from './schema.js';
import type { StructuralRules } from './shape.js';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

/** What a hook may use: the sandbox's time and chance, never the process's. */
export interface KindEnv {
  readonly clock: Clock;
  readonly random: Random;
  /** Who asks; present when an object is made. */
  readonly user?: KindRequester;
}

/** As auth's UserInfo, which lies above. */
export interface KindRequester {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** A cell of `kubectl get`; ages are given as RFC 3339 timestamps' distance already humanised. */
export type Cell = string | number | boolean | null;

export interface Subresource<T extends KubeObject = KubeObject> {
  /** 'status', 'scale', 'binding', … */
  readonly name: string;
  /** The kind of its body, where it differs from the parent's: { group: 'autoscaling', version: 'v1', kind: 'Scale' }. */
  readonly body?: { group: string; version: string; kind: string };
  readonly verbs: readonly ('get' | 'update' | 'patch' | 'create' | 'connect')[];
  /** get: the body shown for `parent`. Default: the parent itself. */
  project?(parent: T): KubeObject;
  /**
   * update and patch: the new parent out of the stored one and the sent body.
   * `status` takes status (and metadata's own rules) from the body, everything else from `stored`.
   * create (binding, eviction): the same; throws StatusError where upstream refuses.
   */
  merge?(stored: T, body: KubeObject, env: KindEnv): T;
  /** Rules of writes through it, beyond the parent's. Those of `status` that need no clock are the kind's `validateStatusUpdate`. */
  validateUpdate?(object: T, old: T, env: KindEnv): FieldError[];
  /** No view of the parent: a handler answers (log, exec, token, kubeconfig). */
  readonly virtual?: boolean;
  /** scale: where the parent has its replicas. Default: spec.replicas. */
  readonly replicasPath?: readonly string[];
  /** What create answers instead of the parent; binding and eviction answer a Success Status. */
  readonly answersStatus?: boolean;
}

/** The version under which instances are stored; all served versions of one resource share one storage. */
export interface StorageIdentity {
  /** 'pods', 'deployments.apps': first segment of every key. */
  readonly groupResource: string;
  readonly group: string;
  readonly version: string;
}

/** How to call it, and which ConversionReviews it takes, first choice first. */
export interface ConversionWebhook {
  readonly client: {
    readonly url?: string;
    readonly caBundle?: string;
    readonly service?: {
      readonly name: string;
      readonly namespace: string;
      readonly path?: string;
      readonly port?: number;
    };
  };
  readonly reviewVersions: readonly string[];
}

/**
 * All that the server knows of one resource in one version. The generic path needs nothing but the data;
 * a `*.kind.ts` adds hooks for what a schema cannot say. Hooks may mutate the object they are given (it is theirs),
 * never `old`. Absent hooks mean: nothing special.
 */
export interface Kind<T extends KubeObject = KubeObject> extends GroupVersionResource {
  readonly kind: string;
  readonly listKind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly Verb[];
  /** Nothing is stored: each verb is answered by a handler (tokenreviews, subjectaccessreviews, bindings, componentstatuses). */
  readonly virtual?: boolean;
  /** PUT or apply to a name that does not exist creates it (Lease, Endpoints, Event, …). */
  readonly createOnUpdate?: boolean;
  /** An update may leave metadata.resourceVersion out (true for most kinds upstream); false: 422 'must be specified for an update'. */
  readonly unconditionalUpdate?: boolean;
  readonly storage: StorageIdentity;
  readonly schema: OpenApiSchema;
  /** Full definition name: 'io.k8s.api.core.v1.Pod'. */
  readonly definition: string;
  /** The definition of its lists, where no published one says it. */
  readonly list?: { readonly definition: string; readonly schema: OpenApiSchema };
  /** Of a CRD's kind: decodes and sets defaults by the structural schema, in place of Go's types. */
  readonly structural?: StructuralRules;
  /** Versions differ in more than their name, and a webhook of the tenant's turns one into another. */
  readonly conversion?: ConversionWebhook;
  /** A `Warning` to everybody who uses this version. */
  readonly deprecation?: string;
  readonly subresources: readonly Subresource<T>[];
  /** Values encrypted at rest (Secret). */
  readonly encrypted?: boolean;
  /** metadata.generation counts changes of everything but metadata and status (true where upstream's strategy does so). */
  readonly generation?: boolean;
  readonly columns: readonly TableColumn[];

  /** Go-style defaulting (schema defaults are applied before). Runs on create, update and on patches' results. */
  applyDefaults?(object: T): void;
  /** Clears what a creator may not set (status), sets what the server sets. */
  prepareForCreate?(object: T, env: KindEnv): void;
  /** Keeps what an updater may not change (status) from `old`. */
  prepareForUpdate?(object: T, old: T, env: KindEnv): void;
  /** Whole-object rules beyond the schema; generic metadata rules are checked by the registry. */
  validate?(object: T): FieldError[];
  /** Rules for new objects only, where `validateUpdate` says all about others. */
  validateCreate?(object: T): FieldError[];
  /** Immutability and transition rules; called after `validate` on updates. */
  validateUpdate?(object: T, old: T): FieldError[];
  /** Same for writes through the status subresource. */
  validateStatusUpdate?(object: T, old: T): FieldError[];
  /** What a client should know of an object that is right as it is: sent as `Warning` headers of creates and updates. */
  warnings?(object: T, old: T | undefined): string[];
  /** Name rules; default: DNS subdomain. Returns messages, empty when fine. */
  validateName?(name: string, prefix: boolean): string[];
  /** Selectable fields beyond metadata.name and metadata.namespace. */
  selectableFields?(object: T): Record<string, string>;
  /** Cells for `columns`, in order. */
  row?(object: T, nowMs: number): Cell[];
  /** The order of rows in a table of many, where it is not that of names; as Array's sort wants it. */
  tableOrder?(a: T, b: T): number;
  /** First of all when it is deleted: a changed copy that says what must be done before it goes. */
  beforeDelete?(object: T, env: KindEnv): T;
  /** Grace in seconds when the caller gave `asked` (undefined: none given). Absent: objects go at once. */
  deletionGraceSeconds?(object: T, asked: number | undefined): number;
  /** Storage version → this version and back, where the shapes differ. Absent: only apiVersion and kind change. */
  fromStorage?(stored: KubeObject): T;
  toStorage?(object: T): KubeObject;
  /** Overlays what is alive but not logged (heartbeats): returns a changed copy, or the object itself. */
  alive?(object: T, lastBeatMs: number): T;
}

/** 'pods' + namespace + name → 'pods/default/web'. Cluster-scoped ones have an empty namespace: 'nodes//node01'. */
export function storageKey(kind: Pick<Kind, 'storage'>, namespace: string, name: string): string {
  return `${kind.storage.groupResource}/${namespace}/${name}`;
}

/** The prefix that holds a namespace's objects, or with undefined those of all namespaces. */
export function storagePrefix(kind: Pick<Kind, 'storage' | 'namespaced'>, namespace: string | undefined): string {
  if (namespace === undefined) return `${kind.storage.groupResource}/`;
  return `${kind.storage.groupResource}/${namespace}/`;
}
