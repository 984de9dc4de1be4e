import { type Clock, type Revision, revision, type SandboxId } from '#base';
import { StatusError } from '#apimachinery';
import type { ReadView } from '#storage';

/** How long a read waits for a revision that is still to come, and how often it looks. Upstream's watch cache: 3 s. */
const FUTURE_WAIT_MS = 3_000;
const FUTURE_LOOK_MS = 50;

const DECIMAL = /^[0-9]{1,19}$/;

/** '' is no revision. Differs: upstream answers 500 to one that is not a number; 400 is right. */
export function parseRevision(text: string | undefined): Revision | undefined {
  if (text === undefined || text === '') return undefined;
  if (!DECIMAL.test(text)) {
    throw StatusError.badRequest(
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return revision(Number(text));
}

export function tooLargeRevision(asked: Revision, current: Revision): StatusError {
  const message = `Too large resource version: ${asked}, current: ${current}`;
  return new StatusError(504, 'Timeout', `Timeout: ${message}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** Waits a little for a revision that another process may just have written; fails with 504 when it does not come. */
export async function untilReached(store: ReadView, clock: Clock, sandbox: SandboxId, asked: Revision): Promise<void> {
  let current = await store.head(sandbox);
  const deadlineMs = clock.monotonicMs() + FUTURE_WAIT_MS;
  while (current < asked) {
    if (clock.monotonicMs() >= deadlineMs) throw tooLargeRevision(asked, current);
    await clock.sleep(FUTURE_LOOK_MS);
    current = await store.head(sandbox);
  }
}
