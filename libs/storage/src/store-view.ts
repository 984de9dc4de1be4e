import type { SandboxId } from '#base';
import type { Store, StoredObject, StoreWatch } from './store.js';

/** One prefix that a view keeps. */
export interface ViewedPrefix {
  readonly prefix: string;
  /** Every object that there is at first, then each that changes; undefined for what is gone. */
  set(key: string, object: StoredObject | undefined): void;
}

export interface StoreViewParts {
  readonly prefixes: readonly ViewedPrefix[];
  /** Everything held is void: all of it will be set anew. */
  begin(): void;
  /** After all was set anew, and after each batch of changes. */
  changed?(): void;
}

/** From one reading of everything until the first of its watches ends. */
interface Life {
  over: boolean;
  readonly watches: StoreWatch[];
}

/**
 * What somebody made of a sandbox's objects, kept current by watches from the first question until `close`: whoever
 * never asks pays nothing. A change is seen before its writer has the answer, because the store tells watchers before it
 * acknowledges. When a watch ends, the next question reads everything anew.
 */
export class StoreView {
  private life: Life | undefined;
  private loading: Promise<void> | undefined;
  private loaded = false;
  private closed = false;

  constructor(
    private readonly store: Pick<Store, 'list' | 'watch'>,
    private readonly sandbox: SandboxId,
    private readonly parts: StoreViewParts,
  ) {}

  /** undefined: current now. Fails as the store does. */
  ready(): Promise<void> | undefined {
    if (this.loaded) return undefined;
    this.loading ??= this.load().finally(() => (this.loading = undefined));
    return this.loading;
  }

  /** Ends the watches; a later question reads anew each time. */
  close(): void {
    this.closed = true;
    if (this.life) this.end(this.life);
  }

  private async load(): Promise<void> {
    const life: Life = { over: false, watches: [] };
    this.life = life;
    this.parts.begin();
    try {
      for (const part of this.parts.prefixes) await this.follow(life, part);
    } catch (error) {
      this.end(life);
      throw error;
    }
    this.parts.changed?.();
    this.loaded = !life.over && !this.closed;
    if (this.closed) this.end(life);
  }

  private async follow(life: Life, { prefix, set }: ViewedPrefix): Promise<void> {
    const page = await this.store.list(this.sandbox, { prefix });
    for (const stored of page.items) set(stored.key, stored);
    if (this.closed || life.over) return;
    const watch = await this.store.watch(this.sandbox, prefix, page.revision, {
      events: (batch) => {
        if (life.over) return;
        for (const { type, object } of batch) set(object.key, type === 'DELETED' ? undefined : object);
        this.parts.changed?.();
      },
      closed: () => this.end(life),
    });
    if (life.over) watch.cancel();
    else life.watches.push(watch);
  }

  /** What is held grows old from now on. */
  private end(life: Life): void {
    if (life.over) return;
    life.over = true;
    if (this.life === life) this.loaded = false;
    for (const watch of life.watches.splice(0)) watch.cancel();
  }
}
