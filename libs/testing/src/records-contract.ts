import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import type { SandboxRecord, SandboxRecords, SnapshotId } from '#storage';

/** What every SandboxRecords must do. `makeRecords` is called once; the suite closes what it gives. */
export function recordsContract(name: string, makeRecords: () => Promise<SandboxRecords>): void {
  describe(`records contract: ${name}`, () => {
    let records: SandboxRecords;
    const id = (text: string) => sandboxId(text) as SandboxId;

    beforeAll(async () => {
      records = await makeRecords();
    });
    afterAll(() => records.close());

    it('gives back what was created', async () => {
      const full: SandboxRecord = {
        id: id('a.full'),
        seed: 'seed',
        admission: { enable: ['AlwaysPullImages'] },
        clock: { rate: 2, paused: false, virtualMs: 1_700_000_000_123, atRealMs: 1_700_000_000_000 },
        base: 'snapshot' as SnapshotId,
        credentials: '{"ca":"…"}',
        deleting: true,
      };
      await records.create(full);
      await records.create({ id: id('a.bare'), seed: '' });
      expect(await records.get(id('a.full'))).toEqual(full);
      expect(await records.get(id('a.bare'))).toEqual({ id: 'a.bare', seed: '' });
      expect(await records.get(id('a.none'))).toBeUndefined();
      await expect(records.create(full)).rejects.toMatchObject({ code: 'exists' });
    });

    it('changes what is named and nothing else', async () => {
      await records.create({ id: id('b'), seed: 'seed', credentials: 'one' });
      await records.update(id('b'), { deleting: true });
      await records.update(id('b'), { credentials: 'two' });
      expect(await records.get(id('b'))).toEqual({ id: 'b', seed: 'seed', credentials: 'two', deleting: true });
      await expect(records.update(id('b.none'), { seed: 'x' })).rejects.toMatchObject({ code: 'no-such-sandbox' });
    });

    it('lists in byte order, in pages', async () => {
      for (const name of ['c.b', 'c-b', 'c.a', 'ca']) await records.create({ id: id(name), seed: '' });
      const ids = (page: readonly SandboxRecord[]) => page.map((record) => record.id);
      expect(ids(await records.list({ after: id('c') }))).toEqual(['c-b', 'c.a', 'c.b', 'ca']);
      expect(ids(await records.list({ after: id('c-b'), limit: 2 }))).toEqual(['c.a', 'c.b']);
    });

    it('deletes once and for all', async () => {
      await records.create({ id: id('d'), seed: '' });
      await records.delete(id('d'));
      await records.delete(id('d'));
      expect(await records.get(id('d'))).toBeUndefined();
    });
  });
}
