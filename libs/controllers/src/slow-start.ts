import { asError } from './failures.js';

const FIRST_BATCH = 1;

/**
 * Runs `task` `count` times in parallel batches of 1, 2, 4, … and stops after the first batch with a failure: many that would
 * all fail (quota, policy) cost a few calls, many that succeed go nearly all at once.
 * Models slowStartBatch in pkg/controller/replicaset (1.36).
 */
export async function slowStart(count: number, task: () => Promise<void>): Promise<Error | undefined> {
  let left = count;
  for (let size = Math.min(left, FIRST_BATCH); size > 0; size = Math.min(2 * size, left)) {
    const results = await Promise.allSettled(Array.from({ length: size }, task));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) return asError(failed.reason);
    left -= size;
  }
  return undefined;
}
