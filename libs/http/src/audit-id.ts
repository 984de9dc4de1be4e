import { entropy } from '#base';
import type { RawRequest } from './exchange.js';

/** Longer ones than any client sends are not echoed. */
const GIVEN_LENGTH_MAX = 64;

/**
 * Names requests: a UUID's form, unique across processes by its random head and within one by its count. Real
 * randomness for each request would cost more than everything else before the verbs.
 */
export function auditIds(): (request: RawRequest) => string {
  const seed = entropy(10);
  const head = `${seed.slice(0, 8)}-${seed.slice(8, 12)}-4${seed.slice(12, 15)}-a${seed.slice(15, 18)}-`;
  let count = 0;
  return (request) => {
    const given = request.headers['audit-id'];
    if (typeof given === 'string' && given.length <= GIVEN_LENGTH_MAX && /^[\w-]+$/.test(given)) return given;
    return head + (++count).toString(16).padStart(12, '0');
  };
}
