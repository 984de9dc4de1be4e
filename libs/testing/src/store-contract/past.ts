import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import { type ContractWorld, codeOf, del, put, RecordingSink, valueOf } from './support.js';

export function pastContract(world: ContractWorld): void {
  const { fresh, at } = world;
  describe('the past', () => {
    it('tells the state at every revision', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      await world.store.commit(id, [put('pods/d/b', 'one')]);
      await world.store.commit(id, [put('pods/d/a', 'two', 2)]);
      await world.store.commit(id, [del('pods/d/b', 3)]);
      await world.store.commit(id, [put('pods/d/b', 'two')]);
      for (const evicted of [false, true]) {
        if (evicted) await world.store.evict(id);
        expect(await at(id, 1)).toEqual([]);
        expect(await at(id, 2)).toEqual(['pods/d/a@2=one']);
        expect(await at(id, 3)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
        expect(await at(id, 4)).toEqual(['pods/d/a@4=two', 'pods/d/b@3=one']);
        expect(await at(id, 5)).toEqual(['pods/d/a@4=two']);
        expect(await at(id, 6)).toEqual(['pods/d/a@4=two', 'pods/d/b@6=two']);
        expect(valueOf((await world.store.get(id, 'pods/d/a', revision(3)))!.text)).toBe('one');
        expect(await world.store.get(id, 'pods/d/b', revision(5))).toBeUndefined();
      }
    });

    it('ends at the compacted revision and at the head', async () => {
      const id = await fresh();
      for (let i = 0; i < 5; i++) await world.store.commit(id, [put(`pods/d/${i}`, 'one')]);
      await world.store.compact(id, revision(4));
      expect(await world.store.compacted(id)).toBe(4);
      for (const evicted of [false, true]) {
        if (evicted) await world.store.evict(id);
        expect(await at(id, 4)).toHaveLength(3);
        const past = await world.store.list(id, { prefix: 'pods/', at: revision(3) }).catch((error: unknown) => error);
        expect(past).toMatchObject({ code: 'compacted', found: { oldest: 4 } });
        expect(await codeOf(world.store.get(id, 'pods/d/0', revision(3)))).toBe('compacted');
        expect(await codeOf(world.store.watch(id, 'pods/', revision(3), new RecordingSink()))).toBe('compacted');
        expect(await codeOf(world.store.get(id, 'pods/d/0', revision(7)))).toBe('future-revision');
      }
      const sink = new RecordingSink();
      await world.store.watch(id, 'pods/', revision(4), sink);
      expect(await sink.until(2)).toEqual(['ADDED pods/d/3@5=one', 'ADDED pods/d/4@6=one']);
      expect(await codeOf(world.store.compact(id, revision(2)))).toBeUndefined();
      expect(await world.store.compacted(id)).toBe(4);
    });

    it('puts a state back as new revisions', async () => {
      const id = await fresh();
      await world.store.commit(id, [
        put('pods/d/a', 'one'),
        put('pods/d/b', 'one'),
        put('secrets/d/s', 'one', 0, { encrypted: true }),
      ]);
      await world.store.commit(id, [
        put('pods/d/a', 'two', 2),
        del('pods/d/b', 3),
        put('pods/d/c', 'one'),
        put('secrets/d/s', 'two', 4, { encrypted: true }),
      ]);
      const sink = new RecordingSink();
      await world.store.watch(id, 'pods/', revision(8), sink);
      expect(await world.store.rewind(id, revision(4))).toBe(12);
      const page = await world.store.list(id, { prefix: '' });
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
      expect(await world.store.rewind(id, revision(12))).toBe(12);
    });
  });
}
