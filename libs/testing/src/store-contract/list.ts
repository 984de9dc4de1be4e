import { describe, expect, it } from '@jest/globals';
import { type ContractWorld, del, put } from './support.js';

export function listContract(world: ContractWorld): void {
  const { fresh } = world;
  describe('list', () => {
    it('is in byte order, by prefix, paged', async () => {
      const id = await fresh();
      // U+FF5E sorts before U+1F600 by bytes, after it by UTF-16 units.
      const keys = ['pods/b/x', 'pods/a/y', 'pods/a/x', 'pods/a-b/x', 'pods/a/\u{1F600}', 'pods/a/\uFF5E', 'podsx/a/x'];
      await world.store.commit(
        id,
        keys.map((key) => put(key, 'one')),
      );
      const names = async (prefix: string) => (await world.store.list(id, { prefix })).items.map((item) => item.key);
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
      const page = await world.store.list(id, { prefix: 'pods/', limit: 2, after: 'pods/a/x' });
      expect(page.items.map((item) => item.key)).toEqual(['pods/a/y', 'pods/a/\uFF5E']);
      expect(page).toMatchObject({ revision: 8, remaining: 2 });
      const last = await world.store.list(id, { prefix: 'pods/', limit: 2, after: 'pods/a/\uFF5E' });
      expect(last.items).toHaveLength(2);
      expect(last.remaining).toBeUndefined();
    });

    it('filters before it counts to the limit', async () => {
      const id = await fresh();
      await world.store.commit(
        id,
        Array.from({ length: 30 }, (_, i) => put(`pods/d/${String(i).padStart(2, '0')}`, `${i % 3}`)),
      );
      const matches = (object: { facets: { labels?: Readonly<Record<string, string>> } }) =>
        object.facets.labels?.['value'] === '1';
      const page = await world.store.list(id, { prefix: 'pods/', limit: 4, matches });
      expect(page.items.map((item) => item.key)).toEqual(['pods/d/01', 'pods/d/04', 'pods/d/07', 'pods/d/10']);
      expect(page.remaining).toBeGreaterThan(0);
    });

    it('pages through one revision while others write', async () => {
      const id = await fresh();
      const names = Array.from({ length: 1200 }, (_, i) => `pods/d/${String(i).padStart(4, '0')}`);
      await world.store.commit(
        id,
        names.map((key) => put(key, 'one')),
      );
      const first = await world.store.list(id, { prefix: 'pods/', limit: 500 });
      expect(first.remaining).toBe(700);
      await world.store.commit(id, [del(names[600]!, 602), put(names[601]!, 'two', 603), put('pods/d/0600x', 'new')]);
      const seen = first.items.map((item) => item.key);
      for (let page = first; page.remaining !== undefined;) {
        const after = page.items[page.items.length - 1]!.key;
        page = await world.store.list(id, { prefix: 'pods/', limit: 500, after, at: first.revision });
        expect(page.revision).toBe(first.revision);
        seen.push(...page.items.map((item) => item.key));
      }
      expect(seen).toEqual(names);
    });
  });
}
