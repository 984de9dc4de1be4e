import { type Clock, type SandboxEnv, type SandboxId, systemClock, Trace, type TraceRing } from '#base';
import { type KubeObject, type ListMeta, StatusError } from '#apimachinery';
import type { UserInfo } from '#auth';
import type { ApiFor, ClusterApi, ComponentIdentity, ResourceRef, WatchEvent, WatchHandlers } from '#client';
import { type Kind, type KindCatalog, storageKey } from '#kinds';
import type { ReadView } from '#storage';
import type { Heartbeats } from './heartbeats.js';
import type { FoundEvent, RequestContext, Target, Verbs, WatchReceiver } from './request.js';

/** One awake cluster as its own actors are led into it. */
export interface ActedCluster {
  readonly env: SandboxEnv;
  readonly kinds: KindCatalog;
  readonly traces: TraceRing;
  readonly heartbeats: Heartbeats;
}

export interface ApiOptions {
  readonly verbs: Verbs;
  readonly store: Pick<ReadView, 'head'>;
  /** Throws when that cluster is not awake. */
  clusterOf(sandbox: SandboxId): ActedCluster;
  /** What traces are timed by. Default: real time. */
  readonly traceClock?: Clock;
}

/**
 * ClusterApi within the process: the same verbs, authorization and admission as over HTTP, without text in between.
 * Objects that come back are the shared parsed ones.
 */
export function apiFor(options: ApiOptions): ApiFor {
  return (sandbox, identity) => new InProcessApi(sandbox, options.clusterOf(sandbox), identity, options);
}

/** Groups that the ServiceAccount token authenticator would add. Models serviceaccount.MakeGroupNames (1.36). */
function userOf({ username, groups }: ComponentIdentity): UserInfo {
  return { username, groups: groups.includes('system:authenticated') ? groups : [...groups, 'system:authenticated'] };
}

const PROGRAMS = new Map([
  ['system:kube-scheduler', 'kube-scheduler'],
  ['system:kube-proxy', 'kube-proxy'],
  ['system:serviceaccount:kube-system:kube-proxy', 'kube-proxy'],
  ['system:serviceaccount:kube-system:coredns', 'coredns'],
]);

/** The binary that works under this identity upstream: what its User-Agent begins with, and whose fields are its. */
function programOf({ username }: ComponentIdentity): string {
  const known = PROGRAMS.get(username);
  if (known) return known;
  if (username.startsWith('system:node:')) return 'kubelet';
  const isController = username.startsWith('system:serviceaccount:kube-system:');
  if (isController || username === 'system:kube-controller-manager') return 'kube-controller-manager';
  return username.slice(username.lastIndexOf(':') + 1);
}

let calls = 0;

/** What a reference of an actor means, by what the cluster serves: the same for all clusters of one catalog. */
const kindsOf = new WeakMap<KindCatalog, WeakMap<object, Kind>>();

class InProcessApi implements ClusterApi {
  private readonly user: UserInfo;
  private readonly userAgent: string;

  constructor(
    readonly sandbox: SandboxId,
    private readonly cluster: ActedCluster,
    identity: ComponentIdentity,
    private readonly options: ApiOptions,
  ) {
    this.user = userOf(identity);
    this.userAgent = programOf(identity);
  }

  async get<T extends KubeObject>(ref: ResourceRef<T>, namespace: string, name: string): Promise<T> {
    const found = await this.options.verbs.get(this.context('get', ref), this.target(ref, namespace, name));
    return found.object() as T;
  }

