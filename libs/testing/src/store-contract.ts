import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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

async function codeOf(promise: Promise<unknown>): Promise<StoreErrorCode | undefined> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined && !(error instanceof StoreError)) throw error;
  return error?.code;
}

/** What every Store must do. `makeStore` is called once; the suite closes what it gives. */
export function storeContract(name: string, makeStore: () => Promise<Store>): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    let count = 0;

    const fresh = async (): Promise<SandboxId> => {
      const id = sandboxId(`contract-${++count}`)!;
      await store.createSandbox(id);
      return id;
    };
    const at = async (id: SandboxId, revisionOf: number, prefix = 'pods/') => {
      const page = await store.list(id, { prefix, at: revision(revisionOf) });
      return page.items.map((item) => `${item.key}@${item.revision}=${valueOf(item.text)}`);
    };

    beforeAll(async () => {
      store = await makeStore();
      await store.ping();
    });
    afterAll(() => store.close());

    describe('commit and get', () => {
      it('gives dense revisions and fills the slot', async () => {
        const id = await fresh();
        expect(await store.head(id)).toBe(1);
        const [a, b] = await store.commit(id, [put('pods/d/a', 'one'), put('pods/d/b', 'two')]);
        expect([a!.revision, b!.revision]).toEqual([2, 3]);
        expect(a!.text).toContain('"resourceVersion":"2"');
        expect(await store.get(id, 'pods/d/b')).toEqual(b);
        expect(await store.head(id)).toBe(3);
        expect(await store.get(id, 'pods/d/c')).toBeUndefined();
      });

      it.each([
        { why: 'creating what exists', write: () => put('pods/d/a', 'x'), current: 2 },
        { why: 'an old revision', write: () => put('pods/d/b', 'x', 3), current: 4 },
        { why: 'a revision of nothing', write: () => put('pods/d/none', 'x', 3), current: undefined },
        { why: 'deleting an old revision', write: () => del('pods/d/b', 3), current: 4 },
        { why: 'deleting nothing', write: () => del('pods/d/none', 0), current: undefined },
      ])('answers conflict for $why and writes nothing', async ({ write, current }) => {
        const id = await fresh();
        await store.commit(id, [put('pods/d/a', 'one')]);
        await store.commit(id, [put('pods/d/b', 'one')]);
        await store.commit(id, [put('pods/d/b', 'two', 3)]);
        const error = await store.commit(id, [put('pods/d/new', 'x'), write()]).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: 'StoreError', code: 'conflict' });
        expect((error as StoreError).found?.current?.revision).toBe(current);
        expect(await store.head(id)).toBe(4);
        expect(await store.get(id, 'pods/d/new')).toBeUndefined();
      });

      it('takes several writes of one key in one commit, in order', async () => {
        const id = await fresh();
        await store.commit(id, [put('pods/d/a', 'one'), put('pods/d/a', 'two', 2), del('pods/d/a', 3, 'three')]);
        await store.commit(id, [put('pods/d/a', 'four'), put('pods/d/a', 'five', 5)]);
        expect(await store.get(id, 'pods/d/a')).toMatchObject({ revision: 6 });
        const sink = new RecordingSink();
        await store.watch(id, 'pods/', revision(1), sink);
        expect(await sink.until(5)).toEqual([
          'ADDED pods/d/a@2=one',
          'MODIFIED pods/d/a@3=two',
          'DELETED pods/d/a@4=three',
          'ADDED pods/d/a@5=four',
          'MODIFIED pods/d/a@6=five',
        ]);
        expect(await at(id, 3)).toEqual(['pods/d/a@3=two']);
        expect(await at(id, 4)).toEqual([]);
        expect(await at(id, 5)).toEqual(['pods/d/a@5=four']);
      });

      it('lets exactly one of many concurrent creates and updates win', async () => {
        const id = await fresh();
        const creates = await Promise.all(
          Array.from({ length: 20 }, (_, i) => codeOf(store.commit(id, [put('pods/d/a', `c${i}`)]))),
        );
        expect(creates.filter((code) => code === undefined)).toHaveLength(1);
        expect(new Set(creates)).toEqual(new Set([undefined, 'conflict']));
        const updates = await Promise.all(
          Array.from({ length: 20 }, (_, i) => codeOf(store.commit(id, [put('pods/d/a', `u${i}`, 2)]))),
        );
        expect(updates.filter((code) => code === undefined)).toHaveLength(1);
        expect(await store.head(id)).toBe(3);
      });

      it('counts bytes, not characters, against the limit of one object', async () => {
        const id = await fresh();
        const big = (pad: string, times: number) => [put('pods/d/a', 'x', 0, { text: textOf('a', pad.repeat(times)) })];
        expect(await codeOf(store.commit(id, big('é', 800_000)))).toBe('too-large');
        expect(await codeOf(store.commit(id, big('x', 1_600_000)))).toBe('too-large');
        expect(await codeOf(store.commit(id, big('x', 1_500_000)))).toBeUndefined();
      });

      it('keeps hostile text and keys as they are', async () => {
        const id = await fresh();
        const value = 'nul \u0000, quote ", slot "resourceVersion":"", ~1 tilde, \\ and \u{1F600} {a,b} NULL';
        for (const key of ['pods/d/__proto__', 'pods/constructor/x', 'roles/d/ünï {"a,b"}\\', '__proto__/a/b']) {
          await store.commit(id, [put(key, value)]);
          await store.evict(id);
          expect(valueOf((await store.get(id, key))!.text)).toBe(value);
          expect((await store.get(id, key))!.facets).toEqual({ labels: { value } });
        }
        expect(await store.get(id, 'toString/a/b')).toBeUndefined();
      });

      it('keeps encrypted objects through update, eviction and the past', async () => {
        const id = await fresh();
        await store.commit(id, [put('secrets/d/a', 'one', 0, { encrypted: true })]);
        await store.commit(id, [put('secrets/d/a', 'two', 2, { encrypted: true })]);
        await store.evict(id);
        expect(await store.get(id, 'secrets/d/a')).toMatchObject({ revision: 3, encrypted: true });
        expect(await at(id, 2, 'secrets/')).toEqual(['secrets/d/a@2=one']);
        expect(await at(id, 3, 'secrets/')).toEqual(['secrets/d/a@3=two']);
      });
    });

    describe('list', () => {
      it('is in byte order, by prefix, paged', async () => {
        const id = await fresh();
        // U+FF5E sorts before U+1F600 by bytes, after it by UTF-16 units.
        const keys = [
          'pods/b/x',
          'pods/a/y',
          'pods/a/x',
          'pods/a-b/x',
          'pods/a/\u{1F600}',
          'pods/a/\uFF5E',
          'podsx/a/x',
        ];
        await store.commit(
          id,
          keys.map((key) => put(key, 'one')),
        );
        const names = async (prefix: string) => (await store.list(id, { prefix })).items.map((item) => item.key);
        expect(await names('pods/')).toEqual([
          'pods/a-b/x',
          'pods/a/x',
          'pods/a/y',
          'pods/a/\uFF5E',
          'pods/a/\u{1F600}',
          'pods/b/x',
        ]);
        expect(await names('pods/a/')).toEqual(['pods/a/x', 'pods/a/y', 'pods/a/\uFF5E', 'pods/a/\u{1F600}']);
        expect(await names('nodes/')).toEqual([]);
        const page = await store.list(id, { prefix: 'pods/', limit: 2, after: 'pods/a/x' });
        expect(page.items.map((item) => item.key)).toEqual(['pods/a/y', 'pods/a/\uFF5E']);
        expect(page).toMatchObject({ revision: 8, remaining: 2 });
        const last = await store.list(id, { prefix: 'pods/', limit: 2, after: 'pods/a/\uFF5E' });
        expect(last.items).toHaveLength(2);
        expect(last.remaining).toBeUndefined();
      });

      it('filters before it counts to the limit', async () => {
        const id = await fresh();
        await store.commit(
          id,
          Array.from({ length: 30 }, (_, i) => put(`pods/d/${String(i).padStart(2, '0')}`, `${i % 3}`)),
        );
        const matches = (object: { facets: { labels?: Readonly<Record<string, string>> } }) =>
          object.facets.labels?.['value'] === '1';
        const page = await store.list(id, { prefix: 'pods/', limit: 4, matches });
        expect(page.items.map((item) => item.key)).toEqual(['pods/d/01', 'pods/d/04', 'pods/d/07', 'pods/d/10']);
        expect(page.remaining).toBeGreaterThan(0);
      });

      it('pages through one revision while others write', async () => {
        const id = await fresh();
        const names = Array.from({ length: 1200 }, (_, i) => `pods/d/${String(i).padStart(4, '0')}`);
        await store.commit(
          id,
          names.map((key) => put(key, 'one')),
        );
        const first = await store.list(id, { prefix: 'pods/', limit: 500 });
        expect(first.remaining).toBe(700);
        await store.commit(id, [del(names[600]!, 602), put(names[601]!, 'two', 603), put('pods/d/0600x', 'new')]);
        const seen = first.items.map((item) => item.key);
        for (let page = first; page.remaining !== undefined;) {
          const after = page.items[page.items.length - 1]!.key;
          page = await store.list(id, { prefix: 'pods/', limit: 500, after, at: first.revision });
          expect(page.revision).toBe(first.revision);
          seen.push(...page.items.map((item) => item.key));
        }
        expect(seen).toEqual(names);
      });
    });

    describe('the past', () => {
      it('tells the state at every revision', async () => {
        const id = await fresh();
        await store.commit(id, [put('pods/d/a', 'one')]);
        await store.commit(id, [put('pods/d/b', 'one')]);
        await store.commit(id, [put('pods/d/a', 'two', 2)]);
        await store.commit(id, [del('pods/d/b', 3)]);
        await store.commit(id, [put('pods/d/b', 'two')]);
        for (const evicted of [false, true]) {
          if (evicted) await store.evict(id);
          expect(await at(id, 1)).toEqual([]);
          expect(await at(id, 2)).toEqual(['pods/d/a@2=one']);
          expect(await at(id, 3)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
          expect(await at(id, 4)).toEqual(['pods/d/a@4=two', 'pods/d/b@3=one']);
          expect(await at(id, 5)).toEqual(['pods/d/a@4=two']);
          expect(await at(id, 6)).toEqual(['pods/d/a@4=two', 'pods/d/b@6=two']);
          expect(valueOf((await store.get(id, 'pods/d/a', revision(3)))!.text)).toBe('one');
          expect(await store.get(id, 'pods/d/b', revision(5))).toBeUndefined();
        }
      });

      it('ends at the compacted revision and at the head', async () => {
        const id = await fresh();
        for (let i = 0; i < 5; i++) await store.commit(id, [put(`pods/d/${i}`, 'one')]);
        await store.compact(id, revision(4));
        expect(await store.compacted(id)).toBe(4);
        for (const evicted of [false, true]) {
          if (evicted) await store.evict(id);
          expect(await at(id, 4)).toHaveLength(3);
          const past = await store.list(id, { prefix: 'pods/', at: revision(3) }).catch((error: unknown) => error);
          expect(past).toMatchObject({ code: 'compacted', found: { oldest: 4 } });
          expect(await codeOf(store.get(id, 'pods/d/0', revision(3)))).toBe('compacted');
          expect(await codeOf(store.watch(id, 'pods/', revision(3), new RecordingSink()))).toBe('compacted');
          expect(await codeOf(store.get(id, 'pods/d/0', revision(7)))).toBe('future-revision');
        }
        const sink = new RecordingSink();
        await store.watch(id, 'pods/', revision(4), sink);
        expect(await sink.until(2)).toEqual(['ADDED pods/d/3@5=one', 'ADDED pods/d/4@6=one']);
        expect(await codeOf(store.compact(id, revision(2)))).toBeUndefined();
        expect(await store.compacted(id)).toBe(4);
      });

      it('puts a state back as new revisions', async () => {
        const id = await fresh();
        await store.commit(id, [
          put('pods/d/a', 'one'),
          put('pods/d/b', 'one'),
          put('secrets/d/s', 'one', 0, { encrypted: true }),
        ]);
        await store.commit(id, [
          put('pods/d/a', 'two', 2),
          del('pods/d/b', 3),
          put('pods/d/c', 'one'),
          put('secrets/d/s', 'two', 4, { encrypted: true }),
        ]);
        const sink = new RecordingSink();
        await store.watch(id, 'pods/', revision(8), sink);
        expect(await store.rewind(id, revision(4))).toBe(12);
        const page = await store.list(id, { prefix: '' });
        expect(page.items.map((item) => [item.key, valueOf(item.text), item.encrypted])).toEqual([
          ['pods/d/a', 'one', undefined],
          ['pods/d/b', 'one', undefined],
          ['secrets/d/s', 'one', true],
        ]);
        for (const item of page.items) expect(item.text).toContain(`"resourceVersion":"${item.revision}"`);
        await sink.until(3);
        expect(sink.seen.map((event) => `${event.type} ${event.object.key}`).sort()).toEqual([
          'ADDED pods/d/b',
          'DELETED pods/d/c',
          'MODIFIED pods/d/a',
        ]);
        expect(await store.rewind(id, revision(12))).toBe(12);
      });
    });

    describe('watch', () => {
      it('gives the past, then the present, of its prefix only', async () => {
        const id = await fresh();
        await store.commit(id, [put('pods/a/x', 'one'), put('nodes/n', 'one')]);
        await store.commit(id, [put('pods/b/x', 'one')]);
        const all = new RecordingSink();
        const one = new RecordingSink();
        await store.watch(id, 'pods/', revision(1), all);
        await store.watch(id, 'pods/a/', revision(2), one);
        await store.commit(id, [put('pods/a/x', 'two', 2), del('pods/b/x', 4)]);
        expect(await all.until(4)).toEqual([
          'ADDED pods/a/x@2=one',
          'ADDED pods/b/x@4=one',
          'MODIFIED pods/a/x@5=two',
          'DELETED pods/b/x@6=gone',
        ]);
        expect(await one.until(1)).toEqual(['MODIFIED pods/a/x@5=two']);
        expect(one.seen[0]!.previous).toEqual({ labels: { value: 'one' } });
        expect(all.seen[0]!.previous).toBeUndefined();
      });

      it('has told its watchers before it answers the writer', async () => {
        const id = await fresh();
        const sink = new RecordingSink();
        await store.watch(id, 'pods/', revision(1), sink);
        await store.commit(id, [put('pods/d/a', 'one')]);
        expect(sink.shown).toEqual(['ADDED pods/d/a@2=one']);
      });

      it('says nothing of revisions up to a future start', async () => {
        const id = await fresh();
        const sink = new RecordingSink();
        await store.watch(id, 'pods/', revision(3), sink);
        for (let i = 0; i < 4; i++) await store.commit(id, [put(`pods/d/${i}`, 'one')]);
        expect(sink.shown).toEqual(['ADDED pods/d/2@4=one', 'ADDED pods/d/3@5=one']);
      });

      it('is ordered, unique and without gap for watchers that come and go under load', async () => {
        const id = await fresh();
        const sinks: { sink: RecordingSink; after: number }[] = [];
        const writer = async (worker: number) => {
          for (let i = 0; i < 25; i++) {
            await store.commit(id, [put(`pods/d/${worker}-${i}`, 'one')]);
            if (i % 5 !== worker) continue;
            const after = (await store.head(id)) - i;
            const sink = new RecordingSink();
            sinks.push({ sink, after: Math.max(1, after) });
            await store.watch(id, 'pods/', revision(Math.max(1, after)), sink);
          }
        };
        await Promise.all([0, 1, 2, 3, 4].map(writer));
        const head = await store.head(id);
        expect(head).toBe(126);
        for (const { sink, after } of sinks) {
          const expected = Array.from({ length: head - after }, (_, i) => after + 1 + i);
          expect(sink.seen.map((event) => event.object.revision)).toEqual(expected);
        }
      });

      it('ends once, at cancel or with its sandbox', async () => {
        const id = await fresh();
        const [cancelled, ended] = [new RecordingSink(), new RecordingSink()];
        const watch = await store.watch(id, 'pods/', revision(1), cancelled);
        await store.watch(id, 'pods/', revision(1), ended);
        watch.cancel();
        watch.cancel();
        await store.commit(id, [put('pods/d/a', 'one')]);
        expect(cancelled.shown).toEqual([]);
        await store.deleteSandbox(id);
        expect([cancelled.ends, ended.ends]).toEqual([[undefined], ['no-such-sandbox']]);
      });
    });

    describe('lives of sandboxes', () => {
      it('creates once, deletes idempotently, and starts anew', async () => {
        const id = await fresh();
        await store.commit(id, [put('pods/d/a', 'one')]);
        expect(await codeOf(store.createSandbox(id))).toBe('exists');
        await store.deleteSandbox(id);
        await store.deleteSandbox(id);
        for (const call of [
          store.head(id),
          store.get(id, 'pods/d/a'),
          store.commit(id, [put('pods/d/a', 'x')]),
          store.snapshot(id),
        ]) {
          expect(await codeOf(call)).toBe('no-such-sandbox');
        }
        expect(await store.createSandbox(id)).toBe(1);
        expect(await at(id, 1)).toEqual([]);
      });

      it('forks: a new sandbox stands on a snapshot and goes its own way', async () => {
        const origin = await fresh();
        await store.commit(origin, [
          put('pods/d/a', 'one'),
          put('pods/d/b', 'one'),
          put('secrets/d/s', 's3cret', 0, { encrypted: true }),
        ]);
        const base = await store.snapshot(origin);
        await store.commit(origin, [put('pods/d/a', 'origin', 2)]);
        const fork = sandboxId(`fork-${++count}`)!;
        expect(await store.createSandbox(fork, base)).toBe(4);
        expect(await at(fork, 4)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
        expect(await store.compacted(fork)).toBe(4);
        await store.commit(fork, [put('pods/d/a', 'fork', 2), del('pods/d/b', 3), put('pods/d/c', 'one')]);
        for (const evicted of [false, true]) {
          if (evicted) await store.evict(fork);
          expect(await at(fork, 7)).toEqual(['pods/d/a@5=fork', 'pods/d/c@7=one']);
          expect(await at(fork, 5)).toEqual(['pods/d/a@5=fork', 'pods/d/b@3=one']);
          expect(await at(fork, 4)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
          expect(valueOf((await store.get(fork, 'secrets/d/s'))!.text)).toBe('s3cret');
        }
        await store.commit(fork, [put('pods/d/b', 'again')]);
        expect(await at(fork, 8)).toEqual(['pods/d/a@5=fork', 'pods/d/b@8=again', 'pods/d/c@7=one']);
        expect(await at(origin, 5)).toEqual(['pods/d/a@5=origin', 'pods/d/b@3=one']);
      });

      it('snapshots the past and snapshots of forks, flattened, independent of their origin', async () => {
        const origin = await fresh();
        await store.commit(origin, [put('pods/d/a', 'one'), put('secrets/d/s', 'old', 0, { encrypted: true })]);
        await store.commit(origin, [put('pods/d/a', 'two', 2), put('secrets/d/s', 'new', 3, { encrypted: true })]);
        const past = await store.snapshot(origin, revision(3));
        const second = sandboxId(`fork-${++count}`)!;
        await store.createSandbox(second, past);
        await store.commit(second, [put('pods/d/b', 'one'), del('pods/d/a', 2)]);
        await store.deleteSandbox(origin);
        const flat = await store.snapshot(second);
        await store.deleteSandbox(second);
        const third = sandboxId(`fork-${++count}`)!;
        expect(await store.createSandbox(third, flat)).toBe(5);
        const { items } = await store.list(third, { prefix: '' });
        expect(items.map((item) => `${item.key}=${valueOf(item.text)}`)).toEqual(['pods/d/b=one', 'secrets/d/s=old']);
      });

      it('knows which snapshots are there', async () => {
        const id = await fresh();
        await store.commit(id, [put('pods/d/a', 'one')]);
        const base = await store.snapshot(id);
        const fork = sandboxId(`fork-${++count}`)!;
        await store.createSandbox(fork, base);
        await store.deleteSnapshot(base);
        await store.deleteSnapshot(base);
        expect(await codeOf(store.createSandbox(sandboxId(`fork-${++count}`)!, base))).toBe('no-such-snapshot');
        await store.evict(fork);
        expect(await at(fork, 2)).toEqual(['pods/d/a@2=one']);
      });

      it('keeps sandboxes apart', async () => {
        const [a, b] = [await fresh(), await fresh()];
        const sink = new RecordingSink();
        await store.watch(b, 'pods/', revision(1), sink);
        await store.commit(a, [put('pods/d/a', 'one')]);
        expect(await store.get(b, 'pods/d/a')).toBeUndefined();
        expect(await store.head(b)).toBe(1);
        expect(sink.shown).toEqual([]);
      });
    });
  });
}
