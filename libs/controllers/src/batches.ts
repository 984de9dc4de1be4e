/** At once on behalf of one key: enough to share a commit, few enough to leave room for others. */
const BATCH = 50;

/** Does `task` for all items, a batch at a time; the first failure ends it after its batch. */
export async function inBatches<T>(items: readonly T[], task: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += BATCH) {
    const results = await Promise.allSettled(items.slice(at, at + BATCH).map(task));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
