import { StatusError } from './status-error.js';

/**
 * Runs what recurses over a user's document. Bodies may nest 10,000 deep, more than the stack holds for some of the work:
 * that is the user's error (400), not the server's.
 */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError && error.message.includes('call stack')) {
      throw StatusError.badRequest('exceeded max depth');
    }
    throw error;
  }
}
