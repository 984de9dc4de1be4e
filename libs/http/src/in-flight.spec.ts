import { describe, expect, it } from '@jest/globals';
import { sandboxId, type SandboxId } from '#base';
import type { StatusError } from '#apimachinery';
import { InFlight } from './in-flight.js';

const A = sandboxId('a') as SandboxId;
const B = sandboxId('b') as SandboxId;
const LIMITS = { readsMax: 4, writesMax: 2, allMax: 8 };

const refusal = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    const { code, message, details } = error as StatusError;
    return [code, message, details?.retryAfterSeconds];
  }
  return undefined;
};
const TOO_MANY = [429, 'Too many requests, please try again later.', 1];

describe('InFlight', () => {
  it('counts reads and writes apart, and each sandbox by itself', () => {
    const inFlight = new InFlight(LIMITS);
    const writes = [inFlight.enter(A, true), inFlight.enter(A, true)];
    expect(refusal(() => inFlight.enter(A, true))).toEqual(TOO_MANY);
    expect(refusal(() => inFlight.enter(A, false))).toBeUndefined();
    expect(refusal(() => inFlight.enter(B, true))).toBeUndefined();
    inFlight.leave(writes[0]!);
    expect(refusal(() => inFlight.enter(A, true))).toBeUndefined();
    expect(inFlight.rejected).toEqual({ sandbox: 1, user: 0, process: 0 });
  });

  it('has a bound for all together', () => {
    const inFlight = new InFlight({ ...LIMITS, allMax: 3 });
    for (const sandbox of [A, B, B]) inFlight.enter(sandbox, false);
    expect(refusal(() => inFlight.enter(A, false))).toEqual(TOO_MANY);
    expect(inFlight.rejected.process).toBe(1);
  });

  it('leaves room for the other users of a sandbox', () => {
    const inFlight = new InFlight(LIMITS);
    const claimed = (user: string, mutating: boolean) => {
      const place = inFlight.enter(A, mutating);
      inFlight.claim(place, user);
      return place;
    };
    const places = [false, false, true, true].map((mutating) => claimed('kim', mutating));
    const tooMany = inFlight.enter(A, false);
    expect(refusal(() => inFlight.claim(tooMany, 'kim'))).toEqual(TOO_MANY);
    expect(refusal(() => inFlight.claim(tooMany, 'lee'))).toBeUndefined();
    places.forEach((place) => inFlight.leave(place));
    expect(refusal(() => claimed('kim', false))).toBeUndefined();
  });

  it('tells when the house is empty', async () => {
    const inFlight = new InFlight(LIMITS);
    await inFlight.untilEmpty();
    const places = [inFlight.enter(A, false), inFlight.enter(B, true)];
    let empty = false;
    const emptied = inFlight.untilEmpty().then(() => (empty = true));
    inFlight.leave(places[0]!);
    await Promise.resolve();
    expect([empty, inFlight.total]).toEqual([false, 1]);
    inFlight.leave(places[1]!);
    await emptied;
    expect(inFlight.total).toBe(0);
  });
});
