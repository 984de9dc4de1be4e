import type { Answer } from './connection.js';
import { type Summary, summaryOf } from './statistics.js';

export interface LoadOptions {
  /** Each sends its next request when the answer to the one before is there. */
  readonly clients: number;
  readonly seconds: number;
  readonly requestsMax?: number;
}

export function mustBe(expected: number, { status, text }: Answer): void {
  if (status !== expected) throw new Error(`expected ${expected}, got ${status}: ${text.slice(0, 300)}`);
}

/** Closed-loop load. Any answer but a good one stops the row: a fast failure is no result. */
export async function underLoad(
  { clients, seconds, requestsMax = Infinity }: LoadOptions,
  request: (index: number) => Promise<void>,
): Promise<Summary> {
  const latencies: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let index = 0;
  const client = async () => {
    while (performance.now() < endMs && index < requestsMax) {
      const sentMs = performance.now();
      await request(index++);
      latencies.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return summaryOf(latencies, performance.now() - startMs);
}

/** Runs `work` for 0…count-1, so many at a time. */
export async function each(count: number, atOnce: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
}

export const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export async function until(what: string, withinMs: number, isSo: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) throw new Error(`${what} did not come within ${withinMs} ms`);
    await sleep(10);
  }
}
