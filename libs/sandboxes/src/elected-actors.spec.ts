import { describe, expect, it } from '@jest/globals';
import type { SandboxId } from '#base';
import type { ServedCluster } from '#registry';
import type { ActorLocks } from '#storage';
import { FakeClock } from '#testing';
import { elected } from './elected-actors.js';

/** Two processes on one database: a table of who holds what. */
function lockTable() {
  const holders = new Map<SandboxId, object>();
  const newProcess = () => {
    const listeners: (() => void)[] = [];
    const me = {};
    const locks: ActorLocks = {
      tryHold: async (id) => {
        if (!holders.has(id)) holders.set(id, me);
        return holders.get(id) === me;
      },
      release: async (id) => void (holders.get(id) === me && holders.delete(id)),
      onLost: (lost) => void listeners.push(lost),
      close: async () => {},
    };
    const lose = () => {
      for (const [id, holder] of holders) if (holder === me) holders.delete(id);
      for (const lost of listeners) lost();
    };
    return { locks, lose };
  };
  return newProcess;
}

const cluster = { env: { id: 'blue' as SandboxId } } as ServedCluster;

function world() {
  const clock = new FakeClock();
  const newProcess = lockTable();
  const log: string[] = [];
  const process = (name: string) => {
    const { locks, lose } = newProcess();
    const start = elected(
      async () => {
        log.push(`${name} starts`);
        return { stop: async () => void log.push(`${name} stops`) };
      },
      locks,
      clock,
    );
    return { start: () => start(cluster), lose };
  };
  return { clock, log, a: process('a'), b: process('b') };
}

describe('elected actors', () => {
  it('run in one process, and in the other when that one sleeps', async () => {
    const { clock, log, a, b } = world();
    const ofA = await a.start();
    const ofB = await b.start();
    await clock.advance(10_000);
    expect(log).toEqual(['a starts']);
    await ofA.stop();
    await clock.advance(2_000);
    expect(log).toEqual(['a starts', 'a stops', 'b starts']);
    await ofB.stop();
    expect(log.at(-1)).toBe('b stops');
    expect(clock.pendingTimers).toBe(0);
  });

  it('stop when the lock is lost, and come back when nobody else took it', async () => {
    const { clock, log, a } = world();
    const ofA = await a.start();
    a.lose();
    await clock.advance(2_000);
    expect(log).toEqual(['a starts', 'a stops', 'a starts']);
    await ofA.stop();
    await clock.advance(10_000);
    expect(log.at(-1)).toBe('a stops');
    expect(clock.pendingTimers).toBe(0);
  });
});
