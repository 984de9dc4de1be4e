import { describe, expect, it } from '@jest/globals';
import type { Deployment, ReplicaSet } from '#kinds';
import {
  MAX_REPLICAS,
  maxSurge,
  maxUnavailable,
  newSetSize,
  proportionalScale,
  type Resize,
  scaleDownRoom,
  surplusScaleDown,
  unhealthyCleanup,
} from './rollout-arithmetic.js';

type Bound = number | string;

function deployment(replicas: number, surge: Bound = '25%', unavailable: Bound = '25%'): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: {},
      template: {},
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
    },
  };
}

/** Older ones have smaller numbers in their names. */
function set(name: string, replicas: number, available = replicas, max?: number): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      creationTimestamp: `2026-01-01T00:00:0${name.slice(-1)}Z`,
      ...(max === undefined ? {} : { annotations: { [MAX_REPLICAS]: String(max) } }),
    },
    spec: { replicas, selector: {} },
    status: { replicas, availableReplicas: available },
  };
}

const told = (resizes: readonly Resize[]) => resizes.map(({ rs, to }) => `${rs.metadata.name}→${to}`).join(' ');

describe('surge and unavailability', () => {
  it.each<[string, number, Bound, Bound, number, number]>([
    ['percent: surge up, unavailable down', 10, '25%', '25%', 3, 2],
    ['of three', 3, '25%', '25%', 1, 0],
    ['of one', 1, '25%', '25%', 1, 0],
    ['of none', 0, '25%', '25%', 0, 0],
    ['absolute', 10, 2, 3, 2, 3],
    ['both zero would never move', 10, 0, 0, 0, 1],
    ['both round to zero', 3, '0%', '10%', 0, 1],
    ['not more unavailable than there are', 2, 0, 5, 0, 2],
  ])('%s', (_what, replicas, surge, unavailable, expectedSurge, expectedUnavailable) => {
    const d = deployment(replicas, surge, unavailable);
    expect([maxSurge(d), maxUnavailable(d)]).toEqual([expectedSurge, expectedUnavailable]);
  });

  it('does not hold for Recreate', () => {
    const d = deployment(10);
    d.spec.strategy = { type: 'Recreate' };
    expect([maxSurge(d), maxUnavailable(d), newSetSize(d, [set('a1', 10)], set('b2', 0))]).toEqual([0, 0, 10]);
  });
});

describe('newSetSize', () => {
  it.each([
    ['room for the surge only', 10, 10, 0, 3],
    ['more room when old ones went', 10, 8, 3, 5],
    ['never more than wanted', 10, 1, 9, 10],
    ['no room, no change', 10, 13, 2, 2],
  ])('%s', (_what, replicas, old, current, expected) => {
    const newSet = set('b2', current);
    expect(newSetSize(deployment(replicas), [set('a1', old), newSet], newSet)).toBe(expected);
  });
});

describe('scaling old ReplicaSets down', () => {
  it.each([
    ['nothing while new pods are not available', 10, 8, 5, 0, 0],
    ['as many as new ones are available', 10, 8, 5, 3, 3],
    ['all that is beyond the minimum', 10, 10, 3, 3, 5],
  ])('room: %s', (_what, replicas, old, wanted, available, expected) => {
    const newSet = set('b2', wanted, available);
    expect(scaleDownRoom(deployment(replicas), [set('a1', old), newSet], newSet)).toBe(expected);
  });

  it('takes unhealthy ones first, oldest first', () => {
    expect(told(unhealthyCleanup([set('b2', 3, 1), set('a1', 4, 2)], 3))).toBe('a1→2 b2→2');
    expect(told(unhealthyCleanup([set('a1', 4, 4)], 3))).toBe('');
  });

  it('then what is available beyond the minimum, oldest first', () => {
    const old = [set('b2', 3), set('a1', 4)];
    expect(told(surplusScaleDown(deployment(10), [...old, set('c3', 6)], old))).toBe('a1→0 b2→2');
    expect(told(surplusScaleDown(deployment(10), [...old, set('c3', 1)], old))).toBe('');
  });
});

describe('proportionalScale', () => {
  it.each<[string, number, ReplicaSet[], string]>([
    ['up, in proportion', 15, [set('a1', 8, 8, 13), set('b2', 5, 5, 13)], 'a1→12 b2→7'],
    ['down, in proportion', 5, [set('a1', 8, 8, 13), set('b2', 5, 5, 13)], 'a1→4 b2→3'],
    ['to nothing', 0, [set('a1', 8, 8, 13), set('b2', 5, 5, 13)], 'a1→0 b2→0'],
    ['what rounding leaves goes to the largest', 16, [set('a1', 5, 5, 10), set('b2', 5, 5, 10)], 'b2→10 a1→10'],
  ])('%s', (_what, replicas, active, expected) => {
    expect(told(proportionalScale(deployment(replicas), active))).toBe(expected);
  });
});
