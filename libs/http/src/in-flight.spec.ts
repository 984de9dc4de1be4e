import { describe, expect, it } from '@jest/globals';
import { sandboxId, type SandboxId } from '#base';
import type { StatusError } from '#apimachinery';
import { InFlight } from './in-flight.js';

const A = sandboxId('a') as SandboxId;
const B = sandboxId('b') as SandboxId;
const LIMITS = { readsMax: 4, writesMax: 2, sandboxMax: 10, allMax: 20 };

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

const claimed = (inFlight: InFlight, sandbox: SandboxId, user: string, mutating: boolean) => {
  const place = inFlight.enter(sandbox);
  inFlight.claim(place, user, mutating);
  return place;
};

describe('InFlight', () => {
  it('counts reads and writes apart, and each sandbox by itself', () => {
    const inFlight = new InFlight(LIMITS);
    const writes = [claimed(inFlight, A, 'kim', true), claimed(inFlight, A, 'lee', true)];
    expect(refusal(() => claimed(inFlight, A, 'kim', true))).toEqual(TOO_MANY);
    expect(refusal(() => claimed(inFlight, A, 'kim', false))).toBeUndefined();
    expect(refusal(() => claimed(inFlight, B, 'kim', true))).toBeUndefined();
    inFlight.leave(writes[0]!);
    expect(refusal(() => claimed(inFlight, A, 'kim', true))).toBeUndefined();
    expect(inFlight.rejected).toEqual({ sandbox: 1, user: 0, process: 0 });
  });

  it('has a bound for all together', () => {
    const inFlight = new InFlight({ ...LIMITS, allMax: 3 });
    for (const sandbox of [A, B, B]) inFlight.enter(sandbox);
    expect(refusal(() => inFlight.enter(A))).toEqual(TOO_MANY);
    expect(inFlight.rejected.process).toBe(1);
  });

  it('has a bound for what nobody claims: the exempt, and those who are still strangers', () => {
    const inFlight = new InFlight({ ...LIMITS, sandboxMax: 3 });
    const places = Array.from({ length: 3 }, () => inFlight.enter(A));
    expect(refusal(() => inFlight.enter(A))).toEqual(TOO_MANY);
    expect(refusal(() => inFlight.enter(B))).toBeUndefined();
    inFlight.leave(places[0]!);
    expect(refusal(() => inFlight.enter(A))).toBeUndefined();
  });

  it('leaves room for the other users of a sandbox', () => {
    const inFlight = new InFlight(LIMITS);
    const places = [false, false, true, true].map((mutating) => claimed(inFlight, A, 'kim', mutating));
    const tooMany = inFlight.enter(A);
    expect(refusal(() => inFlight.claim(tooMany, 'kim', false))).toEqual(TOO_MANY);
    expect(refusal(() => inFlight.claim(tooMany, 'lee', false))).toBeUndefined();
    places.forEach((place) => inFlight.leave(place));
    expect(refusal(() => claimed(inFlight, A, 'kim', false))).toBeUndefined();
  });

  it('tells when the house is empty', async () => {
    const inFlight = new InFlight(LIMITS);
    await inFlight.untilEmpty();
    const places = [inFlight.enter(A), inFlight.enter(B)];
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
