import { describe, expect, it } from '@jest/globals';
import { revision } from '#base';
import type { StoreEvent } from './store.js';
import { WatchHub } from './watch-hub.js';

const event = (key: string, at: number): StoreEvent => ({
  type: 'ADDED',
  object: { key, revision: revision(at), text: '', facets: {} },
});

describe('WatchHub', () => {
  it('gives all watchers of one prefix the same batch', () => {
    const hub = new WatchHub(() => undefined);
    const batches: (readonly StoreEvent[])[] = [];
    const sink = { events: (batch: readonly StoreEvent[]) => void batches.push(batch), closed: () => undefined };
    hub.add('pods/', revision(1), sink);
    hub.add('pods/', revision(1), sink);
    hub.publish([event('pods/a/x', 2), event('nodes/n', 3)]);
    expect(batches).toHaveLength(2);
    expect(batches[0]).toBe(batches[1]);
    expect(batches[0]!.map(({ object }) => object.key)).toEqual(['pods/a/x']);
  });

  it('bears sinks that throw, cancel and add watches while they are told', () => {
    const faults: string[] = [];
    const hub = new WatchHub((message) => faults.push(message));
    const told: string[] = [];
    const quiet = { closed: () => undefined };
    hub.add('pods/', revision(1), {
      // Whoever keeps something by it begins anew.
      closed: () => void told.push('closed'),
      events() {
        throw new Error('broken');
      },
    });
    const cancelling = hub.add('pods/', revision(1), {
      ...quiet,
      events() {
        told.push('cancelling');
        cancelling.cancel();
        const late = (batch: readonly StoreEvent[]) => told.push(`late ${batch.map(({ object }) => object.revision)}`);
        hub.add('pods/', revision(2), { ...quiet, events: late });
      },
    });
    hub.add('pods/', revision(1), { ...quiet, events: () => told.push('last') });
    hub.publish([event('pods/a/x', 2)]);
    expect(told).toEqual(['closed', 'cancelling', 'last']);
    expect(faults).toHaveLength(1);
    expect(hub.size).toBe(2);
    hub.publish([event('pods/a/y', 3)]);
    expect(told).toEqual(['closed', 'cancelling', 'last', 'last', 'late 3']);
  });
});
