import { StatusError } from './status-error.js';

/**
 * Runs what recurses over a user's document. Bodies may nest 10,000 deep, more than the stack holds for some of the work:
 * that is the user's error (400), not the server's.
 */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw depthError(error);
  }
}

/** The same for work that has parts to wait for. */
export async function untilWithinStack<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw depthError(error);
  }
}

function depthError(error: unknown): unknown {
  const isDepth = error instanceof RangeError && error.message.includes('call stack');
  return isDepth ? StatusError.badRequest('exceeded max depth') : error;
}
