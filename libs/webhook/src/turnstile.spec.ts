import { describe, expect, it } from '@jest/globals';
import { type SandboxId, sandboxId } from '#base';
import { Turnstile } from './turnstile.js';

const A = sandboxId('a') as SandboxId;
const B = sandboxId('b') as SandboxId;
const never = () => new AbortController().signal;

describe('Turnstile', () => {
  it('holds back the sandbox that is full, and nobody else', async () => {
    const turnstile = new Turnstile(1, 1);
    const order: string[] = [];
    expect(await turnstile.enter(A, never())).toBe(true);
    const waiting = turnstile.enter(A, never()).then((entered) => order.push(`waited ${entered}`));
    expect(await turnstile.enter(A, never())).toBe(false);
    expect(await turnstile.enter(B, never())).toBe(true);
    expect(order).toEqual([]);
    turnstile.leave(A);
    await waiting;
    expect(order).toEqual(['waited true']);
    turnstile.leave(A);
    turnstile.leave(B);
    expect(turnstile.size).toBe(0);
  });

  it('forgets who gave up waiting', async () => {
    const turnstile = new Turnstile(1, 2);
    await turnstile.enter(A, never());
    const given = new AbortController();
    const first = turnstile.enter(A, given.signal);
    const second = turnstile.enter(A, never());
    given.abort(new Error('too late'));
    await expect(first).rejects.toThrow('too late');
    turnstile.leave(A);
    expect(await second).toBe(true);
    turnstile.leave(A);
    expect(turnstile.size).toBe(0);
  });
});
