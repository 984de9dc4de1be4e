import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#testing';
import { Stock } from './stock.js';

function counting(failAt?: number) {
  const clock = new FakeClock();
  let made = 0;
  const stock = new Stock(async () => {
    made++;
    if (made === failAt) throw new Error('no entropy');
    return made;
  }, clock);
  return { clock, stock, made: () => made };
}

describe('Stock', () => {
  it('makes nothing before somebody asks', async () => {
    const { clock, made } = counting();
    await clock.advance(1_000);
    expect(made()).toBe(0);
  });

  it('makes some ahead, then rests', async () => {
    const { clock, stock, made } = counting();
    expect(await stock.take()).toBe(1);
    for (let i = 0; i < 20; i++) await clock.advance(1);
    expect(made()).toBe(9);
    expect(clock.pendingTimers).toBe(0);
    expect(await stock.take()).toBe(2);
    expect(made()).toBe(9);
    for (let i = 0; i < 20; i++) await clock.advance(1);
    expect(made()).toBe(10);
  });

  it('gives a failure to nobody but who asks', async () => {
    const { clock, stock, made } = counting(2);
    expect(await stock.take()).toBe(1);
    await clock.advance(1);
    expect(made()).toBe(2);
    expect(await stock.take()).toBe(3);
  });
});
