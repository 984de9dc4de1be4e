import type { Clock } from '#base';
import { isReason, type KubeObject } from '#apimachinery';
import { type InformerHandlers, type ResourceRef, WorkQueue } from '#client';
import type { KindCatalog } from '#kinds';
import type { Change, ControllerContext, ControllerDefinition, ObjectKey, WatchRule } from './definition.js';
import { TerminalError } from './definition.js';

/** A reconcile that failed; it is tried again after its back-off unless `final`. */
export interface ReconcileFailure {
  readonly sandbox: string;
  readonly controller: string;
  readonly key: ObjectKey;
  readonly error: unknown;
  /** 1 for the first failure in a row. */
  readonly attempt: number;
  readonly final: boolean;
}

const WORKERS_DEFAULT = 4;
const CONFLICTS_QUIET = 8;

/** Keys as text in the queue: 'namespace/name'; names that hold slashes keep them. */
const textOf = ({ namespace, name }: ObjectKey) => `${namespace}/${name}`;
function keyOf(text: string): ObjectKey {
  const slash = text.indexOf('/');
  return { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** One controller in one sandbox: its queue and the wiring from informers to it. */
export class ControllerRunner {
  readonly name: string;
  private readonly queue: WorkQueue;
  private readonly workers: number;
  private readonly unsubscribe: (() => void)[] = [];
  /** Those of rules that depend on what is served. */
  private readonly followed = new Map<ResourceRef, () => void>();
  private readonly deps: unknown;
  private stopped = false;

  constructor(
    private readonly definition: ControllerDefinition,
    private readonly context: ControllerContext,
    private readonly hooks: { clock: Clock; ready: () => void; failed: (failure: ReconcileFailure) => void },
  ) {
    this.name = definition.name;
    this.workers = definition.workers ?? WORKERS_DEFAULT;
    this.queue = new WorkQueue({ clock: hooks.clock, simulatedClock: context.env.clock, ready: hooks.ready });
    this.deps = definition.deps(context);
    this.subscribe();
  }

  /** True when a key could be reconciled now. */
  get canWork(): boolean {
    return this.queue.size > 0 && this.queue.inWork < this.workers;
  }

  /** Nothing to do and nothing being done; keys that wait for their time do not count. */
  get isIdle(): boolean {
    return this.queue.size === 0 && this.queue.inWork === 0;
  }

  /** Reconciles the key that waits longest. Never rejects. */
  async work(): Promise<void> {
    const text = this.queue.take();
    if (text === undefined) return;
    const key = keyOf(text);
    try {
      const outcome = await this.definition.reconcile(this.deps, key);
      this.queue.forget(text);
      this.queue.plan(text, outcome?.requeueAfterMs);
    } catch (error) {
      this.failed(text, key, error);
    }
    this.queue.done(text);
  }

  stop(): void {
    this.stopped = true;
    for (const unsubscribe of [...this.unsubscribe.splice(0), ...this.followed.values()]) unsubscribe();
    this.followed.clear();
    this.queue.stop();
  }

  private failed(text: string, key: ObjectKey, error: unknown): void {
    // What was under way when the sandbox stopped fails by its nature.
    if (this.stopped) return;
    // Someone else wrote first: the ordinary way of optimistic concurrency, not worth a word unless it goes on.
    if (isReason(error, 'Conflict') && this.queue.retry(text) < CONFLICTS_QUIET) return;
    const final = error instanceof TerminalError;
    if (final) this.queue.forget(text);
    const attempt = final ? 1 : this.queue.retry(text);
    this.hooks.failed({ sandbox: this.context.env.id, controller: this.name, key, error, attempt, final });
  }

  private subscribe(): void {
    const { reconciles, watches } = this.definition;
    if (reconciles) {
      this.unsubscribe.push(this.follow({ resource: reconciles, keysOf: ({ metadata }) => [keyOfMeta(metadata)] }));
    }
    const end = this.definition.subscribe?.(this.deps, (key) => this.queue.add(textOf(key)));
    if (end) this.unsubscribe.push(end);
    if (typeof watches !== 'function') for (const rule of watches ?? []) this.unsubscribe.push(this.follow(rule));
    this.kindsChanged();
  }

  /** The cluster serves other kinds than before. */
  kindsChanged(): void {
    const { watches } = this.definition;
    if (this.stopped || typeof watches !== 'function') return;
    const rules = rulesOf(watches, this.context.kinds);
    const served = new Set<ResourceRef>(rules.map(({ resource }) => resource));
    for (const [resource, end] of this.followed) {
      if (served.has(resource)) continue;
      end();
      this.followed.delete(resource);
    }
    for (const rule of rules) {
      if (!this.followed.has(rule.resource)) this.followed.set(rule.resource, this.follow(rule));
    }
  }

  private follow(rule: WatchRule): () => void {
    const { informers } = this.context;
    const informer = rule.metadataOnly ? informers.metadataOf(rule.resource) : informers.of(rule.resource);
    return informer.handle(new RuleHandlers(rule, this.context, this.queue));
  }
}

/** One rule in one cluster: an object, not functions, since there are a hundred and more in each that is awake. */
class RuleHandlers implements InformerHandlers<KubeObject> {
  constructor(
    private readonly rule: WatchRule,
    private readonly context: ControllerContext,
    private readonly queue: WorkQueue,
  ) {}

  added(object: KubeObject): void {
    this.add(object, undefined, 'added');
  }

  updated(object: KubeObject, old: KubeObject): void {
    this.add(object, old, 'updated');
  }

  deleted(object: KubeObject): void {
    this.add(object, undefined, 'deleted');
  }

  private add(object: KubeObject, old: KubeObject | undefined, change: Change): void {
    for (const key of this.rule.keysOf(object, this.context, old, change)) this.queue.add(textOf(key));
  }
}

type RulesOf = (kinds: KindCatalog) => readonly WatchRule[];

/** Rules that depend on what is served are made once for all clusters that serve it. */
const rulesByCatalog = new WeakMap<KindCatalog, WeakMap<RulesOf, readonly WatchRule[]>>();

function rulesOf(watches: RulesOf, kinds: KindCatalog): readonly WatchRule[] {
  let known = rulesByCatalog.get(kinds);
  if (!known) rulesByCatalog.set(kinds, (known = new WeakMap()));
  let rules = known.get(watches);
  if (!rules) known.set(watches, (rules = watches(kinds)));
  return rules;
}

function keyOfMeta({ namespace, name }: KubeObject['metadata']): ObjectKey {
  return { namespace: namespace ?? '', name: name ?? '' };
}
