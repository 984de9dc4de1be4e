import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import type { FoundEvent, WatchReceiver } from './request.js';
import { aSpecCluster } from './spec-cluster.js';

type ConfigMap = KubeObject & { data?: Record<string, string> };
const aConfigMap = (name: string, data = 'x') => ({ metadata: { name }, data: { key: data } });
const bytes = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)), format: 'json' as const });

describe('createRegistry', () => {
  it('creates, reads, lists, updates, patches and deletes', async () => {
    const { verbs, ctx, target } = await aSpecCluster();
    const made = await verbs.create(ctx(), target('configmaps'), bytes(aConfigMap('a')), {});
    expect(JSON.parse(made.text)).toMatchObject({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'a', namespace: 'default', resourceVersion: '2', uid: expect.any(String) },
      data: { key: 'x' },
    });
    expect(JSON.parse((await verbs.get(ctx(), target('configmaps', 'a'))).text)).toEqual(made.object());
    const page = await verbs.list(ctx(), target('configmaps'), {});
    expect(page.resourceVersion).toBe('2');
    expect(page.items.map((found) => found.object().metadata.name)).toEqual(['a']);

    const changed = { ...(made.object() as ConfigMap), data: { key: 'y' } };
    const updated = await verbs.update(ctx(), target('configmaps', 'a'), bytes(changed), {});
    expect(updated.object().metadata.resourceVersion).toBe('3');
    const again = await verbs.update(ctx(), target('configmaps', 'a'), bytes(updated.object()), {});
    expect(again.object().metadata.resourceVersion).toBe('3');
    await expect(verbs.update(ctx(), target('configmaps', 'a'), bytes(changed), {})).rejects.toMatchObject({
      code: 409,
      message:
        'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    });

    const patched = await verbs.patch(
      ctx(),
      target('configmaps', 'a'),
      'strategic',
      bytes({ data: { more: 'z' } }),
      {},
    );
    expect((patched.object() as ConfigMap).data).toEqual({ key: 'y', more: 'z' });

    const { gone, text } = await verbs.delete(ctx(), target('configmaps', 'a'), {});
    expect(gone).toBe(true);
    expect(JSON.parse(text)).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid: made.object().metadata.uid },
    });
    await expect(verbs.get(ctx(), target('configmaps', 'a'))).rejects.toMatchObject({
      code: 404,
      message: 'configmaps "a" not found',
    });
  });

  it('gives the initial state and then every change once, with shared events', async () => {
    const { verbs, ctx, target, create } = await aSpecCluster();
    await create('configmaps', aConfigMap('a'));
    const seen: FoundEvent[][] = [[], []];
    const receiver = (into: FoundEvent[]): WatchReceiver => ({
      events: (batch) => void into.push(...batch),
      initialEventsEnd: () => {},
      closed: () => {},
    });
    await verbs.watch(ctx(), target('configmaps'), {}, receiver(seen[0]!));
    const second = await verbs.watch(ctx(), target('configmaps'), { resourceVersion: '2' }, receiver(seen[1]!));
    await create('configmaps', aConfigMap('b'));
    await verbs.delete(ctx(), target('configmaps', 'a'), {});
    const names = (events: FoundEvent[]) => events.map(({ type, found }) => `${type} ${found.object().metadata.name}`);
    expect(names(seen[0]!)).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    expect(names(seen[1]!)).toEqual(['ADDED b', 'DELETED a']);
    expect(seen[0]![1]).toBe(seen[1]![0]);
    expect(second.resourceVersion()).toBe('4');
  });
});
