import { beforeEach, describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import { type AuditRows, memoryAuditRows } from '#storage';
import { FakeClock } from '#testing';
import { AuditLog, type AuditRead } from './audit-log.js';

const A = sandboxId('a') as SandboxId;
const B = sandboxId('b') as SandboxId;

let clock: FakeClock;
let memory: AuditRows;
let down: boolean;
let faults: unknown[];
let log: AuditLog;

beforeEach(() => {
  clock = new FakeClock();
  memory = memoryAuditRows();
  down = false;
  faults = [];
  const rows: AuditRows = {
    ...memory,
    append: async (...args) => {
      if (down) throw new Error('the database is away');
      return memory.append(...args);
    },
  };
  log = new AuditLog(rows, clock, (error) => faults.push(error), { waitingMax: 400, waitingAllMax: 500 });
});

const line = (n: number) => JSON.stringify({ n, requestReceivedTimestamp: new Date(clock.nowMs()).toISOString() });
const say = (n: number, sandbox = A) => log.append(sandbox, line(n), false);
const numbersIn = (text: string) => [...text.matchAll(/"n":(\d+)/g)].map(([, n]) => Number(n));

async function numbers(read: AuditRead = {}, sandbox = A): Promise<number[]> {
  let text = '';
  for await (const piece of log.read(sandbox, read)) text += piece;
  return numbersIn(text);
}

describe('AuditLog', () => {
  it('writes what came together as one row, and keeps no timer when nothing waits', async () => {
    say(1);
    say(2);
    say(3, B);
    expect(clock.pendingTimers).toBe(1);
    await clock.advance(200);
    expect([await memory.read(A, 0, 9), await memory.read(B, 0, 9)].map((rows) => rows.length)).toEqual([1, 1]);
    expect(clock.pendingTimers).toBe(0);
    expect(await numbers()).toEqual([1, 2]);
  });

  it.each<[what: string, read: AuditRead, expected: number[]]>([
    ['all', {}, [1, 2, 3]],
    ['the last', { limit: 1 }, [3]],
    ['more than there are', { limit: 9 }, [1, 2, 3]],
    ['from a time on', { sinceMs: Date.parse('2026-01-01T00:00:01Z') }, [2, 3]],
    ['the last from a time on', { limit: 2, sinceMs: Date.parse('2026-01-01T00:00:02Z') }, [3]],
    ['what is to come', { sinceMs: Date.parse('2027-01-01T00:00:00Z') }, []],
  ])('reads %s', async (_what, read, expected) => {
    for (const n of [1, 2, 3]) {
      say(n);
      await clock.advance(1_000);
    }
    expect(await numbers(read)).toEqual(expected);
  });

  it('holds a bounded amount, of one and of all, and counts the rest', async () => {
    for (let n = 0; n < 20; n++) say(n);
    for (let n = 0; n < 20; n++) say(n, B);
    expect(log.counts.events).toBe(40);
    const kept = [await numbers(), await numbers({}, B)].map(({ length }) => length);
    const chars = line(1).length + 1;
    const mostOfA = Math.floor(400 / chars);
    expect(kept).toEqual([mostOfA, Math.floor(500 / chars) - mostOfA]);
    expect(log.counts.dropped).toBe(40 - kept[0]! - kept[1]!);
  });

  it('keeps the order of what a database that was away could not take', async () => {
    down = true;
    say(1);
    await clock.advance(200);
    say(2);
    await clock.advance(5_000);
    expect([faults.length > 1, log.counts.failed]).toEqual([true, 0]);
    down = false;
    await clock.advance(1_000);
    expect([numbersIn((await memory.read(A, 0, 9)).map(({ text }) => text).join('')), clock.pendingTimers]).toEqual([
      [1, 2],
      0,
    ]);
  });

  it('gives up after a minute, and has room again', async () => {
    down = true;
    say(1);
    await clock.advance(62_000);
    expect([log.counts.failed, clock.pendingTimers]).toEqual([1, 0]);
    down = false;
    say(2);
    expect(await numbers()).toEqual([2]);
  });

  it('writes what waits when it is closed, and nothing later', async () => {
    say(1);
    await log.close();
    say(2);
    expect((await memory.read(A, 0, 9)).map(({ text }) => numbersIn(text))).toEqual([[1]]);
    expect([log.counts.dropped, clock.pendingTimers]).toEqual([1, 0]);
  });

  it('counts what a closed one could not write', async () => {
    down = true;
    say(1);
    await log.close();
    expect([log.counts.failed, clock.pendingTimers]).toEqual([1, 0]);
  });
});

describe('following', () => {
  /** What a follower got so far; it ends with `over`. */
  function follower(read: AuditRead = {}) {
    const over = new AbortController();
    const got: number[] = [];
    const ended = (async () => {
      for await (const piece of log.follow(A, read, over.signal)) got.push(...numbersIn(piece));
    })();
    return { got, over, ended };
  }

  it('goes on with what comes, from this process and from others', async () => {
    say(1);
    say(2);
    const { got, over, ended } = follower({ limit: 1 });
    await clock.advance(0);
    expect(got).toEqual([2]);
    say(3);
    say(9, B);
    await clock.advance(200);
    expect(got).toEqual([2, 3]);
    await memory.append(A, 1, `${line(4)}\n`, false);
    await clock.advance(2_000);
    expect(got).toEqual([2, 3, 4]);
    over.abort();
    await ended;
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends at once when nobody listens any more', async () => {
    const { got, over, ended } = follower();
    over.abort();
    await ended;
    expect([got, clock.pendingTimers]).toEqual([[], 0]);
  });

  it('takes what is new while it still reads what is old', async () => {
    say(1);
    const over = new AbortController();
    const pieces = log.follow(A, {}, over.signal);
    expect(numbersIn((await pieces.next()).value as string)).toEqual([1]);
    say(2);
    await clock.advance(200);
    expect(numbersIn((await pieces.next()).value as string)).toEqual([2]);
    over.abort();
    expect((await pieces.next()).done).toBe(true);
    expect(clock.pendingTimers).toBe(0);
  });
});
