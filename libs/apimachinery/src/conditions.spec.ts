import { describe, expect, it } from '@jest/globals';
import { findCondition, isConditionTrue, setCondition } from './conditions.js';
import { intOrPercent } from './int-or-percent.js';
import { controllerRefOf } from './owners.js';

describe('conditions', () => {
  const ready = { type: 'Ready', status: 'True', lastTransitionTime: 't1', reason: 'Up' };

  it('finds by type', () => {
    expect(findCondition([ready], 'Ready')).toBe(ready);
    expect(findCondition(undefined, 'Ready')).toBeUndefined();
    expect(isConditionTrue([ready], 'Ready')).toBe(true);
    expect(isConditionTrue([ready], 'Other')).toBe(false);
  });

  it.each([
    ['adds', { type: 'New', status: 'True', lastTransitionTime: 't2' }, 'New True t2'],
    [
      'keeps the time of an equal status',
      { type: 'Ready', status: 'True', lastTransitionTime: 't2', reason: 'Other' },
      'Ready True t1',
    ],
    ['takes the time of a change', { type: 'Ready', status: 'False', lastTransitionTime: 't2' }, 'Ready False t2'],
  ])('%s', (_what, wanted, expected) => {
    const { type, status, lastTransitionTime } = setCondition([ready], wanted).at(-1)!;
    expect(`${type} ${status} ${lastTransitionTime}`).toBe(expected);
  });

  it('returns the list itself when nothing changes', () => {
    const list = [ready];
    expect(setCondition(list, { ...ready, lastTransitionTime: 't9' })).toBe(list);
  });
});

describe('intOrPercent', () => {
  it.each([
    [3, 10, true, 3],
    ['25%', 10, true, 3],
    ['25%', 10, false, 2],
    ['100%', 7, false, 7],
    ['0%', 7, true, 0],
  ])('%s of %d, up %s: %d', (value, total, up, expected) => expect(intOrPercent(value, total, up)).toBe(expected));

  it.each(['25', 'x%', '-1%', ''])('refuses %s', (value) => {
    expect(() => intOrPercent(value, 10, true)).toThrow('is not a percentage');
  });
});

describe('controllerRefOf', () => {
  it('is the owner that controls', () => {
    const owner = { apiVersion: 'v1', kind: 'A', name: 'a', uid: 'u' };
    expect(controllerRefOf({ ownerReferences: [owner, { ...owner, controller: true, uid: 'v' }] })?.uid).toBe('v');
    expect(controllerRefOf({})).toBeUndefined();
  });
});
