import { beforeEach, describe, expect, it } from '@jest/globals';
import { StatusError } from '#apimachinery';
import type { Kind } from '#kinds';
import type { FoundEvent, WatchReceiver, WatchRequest } from '#registry';
import { FakeClock } from '#testing';
import { Budget } from './budget.js';
import { type KindEvent, KindWatch, type KindWatchRequest } from './kind-watch.js';
import type { Scope } from './source.js';
import { shownEvent } from './spec-events.js';

const kind = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true } as Kind;

/** 'ADDED web@5' */
function event(text: string): FoundEvent {
  const [type, name, resourceVersion] = text.split(/[ @]/) as [FoundEvent['type'], string, string];
  const metadata = { namespace: 'default', name, resourceVersion };
  const object = { apiVersion: 'v1', kind: 'Pod', metadata };
  return { type, resourceVersion, found: { text: JSON.stringify(object), object: () => object } };
}

/** A registry whose watches the spec drives by hand. */
class Registry {
  readonly opened: { request: WatchRequest; receiver: WatchReceiver; cancelled: boolean; at: string }[] = [];
  /** What the next openings do: an error, or the initial state. */
  readonly next: (Error | string[])[] = [];

  watch = async (_ctx: unknown, _target: unknown, request: WatchRequest, receiver: WatchReceiver) => {
    const opening = { request, receiver, cancelled: false, at: '' };
    this.opened.push(opening);
    const outcome = this.next.shift() ?? [];
    if (outcome instanceof Error) throw outcome;
    if (request.sendInitialEvents) {
      receiver.events(outcome.map(event));
      receiver.initialEventsEnd('10');
    }
    return { cancel: () => void (opening.cancelled = true), resourceVersion: () => opening.at };
  };

  get last() {
    return this.opened.at(-1)!;
  }
}

