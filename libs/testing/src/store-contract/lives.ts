import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import { type ContractWorld, codeOf, del, put, RecordingSink, valueOf } from './support.js';

export function livesContract(world: ContractWorld): void {
  const { fresh, at } = world;
  describe('lives of sandboxes', () => {
    it('creates once, deletes idempotently, and starts anew', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      expect(await codeOf(world.store.createSandbox(id))).toBe('exists');
      await world.store.deleteSandbox(id);
      await world.store.deleteSandbox(id);
      for (const call of [
        world.store.head(id),
        world.store.get(id, 'pods/d/a'),
        world.store.commit(id, [put('pods/d/a', 'x')]),
        world.store.snapshot(id),
      ]) {
        expect(await codeOf(call)).toBe('no-such-sandbox');
      }
      expect(await world.store.createSandbox(id)).toBe(1);
      expect(await at(id, 1)).toEqual([]);
    });

    it('forks: a new sandbox stands on a snapshot and goes its own way', async () => {
      const origin = await fresh();
      await world.store.commit(origin, [
        put('pods/d/a', 'one'),
        put('pods/d/b', 'one'),
        put('secrets/d/s', 's3cret', 0, { encrypted: true }),
      ]);
      const base = await world.store.snapshot(origin);
      await world.store.commit(origin, [put('pods/d/a', 'origin', 2)]);
      const fork = world.newId('fork');
      expect(await world.store.createSandbox(fork, base)).toBe(4);
      expect(await at(fork, 4)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
      expect(await world.store.compacted(fork)).toBe(4);
      await world.store.commit(fork, [put('pods/d/a', 'fork', 2), del('pods/d/b', 3), put('pods/d/c', 'one')]);
      for (const evicted of [false, true]) {
        if (evicted) await world.store.evict(fork);
        expect(await at(fork, 7)).toEqual(['pods/d/a@5=fork', 'pods/d/c@7=one']);
        expect(await at(fork, 5)).toEqual(['pods/d/a@5=fork', 'pods/d/b@3=one']);
        expect(await at(fork, 4)).toEqual(['pods/d/a@2=one', 'pods/d/b@3=one']);
        expect(valueOf((await world.store.get(fork, 'secrets/d/s'))!.text)).toBe('s3cret');
      }
      await world.store.commit(fork, [put('pods/d/b', 'again')]);
      expect(await at(fork, 8)).toEqual(['pods/d/a@5=fork', 'pods/d/b@8=again', 'pods/d/c@7=one']);
      expect(await at(origin, 5)).toEqual(['pods/d/a@5=origin', 'pods/d/b@3=one']);
    });

    it('snapshots the past and snapshots of forks, flattened, independent of their origin', async () => {
      const origin = await fresh();
      await world.store.commit(origin, [put('pods/d/a', 'one'), put('secrets/d/s', 'old', 0, { encrypted: true })]);
      await world.store.commit(origin, [put('pods/d/a', 'two', 2), put('secrets/d/s', 'new', 3, { encrypted: true })]);
      const past = await world.store.snapshot(origin, revision(3));
      const second = world.newId('fork');
      await world.store.createSandbox(second, past);
      await world.store.commit(second, [put('pods/d/b', 'one'), del('pods/d/a', 2)]);
      await world.store.deleteSandbox(origin);
      const flat = await world.store.snapshot(second);
      await world.store.deleteSandbox(second);
      const third = world.newId('fork');
      expect(await world.store.createSandbox(third, flat)).toBe(5);
      const { items } = await world.store.list(third, { prefix: '' });
      expect(items.map((item) => `${item.key}=${valueOf(item.text)}`)).toEqual(['pods/d/b=one', 'secrets/d/s=old']);
    });

    it('knows which snapshots are there', async () => {
      const id = await fresh();
      await world.store.commit(id, [put('pods/d/a', 'one')]);
      const base = await world.store.snapshot(id);
      const fork = world.newId('fork');
      await world.store.createSandbox(fork, base);
      await world.store.deleteSnapshot(base);
      await world.store.deleteSnapshot(base);
      expect(await codeOf(world.store.createSandbox(world.newId('fork'), base))).toBe('no-such-snapshot');
      await world.store.evict(fork);
      expect(await at(fork, 2)).toEqual(['pods/d/a@2=one']);
    });

    it('keeps sandboxes apart', async () => {
      const [a, b] = [await fresh(), await fresh()];
      const sink = new RecordingSink();
      await world.store.watch(b, 'pods/', revision(1), sink);
      await world.store.commit(a, [put('pods/d/a', 'one')]);
      expect(await world.store.get(b, 'pods/d/a')).toBeUndefined();
      expect(await world.store.head(b)).toBe(1);
      expect(sink.shown).toEqual([]);
    });
  });
}
