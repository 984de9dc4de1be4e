import { type FieldError, fieldError } from '#apimachinery';
import { checkNonNegative } from '../field-rules.js';

type Amount = number | string | undefined;

const PERCENT = /^[0-9]+%$/;
const PERCENT_MESSAGE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** A count, or a percentage of the replicas. Models ValidatePositiveIntOrPercent (1.36). */
export function checkAmount(errors: FieldError[], at: string, value: Amount): void {
  if (typeof value === 'number') checkNonNegative(errors, at, value);
  else if (value !== undefined && !PERCENT.test(value)) errors.push(fieldError.invalid(at, value, PERCENT_MESSAGE));
}

/** Models IsNotMoreThan100Percent (1.36). */
export function checkNotMoreThanAll(errors: FieldError[], at: string, value: Amount): void {
  if (typeof value === 'string' && PERCENT.test(value) && Number.parseInt(value, 10) > 100) {
    errors.push(fieldError.invalid(at, value, 'must not be greater than 100%'));
  }
}

export function isNothing(value: Amount): boolean {
  return value === undefined || Number.parseInt(String(value), 10) === 0;
}

/** A counter of collisions only grows. */
export function checkCollisions(errors: FieldError[], now: number | undefined, before: number | undefined): void {
  checkNonNegative(errors, 'status.collisionCount', now);
  if (before !== undefined && (now ?? 0) < before) {
    errors.push(fieldError.invalid('status.collisionCount', now ?? 0, 'cannot be decremented'));
  }
}