  async list<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string | undefined,
    options: Parameters<ClusterApi['list']>[2] = {},
  ): Promise<{ items: readonly T[]; metadata: ListMeta }> {
    const page = await this.options.verbs.list(this.context('list', ref), this.target(ref, namespace), options);
    return {
      items: page.items.map((found) => found.object() as T),
      metadata: { resourceVersion: page.resourceVersion },
    };
  }

  async create<T extends KubeObject>(ref: ResourceRef<T>, object: T): Promise<T> {
    const target = this.target(ref, object.metadata.namespace ?? '');
    const found = await this.options.verbs.create(this.context('create', ref), target, { object }, TRUSTED);
    return found.object() as T;
  }

  async update<T extends KubeObject>(ref: ResourceRef<T>, object: T, subresource?: string): Promise<T> {
    const { namespace = '', name = '' } = object.metadata;
    const target = this.target(ref, namespace, name, subresource);
    const found = await this.options.verbs.update(this.context('update', ref), target, { object }, TRUSTED);
    return found.object() as T;
  }

  async patch<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string,
    name: string,
    { type, patch }: Parameters<ClusterApi['patch']>[3],
    subresource?: string,
  ): Promise<T> {
    const target = this.target(ref, namespace, name, subresource);
    const found = await this.options.verbs.patch(this.context('patch', ref), target, type, { object: patch }, TRUSTED);
    return found.object() as T;
  }

  async delete(
    ref: ResourceRef,
    namespace: string,
    name: string,
    options: Parameters<ClusterApi['delete']>[3] = {},
  ): Promise<void> {
    await this.options.verbs.delete(this.context('delete', ref), this.target(ref, namespace, name), options);
  }

  async deleteCollection(
    ref: ResourceRef,
    namespace: string,
    options: Parameters<ClusterApi['deleteCollection']>[2] = {},
  ): Promise<void> {
    const context = this.context('deletecollection', ref);
    await this.options.verbs.deleteCollection(context, this.target(ref, namespace), options);
  }

  async createSubresource(
    ref: ResourceRef,
    namespace: string,
    name: string,
    subresource: string,
    object: KubeObject,
  ): Promise<void> {
    const target = this.target(ref, namespace, name, subresource);
    await this.options.verbs.create(this.context('create', ref), target, { object }, TRUSTED);
  }

  async watch<T extends KubeObject>(
    ref: ResourceRef<T>,
    namespace: string | undefined,
    options: Parameters<ClusterApi['watch']>[2],
    handlers: WatchHandlers<T>,
  ): ReturnType<ClusterApi['watch']> {
    const receiver = new InProcessReceiver<T>(handlers);
    return this.options.verbs.watch(this.context('watch', ref), this.target(ref, namespace), options, receiver);
  }

  heartbeat(ref: ResourceRef, namespace: string, name: string, beat: { periodMs: number } | 'stopped'): void {
    const key = storageKey(this.kindOf(ref), namespace, name);
    if (beat === 'stopped') this.cluster.heartbeats.stop(key);
    else this.cluster.heartbeats.beat(key, beat.periodMs);
  }

  heartbeats(
    ref: ResourceRef,
    changed: (namespace: string, name: string, beating: boolean) => void,
  ): { cancel(): void } {
    const { groupResource } = this.kindOf(ref).storage;
    const cancel = this.cluster.heartbeats.listen((key, beating) => {
      const [resource, namespace, name] = key.split('/');
      if (resource === groupResource) changed(namespace!, name!, beating);
    });
    return { cancel };
  }

  head(): ReturnType<ClusterApi['head']> {
    return this.options.store.head(this.sandbox);
  }

  private kindOf(ref: ResourceRef): Kind {
    const catalog = this.cluster.kinds;
    let known = kindsOf.get(catalog);
    if (!known) kindsOf.set(catalog, (known = new WeakMap()));
    let kind = known.get(ref);
    if (!kind) {
      kind = catalog.byResource(ref.group, ref.version, ref.resource);
      if (!kind) throw StatusError.noSuchPath();
      known.set(ref, kind);
    }
    return kind;
  }

  private target(ref: ResourceRef, namespace: string | undefined, name?: string, subresource?: string): Target {
    const kind = this.kindOf(ref);
    return {
      kind,
      namespace: kind.namespaced ? namespace : '',
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
    };
  }

  private context(verb: string, { resource }: ResourceRef): RequestContext {
    const trace = new Trace(
      `c${++calls}`,
      `${this.user.username} ${verb} ${resource}`,
      this.options.traceClock ?? systemClock,
    );
    // The lists and watches by which actors begin tell nobody anything, and would push out what does.
    if (verb !== 'list' && verb !== 'watch') this.cluster.traces.add(trace);
    return {
      env: this.cluster.env,
      kinds: this.cluster.kinds,
      user: this.user,
      userAgent: this.userAgent,
      trace,
      warn: unheard,
    };
  }
}

const unheard = (): void => {};

/** A class, not a bundle of functions: every awake cluster holds one for each of its resources. */
class InProcessReceiver<T extends KubeObject> implements WatchReceiver {
  constructor(private readonly handlers: WatchHandlers<T>) {}

  events(batch: readonly FoundEvent[]): void {
    this.handlers.events(batch.map((event) => eventOf<T>(event)));
  }

  initialEventsEnd(): void {}

  closed(error?: Error): void {
    this.handlers.closed(error);
  }
}

/** Components are of this house: nobody reads warnings about fields that they do not know. */
const TRUSTED = { fieldValidation: 'Ignore' } as const;

function eventOf<T extends KubeObject>({ type, found }: FoundEvent): WatchEvent<T> {
  return { type, object: found.object() as T };
}
