import { revision, type Revision, type SandboxId, sandboxId } from '#base';
import { type Store, StoreError, type StoreErrorCode, type StoreEvent, type WatchSink, type Write } from '#storage';

/** Canonical text of a small object whose state is `value`; `size` adds that many bytes. */
export function textOf(key: string, value: string, size = 0): string {
  const spec = size > 0 ? { value, pad: 'x'.repeat(size) } : { value };
  return `{"kind":"Thing","apiVersion":"v1","metadata":{"name":${JSON.stringify(key)},"resourceVersion":""},"spec":${JSON.stringify(spec)}}`;
}

export function put(key: string, value: string, expected: number = 0, extra: Partial<Write> = {}): Write {
  const facets = { labels: { value } };
  return { key, expected: expected as Revision, op: 'put', text: textOf(key, value), facets, ...extra };
}

export function del(key: string, expected: number, value = 'gone'): Write {
  return { ...put(key, value, expected), op: 'delete' };
}

/** The `spec.value` of a stored text. */
export function valueOf(text: string): string {
  return (JSON.parse(text) as { spec: { value: string } }).spec.value;
}

/** 'ADDED pods/a/x@2=one': an event as the tables below write it. */
export function shown(event: StoreEvent): string {
  const { key, revision: at, text } = event.object;
  return `${event.type} ${key}@${at}=${valueOf(text)}`;
}

/** Keeps what a watch says, and lets a test wait for so many events. */
export class RecordingSink implements WatchSink {
  readonly seen: StoreEvent[] = [];
  readonly ends: (StoreErrorCode | undefined)[] = [];
  private waiting: { count: number; resolve: () => void }[] = [];

  events(batch: readonly StoreEvent[]): void {
    this.seen.push(...batch);
    this.waiting = this.waiting.filter((waiter) => {
      if (this.seen.length < waiter.count) return true;
      waiter.resolve();
      return false;
    });
  }

  closed(error?: StoreError): void {
    this.ends.push(error?.code);
  }

  get shown(): string[] {
    return this.seen.map(shown);
  }

  async until(count: number): Promise<string[]> {
    if (this.seen.length < count) await new Promise<void>((resolve) => this.waiting.push({ count, resolve }));
    return this.shown;
  }
}

export async function codeOf(promise: Promise<unknown>): Promise<StoreErrorCode | undefined> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error === undefined) return undefined;
  if (error instanceof StoreError) return error.code;
  throw new Error('a store fails with StoreError only', { cause: error });
}

/** One store, and sandboxes of it that no other test touches. */
export class ContractWorld {
  private made: Store | undefined;
  private count = 0;

  async open(makeStore: () => Promise<Store>): Promise<void> {
    this.made = await makeStore();
    await this.made.ping();
  }

  get store(): Store {
    if (!this.made) throw new Error('the store is opened in beforeAll');
    return this.made;
  }

  /** Of a sandbox that is not there yet. */
  newId(purpose: string): SandboxId {
    return sandboxId(`${purpose}-${++this.count}`)!;
  }

  readonly fresh = async (): Promise<SandboxId> => {
    const id = this.newId('contract');
    await this.store.createSandbox(id);
    return id;
  };

  /** The state at a revision, a line an object. */
  readonly at = async (id: SandboxId, revisionOf: number, prefix = 'pods/'): Promise<string[]> => {
    const page = await this.store.list(id, { prefix, at: revision(revisionOf) });
    return page.items.map((item) => `${item.key}@${item.revision}=${valueOf(item.text)}`);
  };
}
