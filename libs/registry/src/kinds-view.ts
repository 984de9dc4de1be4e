import type { Clock, SandboxId, Timer } from '#base';
import {
  CustomCatalogs,
  type CustomFacts,
  customResourceDefinitionKind,
  type KindCatalog,
  storagePrefix,
} from '#kinds';
import type { Store, StoredObject, StoreEvent, StoreWatch } from '#storage';

const PREFIX = storagePrefix(customResourceDefinitionKind, undefined);
const RETRY_MS = 1_000;

/** One for all sandboxes of a base catalog, so that those with the same CRDs share theirs. */
const catalogs = new WeakMap<KindCatalog, CustomCatalogs>();

function catalogsOver(base: KindCatalog): CustomCatalogs {
  let known = catalogs.get(base);
  if (!known) catalogs.set(base, (known = new CustomCatalogs(base)));
  return known;
}

/** Sandboxes of one template share their stored objects, and so what was read out of them. */
const read = new WeakMap<StoredObject, CustomFacts | 'nothing'>();

/**
 * What one sandbox serves, kept current by a watch on its CRDs from `open` until `close`. A change is seen before its
 * writer has the answer, because the store tells watchers before it acknowledges. A sandbox without CRDs has the base
 * catalog itself, and costs a list of nothing and one watch.
 */
export class KindsView {
  private catalog: KindCatalog;
  private readonly shared: CustomCatalogs;
  private readonly definitions = new Map<string, CustomFacts>();
  private readonly listeners = new Set<() => void>();
  private watch: StoreWatch | undefined;
  private retry: Timer | undefined;
  private closed = false;

  constructor(
    private readonly parts: { readonly store: Pick<Store, 'list' | 'watch'>; readonly clock: Clock },
    private readonly sandbox: SandboxId,
    base: KindCatalog,
  ) {
    this.catalog = base;
    this.shared = catalogsOver(base);
  }

  get current(): KindCatalog {
    return this.catalog;
  }

  /** Called after each change of `current`. The result ends it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Reads the CRDs and follows them. */
  async open(): Promise<void> {
    const { store } = this.parts;
    const page = await store.list(this.sandbox, { prefix: PREFIX });
    this.definitions.clear();
    for (const stored of page.items) this.take(stored);
    this.settle();
    if (this.closed) return;
    const watch = await store.watch(this.sandbox, PREFIX, page.revision, {
      events: (batch) => this.follow(batch),
      closed: () => this.again(),
    });
    if (this.closed) watch.cancel();
    else this.watch = watch;
  }

  close(): void {
    this.closed = true;
    this.retry?.cancel();
    this.watch?.cancel();
    this.listeners.clear();
  }

  private follow(batch: readonly StoreEvent[]): void {
    for (const { type, object } of batch) {
      if (type === 'DELETED') this.definitions.delete(object.key);
      else this.take(object);
    }
    this.settle();
  }

  private take(stored: StoredObject): void {
    let facts = read.get(stored);
    if (!facts) {
      facts = this.shared.factsOf(stored.text) ?? 'nothing';
      read.set(stored, facts);
    }
    if (facts === 'nothing') this.definitions.delete(stored.key);
    else this.definitions.set(stored.key, facts);
  }

  private settle(): void {
    const next = this.shared.of([...this.definitions.values()]);
    if (next === this.catalog) return;
    this.catalog = next;
    for (const listener of [...this.listeners]) listener();
  }

  /** The watch ended although nobody closed it: what is held grows old until it is read anew. */
  private again(): void {
    this.watch = undefined;
    if (this.closed) return;
    this.open().catch(() => {
      if (!this.closed) this.retry = this.parts.clock.setTimer(RETRY_MS, () => this.again());
    });
  }
}
