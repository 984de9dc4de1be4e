import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import { type StoreError } from '#storage';
import { type ContractWorld, codeOf, del, put, RecordingSink, textOf, valueOf } from './support.js';

export function commitContract(world: ContractWorld): void {
  const { fresh, at } = world;
  describe('commit and get', () => {
    it('gives dense revisions and fills the slot', async () => {
      const id = await fresh();
      expect(await world.store.head(id)).toBe(1);
      const [a, b] = await world.store.commit(id, [put('pods/d/a', 'one'), put('pods/d/b', 'two')]);
      expect([a!.revision, b!.revision]).toEqual([2, 3]);
      expect(a!.text).toContain('"resourceVersion":"2"');
      expect(await world.store.get(id, 'pods/d/b')).toEqual(b);
      expect(await world.store.head(id)).toBe(3);
      expect(await world.store.get(id, 'pods/d/c')).toBeUndefined();
    });

    it.each([
      { why: 'creating what exists', write: () => put('pods/d/a', 'x'), current: 2 },
      { why: 'an old revision', write: () => put('pods/d/b', 'x', 3), current: 4 },
      { why: 'a revision of nothing', write: () => put('pods/d/none', 'x', 3), current: undefined },
      { why: 'deleting an old revision', write: () => del('pods/d/b', 3), current: 4 },
      { why: 'deleting nothing', write: () => del('pods/d/none', 0), current: undefined },
    ])('answers conflict for $why and writes nothing', async ({ write, current }) => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      await world.store.commit(id, [put('pods/d/b', 'one')]);
      await world.store.commit(id, [put('pods/d/b', 'two', 3)]);
      const error = await world.store.commit(id, [put('pods/d/new', 'x'), write()]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ name: 'StoreError', code: 'conflict' });
      expect((error as StoreError).found?.current?.revision).toBe(current);
      expect(await world.store.head(id)).toBe(4);
      expect(await world.store.get(id, 'pods/d/new')).toBeUndefined();
    });

    it('takes several writes of one key in one commit, in order', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/d/a', 'one'), put('pods/d/a', 'two', 2), del('pods/d/a', 3, 'three')]);
      await world.store.commit(id, [put('pods/d/a', 'four'), put('pods/d/a', 'five', 5)]);
      expect(await world.store.get(id, 'pods/d/a')).toMatchObject({ revision: 6 });
      const sink = new RecordingSink();
      await world.store.watch(id, 'pods/', revision(1), sink);
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
        Array.from({ length: 20 }, (_, i) => codeOf(world.store.commit(id, [put('pods/d/a', `c${i}`)]))),
      );
      expect(creates.filter((code) => code === undefined)).toHaveLength(1);
      expect(new Set(creates)).toEqual(new Set([undefined, 'conflict']));
      const updates = await Promise.all(
        Array.from({ length: 20 }, (_, i) => codeOf(world.store.commit(id, [put('pods/d/a', `u${i}`, 2)]))),
      );
      expect(updates.filter((code) => code === undefined)).toHaveLength(1);
      expect(await world.store.head(id)).toBe(3);
    });

    it('counts bytes, not characters, against the limit of one object', async () => {
      const id = await fresh();
      const big = (pad: string, times: number) => [put('pods/d/a', 'x', 0, { text: textOf('a', pad.repeat(times)) })];
      expect(await codeOf(world.store.commit(id, big('é', 800_000)))).toBe('too-large');
      expect(await codeOf(world.store.commit(id, big('x', 1_600_000)))).toBe('too-large');
      expect(await codeOf(world.store.commit(id, big('x', 1_500_000)))).toBeUndefined();
    });

    it('keeps hostile text and keys as they are', async () => {
      const id = await fresh();
      const value = 'nul \u0000, quote ", slot "resourceVersion":"", ~1 tilde, \\ and \u{1F600} {a,b} NULL';
      for (const key of ['pods/d/__proto__', 'pods/constructor/x', 'roles/d/ünï {"a,b"}\\', '__proto__/a/b']) {
        await world.store.commit(id, [put(key, value)]);
        await world.store.evict(id);
        expect(valueOf((await world.store.get(id, key))!.text)).toBe(value);
        expect((await world.store.get(id, key))!.facets).toEqual({ labels: { value } });
      }
      expect(await world.store.get(id, 'toString/a/b')).toBeUndefined();
    });

    it('keeps encrypted objects through update, eviction and the past', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('secrets/d/a', 'one', 0, { encrypted: true })]);
      await world.store.commit(id, [put('secrets/d/a', 'two', 2, { encrypted: true })]);
      await world.store.evict(id);
      expect(await world.store.get(id, 'secrets/d/a')).toMatchObject({ revision: 3, encrypted: true });
      expect(await at(id, 2, 'secrets/')).toEqual(['secrets/d/a@2=one']);
      expect(await at(id, 3, 'secrets/')).toEqual(['secrets/d/a@3=two']);
    });
  });
}
