import { StatusError, type Subject } from '#apimachinery';
import { StoreError } from '#storage';

/** What a store failure is about: texts name the resource and, where there is one, the object. */
export interface FailureSubject extends Subject {
  readonly name: string;
}

/**
 * The one translation of storage's closed set of errors to the API's. Anything else passes unchanged.
 * `conflict` becomes "the object has been modified": callers for whom it means something else (create) look first.
 */
export function statusOf(error: unknown, about: FailureSubject): unknown {
  if (!(error instanceof StoreError)) return error;
  switch (error.code) {
    case 'conflict':
      return StatusError.modified(about, about.name);
    case 'compacted':
      return StatusError.expired(error.message);
    case 'future-revision':
      return StatusError.timeout(error.message, 1);
    case 'too-large':
      return StatusError.tooLarge(error.message);
    case 'unavailable':
      return StatusError.unavailable(error.message);
    case 'exists':
      return StatusError.alreadyExists(about, about.name);
    case 'no-such-sandbox':
    case 'no-such-snapshot':
      return StatusError.noSuchPath();
  }
}

/** Runs `work`; what the store refuses leaves as a StatusError. */
export async function translated<T>(about: FailureSubject, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw statusOf(error, about);
  }
}
