import { describe, expect, it } from '@jest/globals';
import { type KubeObject, StatusError } from '#apimachinery';
import { Random, sandboxId } from '#base';
import { configMapKind } from '#kinds';
import { FakeClock } from '#testing';
import type { ClusterApi, WatchHandlers } from './api.js';
import type { InformerHandlers } from './informer.js';
import { newInformers } from './informers.js';

const object = (name: string, resourceVersion: number, uid = name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', uid, resourceVersion: String(resourceVersion) },
});

/** A server whose list and watch answers the spec sets, and which notes what it was asked. */
class ScriptedApi {
  readonly calls: string[] = [];
  items: KubeObject[] = [];
  revision = 1;
  failWith: Error | undefined;
  watcher: WatchHandlers<KubeObject> | undefined;

  async list() {
    this.calls.push('list');
    if (this.failWith) throw this.failWith;
    return { items: this.items, metadata: { resourceVersion: String(this.revision) } };
  }

  async watch(
    _ref: unknown,
    _namespace: unknown,
    options: { resourceVersion: string },
    handlers: WatchHandlers<KubeObject>,
  ) {
    this.calls.push(`watch ${options.resourceVersion}`);
    if (this.failWith) throw this.failWith;
    this.watcher = handlers;
    return { cancel: () => this.calls.push('cancel') };
  }
}

async function following(items: KubeObject[], revision: number) {
  const clock = new FakeClock();
  const api = new ScriptedApi();
  api.items = items;
  api.revision = revision;
  const reports: unknown[] = [];
  const env = { id: sandboxId('lab')!, clock: new FakeClock(), random: new Random('x') };
  const informers = newInformers(api as unknown as ClusterApi, env, { clock, report: (error) => reports.push(error) });
  const informer = informers.of<KubeObject>(configMapKind as never);
  const seen: string[] = [];
  const handlers: InformerHandlers<KubeObject> = {
    added: ({ metadata }) => seen.push(`+${metadata.name}`),
    updated: ({ metadata }, old) =>
      seen.push(`~${metadata.name} ${old.metadata.resourceVersion}>${metadata.resourceVersion}`),
    deleted: ({ metadata }) => seen.push(`-${metadata.name}@${metadata.resourceVersion}`),
  };
  informer.handle(handlers);
  await informers.untilSynced();
  await clock.advance(0);
  return { api, clock, informers, informer, seen, reports };
}

describe('an informer', () => {
  it('lists, then follows from the revision of the list', async () => {
    const { api, informer, seen } = await following([object('a', 3)], 5);
    expect(api.calls).toEqual(['list', 'watch 5']);
    api.watcher!.events([
      { type: 'ADDED', object: object('b', 6) },
      { type: 'MODIFIED', object: object('a', 7) },
      { type: 'DELETED', object: object('b', 8) },
    ]);
    expect(seen).toEqual(['+a', '+b', '~a 3>7', '-b@8']);
    expect(informer.revision()).toBe(8);
    expect(informer.list().map(({ metadata }) => metadata.name)).toEqual(['a']);
  });

  it('tells a late handler what is there', async () => {
    const { informer } = await following([object('a', 3)], 5);
    const late: string[] = [];
    const end = informer.handle({ added: ({ metadata }) => late.push(metadata.name!) });
    expect(late).toEqual(['a']);
    end();
  });

  it('goes on after the last event when a watch ends, without a list', async () => {
    const { api, clock, seen } = await following([], 5);
    api.watcher!.events([{ type: 'ADDED', object: object('a', 6) }]);
    const dead = api.watcher!;
    dead.closed();
    await clock.advance(100);
    expect(api.calls).toEqual(['list', 'watch 5', 'watch 6']);
    // What the dead watch still says is not heard twice.
    dead.events([{ type: 'ADDED', object: object('ghost', 7) }]);
    expect(seen).toEqual(['+a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('lists again when its revision has expired, and tells only what changed', async () => {
    const { api, clock, seen } = await following([object('a', 1), object('b', 2), object('c', 3)], 5);
    api.items = [object('a', 1), object('b', 9), object('c', 10, 'another-c'), object('d', 11)];
    api.revision = 12;
    api.watcher!.closed(new StatusError(410, 'Expired', 'too old resource version'));
    await clock.advance(100);
    expect(api.calls).toEqual(['list', 'watch 5', 'list', 'watch 12']);
    expect(seen.slice(3)).toEqual(['~b 2>9', '-c@3', '+c', '+d']);
    api.items = [];
    api.watcher!.closed(new StatusError(410, 'Expired', 'too old resource version'));
    await clock.advance(100);
    expect(seen.slice(7)).toEqual(['-a@1', '-b@9', '-c@10', '-d@11']);
  });

  it('backs off while the server fails, and recovers', async () => {
    const { api, clock, reports, seen } = await following([], 5);
    api.failWith = StatusError.unavailable('no database');
    api.watcher!.closed(api.failWith);
    await clock.advance(60_000);
    const tries = api.calls.length;
    expect(tries).toBeLessThan(20);
    expect(reports.length).toBeGreaterThan(3);
    api.failWith = undefined;
    await clock.advance(31_000);
    api.watcher!.events([{ type: 'ADDED', object: object('a', 6) }]);
    expect(seen).toEqual(['+a']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('goes on when a handler throws', async () => {
    const { api, informer, reports, seen } = await following([], 5);
    informer.handle({
      added() {
        throw new Error('bad handler');
      },
    });
    api.watcher!.events([
      { type: 'ADDED', object: object('a', 6) },
      { type: 'ADDED', object: object('b', 7) },
    ]);
    expect(seen).toEqual(['+a', '+b']);
    expect(reports.length).toBe(2);
  });

  it('is one per resource, and of metadata only where nobody wants more', async () => {
    const { api, informers, informer } = await following([{ ...object('a', 1), data: { big: 'x' } } as KubeObject], 5);
    expect(informers.of(configMapKind)).toBe(informer);
    expect(informers.metadataOf(configMapKind)).toBe(informer);
    const alone = newInformers(api as unknown as ClusterApi, {
      id: sandboxId('lab')!,
      clock: new FakeClock(),
      random: new Random('x'),
    });
    const slim = alone.metadataOf(configMapKind);
    await slim.untilSynced();
    expect(slim.list()).toEqual([object('a', 1)]);
    alone.stop();
  });

  it('ends with stop: no calls, no timers, nobody left waiting', async () => {
    const { api, informers, clock } = await following([], 5);
    informers.stop();
    expect(api.calls.at(-1)).toBe('cancel');
    api.watcher!.closed(new Error('late'));
    await clock.advance(60_000);
    expect(api.calls.length).toBe(3);
    await informers.of(configMapKind).untilSynced();
  });
});
