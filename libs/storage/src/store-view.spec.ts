import { describe, expect, it } from '@jest/globals';
import type { SandboxId } from '#base';
import { memoryStore } from './memory-store.js';
import { type Store, StoreError, type StoreWatch, type WatchSink } from './store.js';
import { StoreView } from './store-view.js';

const sandbox = '00000000-0000-4000-8000-000000000001' as SandboxId;

async function aStore(): Promise<Store> {
  const store = memoryStore();
  await store.createSandbox(sandbox);
  return store;
}

async function put(store: Store, key: string): Promise<void> {
  await store.commit(sandbox, [{ key, expected: 0, op: 'put', text: '{}', facets: {} }]);
}

/** The keys below two prefixes, and how often their holder was told of changes. */
function aView(store: Pick<Store, 'list' | 'watch'>) {
  const keys = new Set<string>();
  const told = { begin: 0, changed: 0 };
  const set = (key: string, object: unknown) => void (object ? keys.add(key) : keys.delete(key));
  const view = new StoreView(store, sandbox, {
    prefixes: ['pods/', 'secrets/'].map((prefix) => ({ prefix, set })),
    begin() {
      told.begin++;
      keys.clear();
    },
    changed: () => void told.changed++,
  });
  return { view, told, keys: () => [...keys].toSorted() };
}

/** As `store`; `sinks` can end its watches, and the nth watch may fail. */
function breakable(store: Store) {
  const sinks: WatchSink[] = [];
  const open = new Set<StoreWatch>();
  const fails = { at: -1 };
  const wrapped: Pick<Store, 'list' | 'watch'> = {
    list: (...args) => store.list(...args),
    async watch(id, prefix, after, sink) {
      if (sinks.length === fails.at) throw new StoreError('unavailable', 'gone');
      sinks.push(sink);
      const inner = await store.watch(id, prefix, after, sink);
      const watch: StoreWatch = { cancel: () => (open.delete(watch), inner.cancel()) };
      open.add(watch);
      return watch;
    },
  };
  return { wrapped, sinks, open, fails };
}

describe('a view', () => {
  it('holds what is there, then follows', async () => {
    const store = await aStore();
    await put(store, 'pods/default/a');
    const { view, keys, told } = aView(store);
    await view.ready();
    expect(view.ready()).toBeUndefined();
    await put(store, 'secrets/default/b');
    await put(store, 'nodes//n');
    expect(keys()).toEqual(['pods/default/a', 'secrets/default/b']);
    expect(told).toEqual({ begin: 1, changed: 2 });
  });

  it('reads once for all who ask at once', async () => {
    const { view, told } = aView(await aStore());
    await Promise.all([view.ready(), view.ready()]);
    expect(told.begin).toBe(1);
  });

  it('reads anew after a watch ended, with one watch a prefix', async () => {
    const { wrapped, sinks, open } = breakable(await aStore());
    const { view, told } = aView(wrapped);
    await view.ready();
    sinks[0]!.closed(new StoreError('unavailable', 'gone'));
    expect(open.size).toBe(0);
    await view.ready();
    expect(view.ready()).toBeUndefined();
    expect([told.begin, open.size]).toEqual([2, 2]);
  });

  it('is not current when a watch ended while the rest was read', async () => {
    const { wrapped, sinks } = breakable(await aStore());
    const { view } = aView({
      ...wrapped,
      async watch(...args) {
        if (sinks.length === 1) sinks[0]!.closed();
        return await wrapped.watch(...args);
      },
    });
    await view.ready();
    expect(view.ready()).toBeDefined();
  });

  it('leaves no watch behind when the reading fails', async () => {
    const { wrapped, open, fails } = breakable(await aStore());
    fails.at = 1;
    const { view } = aView(wrapped);
    await expect(view.ready()).rejects.toThrow('gone');
    expect(open.size).toBe(0);
  });

  it('reads for each question once it is closed, and watches nothing', async () => {
    const { wrapped, open } = breakable(await aStore());
    const { view, told, keys } = aView(wrapped);
    await view.ready();
    view.close();
    await view.ready();
    await view.ready();
    expect([told.begin, open.size, keys()]).toEqual([3, 0, []]);
  });
});