describe('KindWatch', () => {
  let clock: FakeClock;
  let registry: Registry;
  beforeEach(() => {
    clock = new FakeClock();
    registry = new Registry();
  });

  const start = (more: Partial<KindWatchRequest> = {}) => {
    const operation = { budget: new Budget(), clock, mutationTail: Promise.resolve() };
    const scope = { cluster: { verbs: registry }, request: {}, operation } as unknown as Scope;
    return new KindWatch(scope, { kind, namespace: undefined, ...more }).start();
  };
  const take = async (watch: AsyncIterator<KindEvent>, count: number) => {
    const taken: string[] = [];
    for (let i = 0; i < count; i++) {
      const { value, done } = await watch.next();
      taken.push(done ? 'end' : shownEvent(value as KindEvent));
    }
    return taken;
  };
  const expired = StatusError.expired('too old resource version: 3 (7)');

  it('gives what exists, says when that is all, then each change', async () => {
    registry.next.push(['ADDED a@3', 'ADDED b@5']);
    const watch = await start({ labelSelector: 'app=web' });
    expect(registry.last.request).toMatchObject({ labelSelector: 'app=web', sendInitialEvents: true });
    expect(await take(watch, 3)).toEqual(['ADDED default/a@null', 'ADDED default/b@null', 'BOOKMARK @10']);
    registry.last.receiver.events([event('MODIFIED a@11'), event('DELETED b@12')]);
    expect(await take(watch, 2)).toEqual(['MODIFIED default/a@11', 'DELETED default/b@12']);
  });

  it('resumes after the revision it is given', async () => {
    const watch = await start({ resourceVersion: '7' });
    expect(registry.last.request).toEqual({ resourceVersion: '7' });
    registry.last.receiver.events([event('ADDED a@8')]);
    expect(await take(watch, 1)).toEqual(['ADDED default/a@8']);
  });

  it('goes on after the last event when the watch ends', async () => {
    registry.next.push(['ADDED a@3']);
    const watch = await start();
    registry.last.receiver.events([event('MODIFIED a@11')]);
    registry.last.receiver.closed();
    await clock.advance(1_000);
    expect(registry.last.request).toEqual({ resourceVersion: '11' });
    registry.last.receiver.events([event('MODIFIED a@12')]);
    expect(await take(watch, 4)).toEqual([
      'ADDED default/a@null',
      'BOOKMARK @10',
      'MODIFIED default/a@11',
      'MODIFIED default/a@12',
    ]);
  });

  it('gives only the differences when it must list again, with DELETED for what vanished', async () => {
    registry.next.push(['ADDED a@3', 'ADDED b@4', 'ADDED c@5'], ['ADDED a@3', 'ADDED c@8', 'ADDED d@9']);
    const watch = await start();
    await take(watch, 4);
    registry.last.receiver.closed(expired);
    await clock.advance(1_000);
    expect(registry.opened).toHaveLength(2);
    expect(await take(watch, 4)).toEqual([
      'DELETED default/b@null',
      'MODIFIED default/c@null',
      'ADDED default/d@null',
      'BOOKMARK @10',
    ]);
  });

  it.each([
    ['refused', true],
    ['ended', false],
  ])('gives the differences to what the subscriber holds when its revision is too old (%s)', async (_how, refused) => {
    if (refused) registry.next.push(expired);
    else registry.next.push([]);
    registry.next.push(['ADDED a@3', 'ADDED c@8']);
    const known = new Map([
      ['default/a', '3'],
      ['default/b', '2'],
    ]);
    const watch = await start({ resourceVersion: '3', known });
    if (!refused) registry.last.receiver.closed(expired);
    await clock.advance(1_000);
    expect(await take(watch, 3)).toEqual(['DELETED default/b@null', 'ADDED default/c@null', 'BOOKMARK @10']);
  });

  it('says Expired when it cannot know what the subscriber holds', async () => {
    registry.next.push(expired);
    await expect(start({ resourceVersion: '3' })).rejects.toBe(expired);
    const watch = await start({ resourceVersion: '4' });
    registry.last.receiver.closed(expired);
    await expect(watch.next()).rejects.toBe(expired);
    expect(await take(watch, 1)).toEqual(['end']);
  });

  it('fails as the API does when it may not watch', async () => {
    const forbidden = StatusError.forbidden({ group: '', resource: 'pods' }, '', 'no');
    registry.next.push(forbidden);
    await expect(start()).rejects.toBe(forbidden);
  });

  it('lets a slow subscriber catch up from where it was, losing and repeating nothing', async () => {
    const watch = await start({ resourceVersion: '1' });
    const first = registry.last;
    first.receiver.events(Array.from({ length: 1_200 }, (_, i) => event(`ADDED p${i}@${i + 2}`)));
    expect(first.cancelled).toBe(true);
    first.receiver.events([event('ADDED late@5000')]);
    expect((await take(watch, 1_000)).at(-1)).toBe('ADDED default/p999@1001');
    expect(registry.opened).toHaveLength(1);
    const following = take(watch, 1);
    await clock.advance(0);
    expect(registry.last.request).toEqual({ resourceVersion: '1001' });
    registry.last.receiver.events([event('ADDED p1000@1002')]);
    expect(await following).toEqual(['ADDED default/p1000@1002']);
  });

  it('tries again while the service is away, and gives up some day', async () => {
    const watch = await start({ resourceVersion: '1' });
    const away = StatusError.unavailable('the database does not answer');
    for (let i = 0; i < 20; i++) registry.next.push(away);
    registry.last.receiver.closed(away);
    await clock.advance(10_000);
    expect(registry.opened.length).toBeGreaterThan(3);
    registry.next.length = 0;
    await clock.advance(10_000);
    registry.last.receiver.events([event('ADDED a@2')]);
    expect(await take(watch, 1)).toEqual(['ADDED default/a@2']);
    for (let i = 0; i < 20; i++) registry.next.push(away);
    registry.last.receiver.closed(away);
    await clock.advance(300_000);
    await expect(watch.next()).rejects.toBe(away);
  });

  it('sends a bookmark once a minute when others have moved the revision on', async () => {
    const watch = await start({ resourceVersion: '1' });
    registry.last.at = '1';
    await clock.advance(60_000);
    registry.last.at = '77';
    await clock.advance(120_000);
    expect(await take(watch, 1)).toEqual(['BOOKMARK @77']);
    const following = take(watch, 1);
    await watch.return();
    expect(await following).toEqual(['end']);
  });

  it('ends its watch and its timers when the subscriber leaves', async () => {
    const watch = await start();
    await watch.return();
    expect(registry.last.cancelled).toBe(true);
    registry.last.receiver.closed();
    await clock.advance(200_000);
    expect(registry.opened).toHaveLength(1);
    expect(await take(watch, 1)).toEqual(['end']);
  });
});
