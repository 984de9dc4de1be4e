import { describe, expect, it } from '@jest/globals';
import { HOST_SANDBOX_ID, Random, type SandboxId, TraceRing } from '#base';
import type { RequestContext, ServedCluster, Target, Verbs, WatchReceiver } from '#registry';
import { FakeClock } from '#testing';
import { ClusterHouse } from './cluster-house.js';

const IDLE_MS = 60_000;
const blue = 'blue' as SandboxId;

function house(known: readonly string[] = ['blue', 'host']) {
  const clock = new FakeClock();
  const log: string[] = [];
  const verbs = { watch: async () => ({ cancel: () => {}, resourceVersion: () => '1' }) } as unknown as Verbs;
  const subject = new ClusterHouse({
    open: async (id) => {
      log.push(`open ${id}`);
      if (!known.includes(id)) return undefined;
      return {
        env: { id, clock, random: new Random(id) },
        verbs,
        traces: new TraceRing(1),
      } as unknown as ServedCluster;
    },
    startActors: async ({ env }) => {
      log.push(`start ${env.id}`);
      return { stop: async () => void log.push(`stop ${env.id}`) };
    },
    evict: async (id) => void log.push(`evict ${id}`),
    clock,
    idleMs: IDLE_MS,
    log: () => {},
  });
  return { subject, clock, log };
}

const receiver: WatchReceiver = { events: () => {}, initialEventsEnd: () => {}, closed: () => {} };

describe('ClusterHouse', () => {
  it('wakes a cluster once for all who ask at the same time', async () => {
    const { subject, log } = house();
    await Promise.all([subject.get(blue), subject.get(blue), subject.get(blue)]);
    // The waiting requests are answered before actors start.
    expect(log).toEqual(['open blue']);
    await subject.untilActorsRun(blue);
    expect(log).toEqual(['open blue', 'start blue']);
  });

  it('does not remember an unknown id', async () => {
    const { subject, log } = house();
    const ghost = 'ghost' as SandboxId;
    expect(await subject.get(ghost)).toBeUndefined();
    expect(await subject.get(ghost)).toBeUndefined();
    expect(log).toEqual(['open ghost', 'open ghost']);
    expect(subject.awake).toBe(0);
  });

  it('puts the idle to sleep, and then holds no timer', async () => {
    const { subject, clock, log } = house();
    await subject.get(blue);
    await clock.advance(2 * IDLE_MS);
    expect(log).toEqual(['open blue', 'start blue', 'stop blue', 'evict blue']);
    expect(subject.awake).toBe(0);
    await subject.get(blue);
    await subject.untilActorsRun(blue);
    expect(log.at(-1)).toBe('start blue');
  });

  it('never puts the host to sleep', async () => {
    const { subject, clock, log } = house();
    await subject.get(HOST_SANDBOX_ID);
    await clock.advance(10 * IDLE_MS);
    expect(log).toEqual(['open host', 'start host']);
  });

  it('keeps a watched cluster awake until the watch ends', async () => {
    const { subject, clock, log } = house();
    const cluster = await subject.get(blue);
    const watch = await cluster!.verbs.watch({} as RequestContext, {} as Target, {}, receiver);
    await clock.advance(5 * IDLE_MS);
    expect(log).toEqual(['open blue', 'start blue']);
    watch.cancel();
    await clock.advance(2 * IDLE_MS);
    expect(log.slice(2)).toEqual(['stop blue', 'evict blue']);
  });

  it('stops everything at the end and opens nothing after', async () => {
    const { subject, log } = house();
    await subject.get(blue);
    await subject.close();
    expect(log).toEqual(['open blue', 'start blue', 'stop blue', 'evict blue']);
    expect(await subject.get(blue)).toBeUndefined();
  });
});
