import { describe, expect, it } from '@jest/globals';
import type { KubeObject } from '#apimachinery';
import { cacheKeyOf, ObjectCache } from './object-cache.js';

const object = (name: string, more: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}`, ...more },
});
const names = (objects: readonly KubeObject[]) => objects.map(({ metadata }) => metadata.name);
const owner = (uid: string) => [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid }];

function aCache(...objects: KubeObject[]): ObjectCache<KubeObject> {
  const cache = new ObjectCache<KubeObject>();
  for (const each of objects) cache.set(cacheKeyOf(each), each);
  return cache;
}

describe('ObjectCache', () => {
  it('finds by name, namespace, uid and owner', () => {
    const cache = aCache(object('a', { ownerReferences: owner('o') }), object('b', { namespace: 'other' }));
    expect(cache.get('default', 'a')?.metadata.name).toBe('a');
    expect(cache.get('other', 'a')).toBeUndefined();
    expect(names(cache.list())).toEqual(['a', 'b']);
    expect(names(cache.list('other'))).toEqual(['b']);
    expect(cache.byUid('uid-b')?.metadata.name).toBe('b');
    expect(names(cache.ownedBy('o'))).toEqual(['a']);
    expect([cache.count(), cache.count('default'), cache.count('none')]).toEqual([2, 1, 0]);
  });

  it.each([
    ['nothing', undefined, []],
    ['everything', {}, ['a', 'b', 'c']],
    ['one label', { matchLabels: { app: 'web' } }, ['a', 'b']],
    ['two labels', { matchLabels: { app: 'web', tier: 'x' } }, ['b']],
    ['an expression', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, ['a', 'c']],
    [
      'a label and an expression',
      { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
      ['b'],
    ],
    ['none', { matchLabels: { app: 'no' } }, []],
  ])('selects %s', (_what, selector, expected) => {
    const cache = aCache(
      object('a', { labels: { app: 'web' } }),
      object('b', { labels: { app: 'web', tier: 'x' } }),
      object('c', { labels: { constructor: 'x', ['__proto__']: 'y' } }),
      object('d', { namespace: 'other', labels: { app: 'web' } }),
    );
    expect(names(cache.select('default', selector))).toEqual(expected);
  });

  it('keeps every index up through changes and removals', () => {
    const cache = aCache(object('a', { labels: { app: 'web' }, ownerReferences: owner('o') }));
    const web = { matchLabels: { app: 'web' } };
    // Built by being asked.
    expect([cache.select('default', web).length, cache.ownedBy('o').length]).toEqual([1, 1]);
    cache.set('default/a', object('a', { labels: { app: 'db' }, ownerReferences: owner('p'), uid: 'new' }));
    expect([cache.select('default', web).length, cache.ownedBy('o').length, cache.ownedBy('p').length]).toEqual([
      0, 0, 1,
    ]);
    expect([cache.byUid('uid-a'), cache.byUid('new')?.metadata.name]).toEqual([undefined, 'a']);
    cache.set('default/a', undefined);
    expect([cache.list().length, cache.ownedBy('p').length, cache.count('default')]).toEqual([0, 0, 0]);
  });

  it('gives the newest object from an index whose values did not change', () => {
    const cache = aCache(object('a', { ownerReferences: owner('o') }));
    cache.ownedBy('o');
    const newer = object('a', { ownerReferences: owner('o'), resourceVersion: '9' });
    cache.set('default/a', newer);
    expect(cache.ownedBy('o')[0]).toBe(newer);
  });
});
