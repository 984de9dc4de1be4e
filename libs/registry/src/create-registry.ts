import { systemClock, type Clock, type SandboxId } from '#base';
import { untilWithinStack } from '#apimachinery';
import type { AdmissionChain } from '#admission';
import type { Authorizer } from '#auth';
import type { Store } from '#storage';
import { Allocations } from './allocate/allocations.js';
import { ServiceAllocator } from './allocate/service-allocator.js';
import { componentStatuses } from './component-status/component-statuses.js';
import { connect } from './connect/connect.js';
import { Heartbeats } from './heartbeats.js';
import type { Parts } from './parts.js';
import { get } from './read/get.js';
import { list } from './read/list.js';
import { ParsedObjects } from './read/parsed-objects.js';
import { Published } from './read/published.js';
import { SharedEvents } from './read/shared-events.js';
import { watch } from './read/watch.js';
import type { SubresourceHandler, Verbs } from './request.js';
import { builtInCreators, builtInHandlers } from './review/built-in-handlers.js';
import { create } from './write/create.js';
import { deleteCollection } from './write/delete-collection.js';
import { remove } from './write/delete.js';
import { patch } from './write/patch.js';
import { update } from './write/update.js';

export interface RegistryOptions {
  readonly store: Store;
  readonly admission: AdmissionChain;
  /** Called for every request: from memory. */
  authorizerOf(sandbox: SandboxId): Authorizer;
  /** Which admission plugins a sandbox turns on or off. */
  pluginChoiceOf?: Parts['pluginChoiceOf'];
  /** Webhooks and policies of a sandbox, kept current for as long as it is awake. */
  configurationsOf?: Parts['configurationsOf'];
  /** What a sandbox serves now: watches of custom resources end when their definition changes. */
  servingOf?: Parts['servingOf'];
  /** The way out to webhooks; without it none can be called. */
  readonly webhooks?: Parts['webhooks'];
  /** For TokenReview and TokenRequest; without it every token is unknown and none is issued. */
  authenticatorOf?: Parts['authenticatorOf'];
  /** Subresources that answer by themselves: 'serviceaccounts/token', 'sandboxes.sandkube.dev/kubeconfig'. */
  readonly handlers?: ReadonlyMap<string, SubresourceHandler>;
  /** Who beats in a sandbox; shared with `apiFor`. Absent: nobody does. */
  heartbeatsOf?(sandbox: SandboxId): Heartbeats;
  /** Real time. Default: the process's. */
  readonly clock?: Clock;
}

/** The generic verbs over one store, for all sandboxes. Holds no sandbox's state but bounded caches. */
export function createRegistry(options: RegistryOptions): Verbs {
  const nobody = new Heartbeats(systemClock);
  const parsed = new ParsedObjects();
  const base: Parts = {
    store: options.store,
    admission: options.admission,
    authorizerOf: (sandbox) => options.authorizerOf(sandbox),
    pluginChoiceOf: (sandbox) => options.pluginChoiceOf?.(sandbox),
    configurationsOf: (sandbox) => options.configurationsOf?.(sandbox),
    webhooks: options.webhooks,
    ...(options.servingOf ? { servingOf: (sandbox) => options.servingOf!(sandbox) } : {}),
    authenticatorOf: (sandbox) => options.authenticatorOf?.(sandbox),
    handlerOf: () => undefined,
    creators: new Map(),
    readers: new Map(),
    heartbeatsOf: (sandbox) => options.heartbeatsOf?.(sandbox) ?? nobody,
    allocations: new Allocations(new Map([['services', new ServiceAllocator(options.store)]])),
    parsed,
    published: new Published(),
    clock: options.clock ?? systemClock,
  };
  const builtIn = builtInHandlers(base);
  const parts: Parts = {
    ...base,
    creators: builtInCreators(base),
    readers: new Map([['componentstatuses', componentStatuses(base)]]),
    // Asked each time: handlers may be added after the registry was made.
    handlerOf: (key) => options.handlers?.get(key) ?? builtIn.get(key),
  };
  const shared = new SharedEvents(parts);
  return {
    get: (ctx, target, readOptions) => get(parts, ctx, target, readOptions),
    list: (ctx, target, request) => list(parts, ctx, target, request),
    watch: (ctx, target, request, receiver) => watch(parts, shared, ctx, target, request, receiver),
    create: (ctx, target, body, writeOptions) => untilWithinStack(create(parts, ctx, target, body, writeOptions)),
    update: (ctx, target, body, writeOptions) => untilWithinStack(update(parts, ctx, target, body, writeOptions)),
    patch: (ctx, target, type, body, writeOptions) =>
      untilWithinStack(patch(parts, ctx, target, type, body, writeOptions)),
    delete: (ctx, target, request) => remove(parts, ctx, target, request),
    deleteCollection: (ctx, target, request) => deleteCollection(parts, ctx, target, request),
    connect: (ctx, target, verb, request) => connect(parts, ctx, target, verb, request),
  };
}
