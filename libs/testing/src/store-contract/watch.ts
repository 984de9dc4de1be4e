import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import { type ContractWorld, del, put, RecordingSink } from './support.js';

export function watchContract(world: ContractWorld): void {
  const { fresh } = world;
  describe('watch', () => {
    it('gives the past, then the present, of its prefix only', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/a/x', 'one'), put('nodes/n', 'one')]);
      await world.store.commit(id, [put('pods/b/x', 'one')]);
      const all = new RecordingSink();
      const one = new RecordingSink();
      await world.store.watch(id, 'pods/', revision(1), all);
      await world.store.watch(id, 'pods/a/', revision(2), one);
      await world.store.commit(id, [put('pods/a/x', 'two', 2), del('pods/b/x', 4)]);
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
      await world.store.watch(id, 'pods/', revision(1), sink);
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      expect(sink.shown).toEqual(['ADDED pods/d/a@2=one']);
    });

    it('says nothing of revisions up to a future start', async () => {
      const id = await fresh();
      const sink = new RecordingSink();
      await world.store.watch(id, 'pods/', revision(3), sink);
      for (let i = 0; i < 4; i++) await world.store.commit(id, [put(`pods/d/${i}`, 'one')]);
      expect(sink.shown).toEqual(['ADDED pods/d/2@4=one', 'ADDED pods/d/3@5=one']);
    });

    it('is ordered, unique and without gap for watchers that come and go under load', async () => {
      const id = await fresh();
      const sinks: { sink: RecordingSink; after: number }[] = [];
      const writer = async (worker: number) => {
        for (let i = 0; i < 25; i++) {
          await world.store.commit(id, [put(`pods/d/${worker}-${i}`, 'one')]);
          if (i % 5 !== worker) continue;
          const after = (await world.store.head(id)) - i;
          const sink = new RecordingSink();
          sinks.push({ sink, after: Math.max(1, after) });
          await world.store.watch(id, 'pods/', revision(Math.max(1, after)), sink);
        }
      };
      await Promise.all([0, 1, 2, 3, 4].map(writer));
      const head = await world.store.head(id);
      expect(head).toBe(126);
      for (const { sink, after } of sinks) {
        const expected = Array.from({ length: head - after }, (_, i) => after + 1 + i);
        expect(sink.seen.map((event) => event.object.revision)).toEqual(expected);
      }
    });

    it('ends once, at cancel or with its sandbox', async () => {
      const id = await fresh();
      const [cancelled, ended] = [new RecordingSink(), new RecordingSink()];
      const watch = await world.store.watch(id, 'pods/', revision(1), cancelled);
      await world.store.watch(id, 'pods/', revision(1), ended);
      watch.cancel();
      watch.cancel();
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      expect(cancelled.shown).toEqual([]);
      await world.store.deleteSandbox(id);
      expect([cancelled.ends, ended.ends]).toEqual([[undefined], ['no-such-sandbox']]);
    });
  });
}
