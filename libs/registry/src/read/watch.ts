import type { Revision, SandboxId } from '#base';
import { StatusError } from '#apimachinery';
import { type Kind, storageKey, storagePrefix } from '#kinds';
import { StoreError, type StoreEvent, type StoreWatch, type WatchSink } from '#storage';
import { authorize } from '../authorization.js';
import { convertAll, convertStored } from '../conversion/stored-conversion.js';
import type { ServedCluster } from '../cluster.js';
import type { Parts } from '../parts.js';
import type { FoundEvent, RegistryWatch, RequestContext, Target, WatchReceiver, WatchRequest } from '../request.js';
import { statusOf } from '../store-failure.js';
import { subjectOf } from '../subject.js';
import { foundOf } from './found.js';
import { checkWatchOptions } from './list-options.js';
import { parseRevision, untilReached } from './revisions.js';
import { selects } from './selected.js';
import { type Selection, selectionOf } from './selection.js';
import type { SharedEvents } from './shared-events.js';

/**
 * Starts a watch. The initial state, when asked for, is given before this resolves; every later change follows in
 * order, once: the store's watch begins exactly after the revision of the list.
 */
export async function watch(
  parts: Parts,
  shared: SharedEvents,
  ctx: RequestContext,
  target: Target,
  request: WatchRequest,
  receiver: WatchReceiver,
): Promise<RegistryWatch> {
  const selection = selectionOf(target.kind, request);
  await authorize(ctx, parts.authorizerOf(ctx.env.id), 'watch', target, selection.name, selection.fields);
  checkWatchOptions(request);
  const about = { ...subjectOf(target.kind), name: '' };
  const prefix = prefixOf(target, selection);
  try {
    const after = await startOf(parts, ctx, target, request, { selection, prefix, receiver });
    const state = new WatchState(parts, shared, ctx.env.id, target.kind, selection, receiver, after);
    state.caughtUp(await parts.store.watch(ctx.env.id, prefix, after, state));
    if (target.kind.structural) state.endWith(parts.servingOf?.(ctx.env.id));
    return state;
  } catch (error) {
    throw watchFailure(error, parseRevision(request.resourceVersion), about);
  }
}

/** metadata.name=x in a namespace: only keys that begin with that name. */
function prefixOf(target: Target, selection: Selection): string {
  const { kind } = target;
  const namespace = kind.namespaced ? target.namespace : '';
  if (selection.name !== undefined && namespace !== undefined) return storageKey(kind, namespace, selection.name);
  return storagePrefix(kind, namespace);
}

interface Start {
  readonly selection: Selection;
  readonly prefix: string;
  readonly receiver: WatchReceiver;
}

/** Gives the initial state where the request wants one, and the revision after which changes follow. */
async function startOf(
  parts: Parts,
  ctx: RequestContext,
  target: Target,
  request: WatchRequest,
  { selection, prefix, receiver }: Start,
): Promise<Revision> {
  const asked = parseRevision(request.resourceVersion);
  const initial = request.sendInitialEvents ?? !asked;
  if (!initial) return asked ? asked : parts.store.head(ctx.env.id);
  if (asked) await untilReached(parts.store, parts.clock, ctx.env.id, asked);
  const { kind } = target;
  if (kind.conversion && selection.looksInside) await convertAll(parts, ctx.env.id, kind, prefix);
  const page = await parts.store.list(ctx.env.id, {
    prefix,
    ...(selection.empty ? {} : { matches: (stored) => selects(parts.parsed, kind, selection, stored) }),
  });
  if (target.kind.conversion) await convertStored(parts, ctx.env.id, target.kind, page.items);
  const events = page.items.map((stored): FoundEvent => ({
    type: 'ADDED',
    found: foundOf(parts, ctx.env.id, target.kind, stored),
    resourceVersion: String(stored.revision),
  }));
  if (events.length > 0) receiver.events(events);
  if (request.sendInitialEvents) receiver.initialEventsEnd(String(page.revision));
  return page.revision;
}

const NOTHING = Promise.resolve();

/** Holds no more than it needs: an awake cluster has one for each resource that its actors follow. */
class WatchState implements WatchSink, RegistryWatch {
  /** Until the store's watch stands, what others write says nothing about what this one has seen. */
  private fromCommit = Infinity;
  private storeWatch: StoreWatch | undefined;
  private waiting: Promise<unknown> = NOTHING;
  private ended = false;
  private endServing: (() => void) | undefined;

  constructor(
    private readonly parts: Parts,
    private readonly shared: SharedEvents,
    private readonly sandbox: SandboxId,
    private readonly kind: Kind,
    private readonly selection: Selection,
    private readonly receiver: WatchReceiver,
    private passed: Revision,
  ) {}

  events(batch: readonly StoreEvent[]): void {
    if (this.kind.conversion) this.deliverConverted(batch);
    else this.deliver(batch);
  }

  /** In order, each batch after a webhook has answered for it; a watch that cannot be served on ends. */
  private deliverConverted(batch: readonly StoreEvent[]): void {
    const objects = batch.map(({ object }) => object);
    this.waiting = this.waiting
      .then(() => convertStored(this.parts, this.sandbox, this.kind, objects))
      .then(() => this.ended || this.deliver(batch))
      .catch((error: unknown) => {
        if (this.ended) return;
        this.cancel();
        this.receiver.closed(error as Error);
      });
  }

  private deliver(batch: readonly StoreEvent[]): void {
    const seen: FoundEvent[] = [];
    for (const event of batch) {
      const found = this.shared.selected(this.sandbox, this.kind, event, this.selection);
      if (found) seen.push(found);
      this.passed = event.object.revision;
    }
    if (seen.length > 0) this.receiver.events(seen);
  }

  closed(error?: StoreError): void {
    if (this.ended) return;
    this.ended = true;
    this.endServing?.();
    this.receiver.closed(error && (watchFailure(error, this.passed, { ...subjectOf(this.kind), name: '' }) as Error));
  }

  caughtUp(storeWatch: StoreWatch): void {
    this.storeWatch = storeWatch;
    this.fromCommit = this.parts.published.commits(this.sandbox);
  }

  /** A definition that changes ends the watches of its instances, as upstream does: what they show is of the old one. */
  endWith(serving: Pick<ServedCluster, 'kinds' | 'onKinds'> | undefined): void {
    const { group, version, resource } = this.kind;
    this.endServing = serving?.onKinds(() => {
      if (this.ended || serving.kinds.byResource(group, version, resource) === this.kind) return;
      this.cancel();
      this.receiver.closed();
    });
  }

  cancel(): void {
    this.ended = true;
    this.endServing?.();
    this.storeWatch?.cancel();
  }

  resourceVersion(): string {
    // What waits for a webhook has not been passed.
    if (this.kind.conversion) return String(this.passed);
    const published = this.parts.published.since(this.sandbox, this.fromCommit);
    return String(Math.max(this.passed, published ?? 0));
  }
}

function watchFailure(error: unknown, asked: Revision | undefined, about: Parameters<typeof statusOf>[1]): unknown {
  if (error instanceof StoreError && error.code === 'compacted') {
    return StatusError.expired(`too old resource version: ${asked ?? 0} (${error.found?.oldest ?? 0})`);
  }
  return statusOf(error, about);
}
